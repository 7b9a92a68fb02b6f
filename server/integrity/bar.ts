import type { Kysely } from 'kysely'
import { type Bar, barAt, barringTransitions, integrityEnd } from '#domain/rules/integrity.ts'
import { run } from '#server/platform/statements.ts'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

/** The decisions on applications that bar, as SQL has a list. */
const barringText = barringTransitions.map((id) => `'${id}'`).join(', ')

/** What was decided about a person: an entry of the register says its end, a decision on an application when it was made. */
export type DecidedBar = Pick<Bar, 'reason' | 'documentNumber'> &
  (
    | { readonly source: 'entered'; readonly until: Date; readonly decidedAt: null }
    | { readonly source: (typeof barringTransitions)[number]; readonly until: null; readonly decidedAt: Date }
  )

/**
 * Everything that bars a person and was not lifted, whether it still runs or not: entries by his account's blind index, revocations
 * and upheld objections by his applications (T19, T22, E15).
 * @param account what stands for the account's id in the statement
 */
export const barsText = (account: string) => `
  select 'entered' as source, integrity_record.until, null::timestamptz as decided_at, integrity_record.reason,
    integrity_record.document_number
  from integrity_record join account on account.id_number_index = integrity_record.id_number_index
  where account.id = ${account} and integrity_record.ended_at is null
  union all
  select application_transition.transition, null, application_transition.at, application_transition.reason,
    coalesce(application_transition.details ->> 'documentNumber', '')
  from application_transition join application on application.id = application_transition.application_id
  where application.account_id = ${account} and application_transition.transition in (${barringText})
    and not exists (select from integrity_release where integrity_release.transition_id = application_transition.id)`

/** The same with the end of each. */
export const barsOf = (decided: readonly DecidedBar[]): Bar[] =>
  decided.map(({ source, until, decidedAt, reason, documentNumber }) => ({
    source,
    until: until ?? integrityEnd(decidedAt),
    reason,
    documentNumber,
  }))

/** What bars the person from applying at this moment and lasts longest, or null (E15). */
export const barOf = async (db: Kysely<Database>, _who: Who, accountId: string, now: Date): Promise<Bar | null> =>
  barAt(barsOf(await run<DecidedBar>(db, { text: barsText('$1'), values: [accountId] })), now)
