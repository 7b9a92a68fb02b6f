import { type Kysely, type Selectable, sql } from 'kysely'
import { isSecret } from '#server/notices/sms-text.ts'
import { isEditable, type State } from '#domain/lifecycle/states.ts'
import { transitionIds } from '#domain/lifecycle/transitions.ts'
import { isHidden, shownWithoutObjection, untold } from '#server/applications/shown-state.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Secrets } from '#server/platform/secrets.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { openIdNumber } from './identity-seal.ts'

type Table = keyof Database
type ColumnOf<From extends Table> = keyof Database[From] & string

/** A part of the copy: what of which table, in which order, and the column by which a row is the person's. */
interface Part<From extends Table, Column extends ColumnOf<From>> {
  readonly table: From
  readonly by: ColumnOf<From>
  readonly order: ColumnOf<From>
  readonly columns: readonly Column[]
}

const part = <From extends Table, Column extends ColumnOf<From>>(
  table: From,
  by: ColumnOf<From>,
  order: ColumnOf<From>,
  columns: readonly Column[],
): Part<From, Column> => ({ table, by, order, columns })

/** What hangs at the account. Who in the office did something is not the person's data, and no secret is copied. */
export const partsOfAccount = {
  grants: part('accountGrant', 'accountId', 'createdAt', ['role', 'region', 'acceptancePoint', 'createdAt']),
  sessions: part('session', 'accountId', 'createdAt', ['device', 'ip', 'createdAt', 'lastSeenAt', 'expiresAt']),
  passkeys: part('passkey', 'accountId', 'createdAt', ['device', 'backedUp', 'createdAt', 'lastUsedAt']),
  mobileChanges: part('mobileChange', 'accountId', 'askedAt', [
    'mobileMasked',
    'reason',
    'state',
    'askedAt',
    'decidedAt',
  ]),
  browsersWithPush: part('pushSubscription', 'accountId', 'createdAt', ['createdAt', 'seenAt']),
  notices: part('notice', 'accountId', 'createdAt', [
    'kind',
    'title',
    'body',
    'applicationId',
    'link',
    'createdAt',
    'readAt',
  ]),
  educations: part('educationRecord', 'accountId', 'createdAt', [
    'rowId',
    'version',
    'position',
    'cells',
    'files',
    'applicationId',
    'batchId',
    'lockedBy',
    'createdAt',
  ]),
  educationChanges: part('educationChange', 'accountId', 'createdAt', [
    'rowId',
    'proposed',
    'reason',
    'proof',
    'state',
    'opinion',
    'createdAt',
    'decidedAt',
  ]),
  textsRead: part('reading', 'accountId', 'deliveredAt', [
    'applicationId',
    'readingTextId',
    'deliveredAt',
    'acceptedAt',
  ]),
  announcementsOpened: part('bulletinReader', 'accountId', 'at', ['bulletinId', 'at']),
  savedViews: part('savedView', 'accountId', 'createdAt', ['name', 'search', 'createdAt']),
  uploads: part('upload', 'accountId', 'createdAt', [
    'applicationId',
    'path',
    'name',
    'sha256',
    'length',
    'received',
    'state',
    'refusal',
    'createdAt',
    'updatedAt',
  ]),
} as const

/** What hangs at each of his applications. */
export const partsOfApplication = {
  filledIn: part('applicationCell', 'applicationId', 'path', ['path', 'value', 'version', 'updatedAt']),
  conflicts: part('applicationConflict', 'applicationId', 'at', ['path', 'other', 'device', 'at']),
  submitted: part('applicationSnapshot', 'applicationId', 'round', ['round', 'content', 'sha256', 'createdAt']),
  steps: part('applicationTransition', 'applicationId', 'at', [
    'transition',
    'fromState',
    'toState',
    'role',
    'reason',
    'at',
  ]),
  // the bytes: GET /api/files/{id}
  files: part('attachment', 'applicationId', 'path', [
    'id',
    'path',
    'name',
    'sha256',
    'size',
    'pages',
    'position',
    'createdAt',
    'removedAt',
  ]),
  filesOpenedByTheOffice: part('fileOpening', 'applicationId', 'at', ['attachmentId', 'round', 'at']),
  returnRequests: part('returnRequest', 'applicationId', 'createdAt', ['round', 'reason', 'createdAt']),
  papers: part('paper', 'applicationId', 'createdAt', [
    'kind',
    'code',
    'sha256',
    'size',
    'madeAt',
    'voidedAt',
    'createdAt',
  ]),
  certificates: part('certificate', 'applicationId', 'createdAt', [
    'number',
    'issuedOn',
    'pickedUpOn',
    'pickedUpBy',
    'createdAt',
  ]),
} as const

type Parts = Readonly<Record<string, Part<any, any>>>
type CopyOf<All extends Parts> = {
  -readonly [Name in keyof All]: All[Name] extends Part<infer From, infer Column>
    ? From extends Table
      ? Pick<Selectable<Database[From]>, Column & keyof Selectable<Database[From]>>[]
      : never
    : never
}

async function copyParts<All extends Parts>(db: Kysely<any>, parts: All, id: string): Promise<CopyOf<All>> {
  const copies: [string, unknown][] = []
  for (const [name, { table, by, order, columns }] of Object.entries(parts)) {
    const rows = db
      .selectFrom(table)
      .where(by, '=', id)
      .select([...columns])
    copies.push([name, await rows.orderBy(order).execute()])
  }
  return Object.fromEntries(copies) as CopyOf<All>
}

export const ofApplication = [
  'id',
  'type',
  'batchId',
  'editionId',
  'state',
  'round',
  'number',
  'fullName',
  'gender',
  'birthYear',
  'employerName',
  'employerNature',
  'educationLevel',
  'specialty',
  'targetTitle',
  'region',
  'acceptancePoint',
  'exceptionType',
  'isRecognition',
  'gateAcceptedAt',
  'submittedAt',
  'firstSubmittedAt',
  'inGrace',
  'resubmitUntil',
  'stateSince',
  'publicityEndsAt',
  'documentNumber',
  'certificateNumber',
  'createdAt',
  'updatedAt',
  'deletedAt',
] as const satisfies readonly ColumnOf<'application'>[]

export const ofAccount = [
  'id',
  'idNumberCipher',
  'fullName',
  'gender',
  'birthDate',
  'email',
  'mobile',
  'contactName',
  'contactMobile',
  'mustChangePassword',
  'failedSignIns',
  'lockedUntil',
  'disabledAt',
  'closingAt',
  'closedAt',
  'consentVersion',
  'consentAt',
  'createdAt',
] as const satisfies readonly ColumnOf<'account'>[]

/** What the office wrote at his applications and sent to him; what is not sent yet is its draft. */
const commentsOf = (db: Kysely<Database>, applicationId: string) =>
  db
    .selectFrom('reviewComment')
    .where('applicationId', '=', applicationId)
    .where('transitionId', 'is not', null)
    .select(['round', 'path', 'text', 'authorRole', 'createdAt'])
    .orderBy('createdAt')
    .execute()

interface Step {
  readonly transition: string
  readonly fromState: State
  readonly toState: State
}

/** The state and the steps that the owner may know: what was decided is the office's until the list is published (A30). */
async function told<Taken extends Step>(
  db: Kysely<Database>,
  { id, state }: { readonly id: string; readonly state: State },
  steps: readonly Taken[],
): Promise<{ state: State; steps: readonly Taken[] }> {
  const open = steps.filter(({ transition }) => !untold.includes(transition))
  const decision = steps.findLast(({ toState }) => toState === state)
  if (decision && isHidden(state, false)) {
    const heard = await db
      .selectFrom('notice')
      .where('applicationId', '=', id)
      .where('kind', '=', 'failed')
      .select('id')
      .executeTakeFirst()
    if (isHidden(state, heard !== undefined))
      return { state: decision.fromState, steps: open.filter((one) => one !== decision) }
  }
  return { state: shownWithoutObjection(state), steps: open }
}

/** The person's applications with what he filled in, what was submitted, and what became of them. */
async function applicationsOf(db: Kysely<Database>, accountId: string) {
  const applications = await db
    .selectFrom('application')
    .where('accountId', '=', accountId)
    .select([...ofApplication])
    .orderBy('createdAt')
    .execute()
  const copies = []
  for (const application of applications) {
    const parts = await copyParts(db, partsOfApplication, application.id)
    const known = await told(db, application, parts.steps)
    const since = known.steps.at(-1)?.at ?? application.createdAt
    copies.push({
      ...application,
      ...parts,
      ...known,
      // When the row last changed would tell when it was decided, or that somebody objected (A30, T18).
      stateSince: since,
      updatedAt: isEditable(known.state) ? application.updatedAt : since,
      comments: await commentsOf(db, application.id),
    })
  }
  return copies
}

/** The texts themselves, as he read them: an id says nothing to who keeps the copy. */
async function textsOf<Read extends { readingTextId: string }>(db: Kysely<Database>, readings: readonly Read[]) {
  const ids = [...new Set(readings.map(({ readingTextId }) => readingTextId))]
  const texts = await db
    .selectFrom('readingText')
    .where(sql<boolean>`id = any(${sql.val(ids)}::uuid[])`)
    .select(['id', 'title', 'version', 'paragraphs'])
    .execute()
  const textOf = new Map(texts.map(({ id, ...text }) => [id, text]))
  return readings.map((reading) => ({ ...reading, ...textOf.get(reading.readingTextId) }))
}

/**
 * SMS to him. A notice is his by the account it was for: somebody else may have the same number (A14). The others are known by the
 * number alone; their texts are the same for everybody, and one that opens an account is not shown.
 */
async function messagesTo(db: Kysely<Database>, { id, mobile }: { readonly id: string; readonly mobile: string }) {
  const rows = await db
    .selectFrom('smsMessage')
    .where((eb) =>
      eb.or([
        eb.and([eb('purpose', '!=', 'notice'), eb('mobile', '=', mobile)]),
        eb(
          'id',
          'in',
          eb
            .selectFrom('noticeDelivery')
            .innerJoin('notice', 'notice.id', 'noticeDelivery.noticeId')
            .where('notice.accountId', '=', id)
            .select('noticeDelivery.id'),
        ),
      ]),
    )
    .select(['purpose', 'text', 'state', 'createdAt', 'sentAt', 'receiptAt'])
    .orderBy('createdAt')
    .execute()
  return rows.map(({ text, ...row }) => ({ ...row, text: isSecret(row.purpose) ? null : text }))
}

/** The audit about him: what he did, from where, and what others did with his account and his applications, in which role. */
async function recordOf(
  db: Kysely<Database>,
  accountId: string,
  applications: readonly { readonly id: string; readonly steps: readonly { readonly transition: string }[] }[],
) {
  const applicationIds = applications.map(({ id }) => id)
  // A step of which its owner is not told yet stands in the audit too.
  const told = new Set(
    applications.flatMap(({ id, steps }) => steps.map((one) => `${id} application.${one.transition}`)),
  )
  const isStep = (action: string) => transitionIds.some((one) => action === `application.${one}`)
  const rows = await db
    .selectFrom('auditEvent')
    .where((eb) =>
      eb.or([
        eb('accountId', '=', accountId),
        eb('subject', '=', `account:${accountId}`),
        ...(applicationIds.length > 0 ? [eb('applicationId', 'in', applicationIds)] : []),
      ]),
    )
    .select(['at', 'action', 'role', 'accountId as actor', 'ip', 'userAgent', 'applicationId'])
    .orderBy('id')
    .execute()
  // That there was a ballot, and when, is the committee's (A30).
  const isUntold = (action: string, applicationId: string) =>
    action === 'committee.ballot' || (isStep(action) && !told.has(`${applicationId} ${action}`))
  const known = rows.filter(
    ({ action, applicationId }) =>
      applicationId === null || !applicationIds.includes(applicationId) || !isUntold(action, applicationId),
  )
  return known.map(({ actor, ip, userAgent, applicationId, ...row }) => ({
    ...row,
    // what else he did in the office concerns others
    applicationId: applicationId !== null && applicationIds.includes(applicationId) ? applicationId : null,
    ...(actor === accountId ? { by: 'me' as const, ip, userAgent } : { by: 'another' as const }),
  }))
}

/**
 * A copy of everything this system keeps of the person, for himself (PIPL 45): what he typed, what was decided, where he is signed in, what
 * was sent to him, what is on record about him, and what he agreed to. His ID number stands in it in full; no secret does, and nothing of
 * anybody else. Noted in the audit.
 */
export async function copyOwnData(ctx: Act, secrets: Secrets, who: Signed) {
  const { idNumberCipher, ...account } = await ctx.db
    .selectFrom('account')
    .where('id', '=', who.accountId)
    .select([...ofAccount])
    .executeTakeFirstOrThrow()
  const idNumber = openIdNumber(secrets, { id: account.id, idNumberCipher })
  ctx.audit({ action: 'account.data-copied', subject: `account:${who.accountId}` })
  const applications = await applicationsOf(ctx.db, who.accountId)
  const parts = await copyParts(ctx.db, partsOfAccount, who.accountId)
  return {
    madeAt: ctx.now,
    account: { ...account, idNumber },
    ...parts,
    textsRead: await textsOf(ctx.db, parts.textsRead),
    messages: await messagesTo(ctx.db, account),
    applications,
    record: await recordOf(ctx.db, who.accountId, applications),
  }
}
