import type { Kysely } from 'kysely'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { initialPhrases, isReason, type PhrasePlace, type StockPhrases } from '#domain/rules/stock-phrases.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

/** The words of each place: the office's own where it wrote some. */
export async function stockPhrases(db: Kysely<Database>, _who: Signed): Promise<StockPhrases> {
  const rows = await db.selectFrom('stockPhrases').select(['place', 'texts']).execute()
  return { ...initialPhrases, ...Object.fromEntries(rows.map(({ place, texts }) => [place, texts])) }
}

/** Writes the words of one place. Refused: a reason of fewer than 5 字, which could never be sent (T6). */
export async function writePhrases(
  ctx: Act,
  who: Signed,
  place: PhrasePlace,
  texts: readonly string[],
): Promise<Outcome<undefined>> {
  const short = isReason(place) ? texts.findIndex((text) => [...text].length < 5) : -1
  if (short >= 0) return refuse('application.reason-required', undefined, { path: `texts.${short}` })
  const row = { texts: JSON.stringify([...new Set(texts)]), changedBy: who.accountId, changedAt: ctx.now }
  await ctx.db
    .insertInto('stockPhrases')
    .values({ place, ...row })
    .onConflict((conflict) => conflict.column('place').doUpdateSet(row))
    .execute()
  ctx.audit({ action: 'review.phrases-written', subject: `phrases:${place}` })
  return ok()
}
