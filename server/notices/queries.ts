import type { Insertable, Kysely, Selectable, SqlBool } from 'kysely'
import { sql } from 'kysely'
import { run } from '#server/platform/statements.ts'
import type { Database } from '#server/schema.ts'
import { containing } from '#server/platform/like.ts'
import type { Signed } from '#server/platform/who.ts'
import type { NoticeDeliveryTable, NoticeTable, PushMessageTable, SmsMessageTable } from './tables.ts'

type Db = Kysely<Database>

/** False where the id is taken: what is told twice is told once. */
export async function insertNotice(db: Db, notice: Insertable<NoticeTable>): Promise<boolean> {
  const inserted = await db
    .insertInto('notice')
    .values(notice)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst()
  return inserted !== undefined
}

/** Notices of one kind about an application, with their SMS; for those of the office who may see the application. */
export const findNoticesOfApplication = (db: Db, applicationId: string, kind: string) =>
  db
    .selectFrom('notice')
    .where('notice.applicationId', '=', applicationId)
    .where('notice.kind', '=', kind)
    .select(['notice.id', 'notice.body', 'notice.createdAt', 'notice.readAt'])
    // sent again, the last counts
    .select((eb) =>
      eb
        .selectFrom('noticeDelivery')
        .select('noticeDelivery.state')
        .whereRef('noticeDelivery.noticeId', '=', 'notice.id')
        .where('noticeDelivery.channel', '=', 'sms')
        .orderBy('noticeDelivery.dueAt', 'desc')
        .orderBy('noticeDelivery.id', 'desc')
        .limit(1)
        .as('sms'),
    )
    .orderBy('notice.createdAt')
    .orderBy('notice.id')
    .execute()

/** Every notice about an application with its deliveries by each channel, the latest notice first. */
export async function listDeliveries(db: Db, applicationId: string) {
  const notices = await db
    .selectFrom('notice')
    .select(['id', 'kind', 'title', 'createdAt', 'readAt'])
    .select((eb) =>
      eb
        .exists(
          eb
            .selectFrom('pushSubscription')
            .select('pushSubscription.id')
            .whereRef('pushSubscription.accountId', '=', 'notice.accountId'),
        )
        .$castTo<boolean>()
        .as('hasBrowser'),
    )
    .where('applicationId', '=', applicationId)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .execute()
  const deliveries = await db
    .selectFrom('noticeDelivery')
    .innerJoin('notice', 'notice.id', 'noticeDelivery.noticeId')
    .leftJoin('smsMessage', 'smsMessage.id', 'noticeDelivery.id')
    .where('notice.applicationId', '=', applicationId)
    .select([
      'noticeDelivery.noticeId',
      'noticeDelivery.channel',
      'noticeDelivery.state',
      'noticeDelivery.attempts',
      'noticeDelivery.error',
      'noticeDelivery.dueAt',
      'noticeDelivery.doneAt',
    ])
    .select((eb) => eb('smsMessage.text', 'is not', null).as('hasText'))
    .orderBy('noticeDelivery.dueAt')
    .orderBy('noticeDelivery.id')
    .execute()
  return notices.map((notice) => ({
    ...notice,
    deliveries: deliveries.filter(({ noticeId }) => noticeId === notice.id),
  }))
}

/** A notice of an application, locked, with the text of its last SMS and the deliveries that wait. */
export async function findForResend(db: Db, applicationId: string, noticeId: string) {
  const notice = await db
    .selectFrom('notice')
    .select(['id', 'accountId'])
    .where('id', '=', noticeId)
    .where('applicationId', '=', applicationId)
    .forUpdate()
    .executeTakeFirst()
  if (!notice) return undefined
  const deliveries = await db
    .selectFrom('noticeDelivery')
    .leftJoin('smsMessage', 'smsMessage.id', 'noticeDelivery.id')
    .where('noticeDelivery.noticeId', '=', noticeId)
    .select([
      'noticeDelivery.id',
      'noticeDelivery.channel',
      'noticeDelivery.state',
      'noticeDelivery.dueAt',
      'smsMessage.text',
    ])
    .orderBy('noticeDelivery.dueAt', 'desc')
    .orderBy('noticeDelivery.id', 'desc')
    .execute()
  return {
    ...notice,
    text: deliveries.find(({ channel }) => channel === 'sms')?.text ?? undefined,
    waiting: deliveries.filter(({ state }) => state === 'waiting'),
  }
}

export async function insertDelivery(db: Db, delivery: Insertable<NoticeDeliveryTable>) {
  await db.insertInto('noticeDelivery').values(delivery).execute()
}

export async function insertSms(db: Db, sms: Insertable<SmsMessageTable>) {
  await db.insertInto('smsMessage').values(sms).execute()
}

export const findMobile = (db: Db, accountId: string) =>
  db.selectFrom('account').where('id', '=', accountId).select('mobile').executeTakeFirstOrThrow()

/** The person's own notices, newest first: those behind the one with the id `before`, and those made after the instant `after`. */
export function listNotices(
  db: Db,
  who: Signed,
  filter: {
    readonly after?: Date | undefined
    readonly before?: string | undefined
    readonly from?: Date | undefined
    readonly to?: Date | undefined
    readonly q?: string | undefined
    readonly atMost: number
  },
) {
  let listing = db
    .selectFrom('notice')
    .where('accountId', '=', who.accountId)
    .select(['id', 'kind', 'title', 'body', 'applicationId', 'link', 'createdAt', 'readAt'])
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.atMost)
  if (filter.after) listing = listing.where('createdAt', '>', filter.after)
  // By the id too: what one act told stands at one instant.
  if (filter.before)
    listing = listing.where(
      sql<SqlBool>`(created_at, id) < (select created_at, id from notice
        where id = ${filter.before} and account_id = ${who.accountId})`,
    )
  if (filter.from) listing = listing.where('createdAt', '>=', filter.from)
  if (filter.to) listing = listing.where('createdAt', '<=', filter.to)
  if (filter.q) listing = listing.where('title', 'ilike', containing(filter.q))
  return listing.execute()
}

/** How many a person has, and how many of them are not read. */
export async function countNotices(
  db: Db,
  { accountId }: { readonly accountId: string },
): Promise<{ readonly total: number; readonly unread: number }> {
  const { total, unread } = await db
    .selectFrom('notice')
    .where('accountId', '=', accountId)
    .select(({ fn }) => [
      fn.countAll<string>().as('total'),
      fn.countAll<string>().filterWhere('readAt', 'is', null).as('unread'),
    ])
    .executeTakeFirstOrThrow()
  return { total: Number(total), unread: Number(unread) }
}

/** Marks one notice of the person as read; undefined where it is not his. The first reading counts. */
export const markRead = (db: Db, who: Signed, id: string, now: Date) =>
  db
    .updateTable('notice')
    .set(({ fn, val, ref }) => ({ readAt: fn.coalesce(ref('readAt'), val(now)) }))
    .where('id', '=', id)
    .where('accountId', '=', who.accountId)
    .returning('id')
    .executeTakeFirst()

export async function markAllRead(db: Db, who: Signed, now: Date) {
  await db
    .updateTable('notice')
    .set({ readAt: now })
    .where('accountId', '=', who.accountId)
    .where('readAt', 'is', null)
    .execute()
}

// ---- deliveries, for the jobs

/** What waits to be sent for a notice by a channel; undefined when it is done already. */
export const findDelivery = (db: Db, noticeId: string, channel: 'sms' | 'push') =>
  db
    .selectFrom('noticeDelivery')
    .where('noticeDelivery.noticeId', '=', noticeId)
    .where('noticeDelivery.channel', '=', channel)
    .where('noticeDelivery.state', '=', 'waiting')
    .select(['noticeDelivery.id', 'noticeDelivery.attempts'])
    .executeTakeFirst()

/** Notes what became of a delivery that waited; one that the phone has confirmed meanwhile stays confirmed. */
export async function finishDelivery(
  db: Db,
  id: string,
  result: { state: 'sent' | 'cancelled' | 'failed'; error?: string; attempts: number; at: Date },
) {
  await db
    .updateTable('noticeDelivery')
    .set({ state: result.state, error: result.error ?? null, attempts: result.attempts, doneAt: result.at })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute()
}

/** The message of a notice's SMS that waits; message and delivery share one id. */
export async function findWaitingSms(db: Db, noticeIds: readonly string[], clockOffset: number) {
  const rows = await run<WaitingSms & { readonly databaseTime: Date }>(db, {
    text: `select sms_message.*, notice_delivery.notice_id, clock_timestamp() as database_time
      from notice_delivery join sms_message on sms_message.id = notice_delivery.id
      where notice_delivery.notice_id = any (array(select jsonb_array_elements_text($1::jsonb)::uuid))
        and notice_delivery.channel = 'sms' and notice_delivery.state = 'waiting'`,
    values: [JSON.stringify(noticeIds)],
  })
  const found = new Map(rows.map((row) => [row.noticeId, row]))
  return noticeIds.map((id) => {
    const row = found.get(id)
    return row && { sms: row as WaitingSms, now: new Date(row.databaseTime.getTime() + clockOffset) }
  })
}

type WaitingSms = Selectable<SmsMessageTable> & { readonly noticeId: string }

/**
 * Counts the tries that now begin; false where another took the message in hand since it was read. Counted before the gateway is
 * asked: a node that dies in between leaves a try that did not say how it ended.
 * @param tries each with the tries that were counted when it was read
 */
export async function beginTries(db: Db, tries: readonly { readonly id: string; readonly attempts: number }[]) {
  const begun = await run<{ id: string }>(db, {
    text: `with given as (
        select * from jsonb_to_recordset($1::jsonb) as try(id uuid, attempts int)
        limit jsonb_array_length($1::jsonb)
      )
      update sms_message set attempts = given.attempts + 1
      from given where sms_message.id = given.id and sms_message.attempts = given.attempts and state = 'waiting'
      returning sms_message.id`,
    values: [JSON.stringify(tries)],
  })
  const left = new Set(begun.map(({ id }) => id))
  // two jobs of one message in one statement: it goes to the first
  return tries.map(({ id }) => left.delete(id))
}

/** A message that the gateway took over. */
export interface SentSms {
  readonly id: string
  readonly provider: string
  readonly providerId: string
  readonly attempts: number
  readonly sentAt: Date
}

/**
 * The same as {@link settleSms} for messages that were sent, in one statement. Its limit leaves nothing out: it tells the planner
 * that they are few, which otherwise looks through the whole table for them.
 */
export async function settleSent(db: Db, sent: readonly SentSms[]) {
  await run(db, {
    text: `with given as (
        select * from jsonb_to_recordset($1::jsonb)
          as sent(id uuid, provider text, "providerId" text, attempts int, "sentAt" timestamptz)
        limit jsonb_array_length($1::jsonb)
      ), message as (
        update sms_message set state = 'sent', provider = given.provider, provider_id = given."providerId",
          attempts = given.attempts, error = null, sent_at = given."sentAt"
        from given where sms_message.id = given.id
      )
      update notice_delivery set state = 'sent', error = null, attempts = notice_delivery.attempts + 1, done_at = given."sentAt"
      from given where notice_delivery.id = given.id and notice_delivery.state = 'waiting'`,
    values: [JSON.stringify(sent)],
  })
}

/** Notes in one go what became of a message, and of the delivery that it is, where it is one and still waits. */
export async function settleSms(
  db: Db,
  id: string,
  state: 'sent' | 'cancelled' | 'failed',
  at: Date,
  changes: Partial<Insertable<SmsMessageTable>>,
) {
  await db
    .with('message', (one) => one.updateTable('smsMessage').set(changes).where('id', '=', id))
    .updateTable('noticeDelivery')
    .set((eb) => ({ state, error: null, attempts: eb('attempts', '+', 1), doneAt: at }))
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .execute()
}

/** Gives up what waits: these deliveries and the messages that they are. One that was sent meanwhile stays sent. */
export async function giveUpDeliveries(db: Db, ids: readonly string[], at: Date) {
  await db
    .with('message', (one) =>
      one.updateTable('smsMessage').set({ state: 'failed' }).where('id', 'in', ids).where('state', '=', 'waiting'),
    )
    .updateTable('noticeDelivery')
    .set({ state: 'failed', error: 'lost', doneAt: at })
    .where('id', 'in', ids)
    .where('state', '=', 'waiting')
    .execute()
}

export const findSms = (db: Db, id: string) =>
  db.selectFrom('smsMessage').where('id', '=', id).selectAll().executeTakeFirst()

export async function updateSms(db: Db, id: string, changes: Partial<Insertable<SmsMessageTable>>) {
  await db.updateTable('smsMessage').set(changes).where('id', '=', id).execute()
}

/**
 * Counts pieces to the day unless that would make more than so many; false where it would. One statement, so that nodes that
 * send at once cannot both take the last piece.
 */
export async function takePieces(db: Db, day: string, pieces: number, atMost: number): Promise<boolean> {
  if (pieces > atMost) return false
  const taken = await db
    .insertInto('smsDay')
    .values({ day, pieces })
    .onConflict((conflict) =>
      conflict
        .column('day')
        .doUpdateSet({ pieces: sql<number>`sms_day.pieces + excluded.pieces` })
        .where(sql<boolean>`sms_day.pieces + excluded.pieces <= ${atMost}`),
    )
    .returning('pieces')
    .executeTakeFirst()
  return taken !== undefined
}

/** Gives pieces back that were not sent after all. */
export async function givePiecesBack(db: Db, day: string, pieces: number) {
  await db
    .updateTable('smsDay')
    .set({ pieces: sql<number>`greatest(0, pieces - ${pieces})` })
    .where('day', '=', day)
    .execute()
}

/** Messages sent between two instants of which the provider has not said what became of them; those not asked for longest first. */
export const findUnreceipted = (db: Db, provider: string, from: Date, to: Date, atMost: number) =>
  db
    .selectFrom('smsMessage')
    .where('state', '=', 'sent')
    .where('provider', '=', provider)
    .where('sentAt', '>', from)
    .where('sentAt', '<', to)
    .select(['id', 'mobile', 'providerId', 'sentAt'])
    .orderBy(sql`receipt_at nulls first`)
    .orderBy('id')
    .limit(atMost)
    .execute()

/** What became of the delivery that goes by this message; one and the same id (actions.ts). */
export async function settleDelivery(db: Db, id: string, state: 'confirmed' | 'failed', error: string | null) {
  await db
    .updateTable('noticeDelivery')
    .set({ state, error })
    .where('id', '=', id)
    .where('state', '=', 'sent')
    .execute()
}

/** Takes the texts of secret messages away that were written before the instant. */
export async function blankSecretTexts(db: Db, purposes: readonly string[], before: Date) {
  await db
    .updateTable('smsMessage')
    .set({ text: '' })
    .where('purpose', 'in', purposes)
    .where('createdAt', '<', before)
    .where('text', '!=', '')
    .execute()
}

/** Sent messages, oldest first: the outbox. */
export const findSentSms = (db: Db) =>
  db
    .selectFrom('smsMessage')
    .where('state', 'in', ['sent', 'delivered'])
    .selectAll()
    .orderBy('createdAt')
    .orderBy('id')
    .execute()

// ---- Web Push

/**
 * Some browsers have not had the notice yet: the delivery waits again, also where another node that found nothing left to
 * send has finished it meanwhile.
 */
export async function waitAgain(db: Db, id: string, attempts: number) {
  await db
    .updateTable('noticeDelivery')
    .set(({ fn, ref, val }) => ({
      state: 'waiting' as const,
      // another node may have counted further meanwhile
      attempts: fn<number>('greatest', [ref('attempts'), val(attempts)]),
      doneAt: null,
    }))
    .where('id', '=', id)
    .where('state', '!=', 'confirmed')
    .execute()
}

/** Holds a delivery until the transaction ends, so that {@link waitAgain} of another node comes before it or after it. */
export const lockDelivery = (db: Db, id: string) =>
  db.selectFrom('noticeDelivery').where('id', '=', id).select('id').forUpdate().execute()

/** @param account what stands for the account's id in the statement */
export const subscriptionsText = (account: string) => `select id from push_subscription where account_id = ${account}`

export const listSubscriptions = (db: Db, accountId: string) =>
  db.selectFrom('pushSubscription').where('accountId', '=', accountId).select('id').execute()

/** A browser that was signed in here before belongs to who signs in now. */
export async function keepSubscription(
  db: Db,
  who: Signed,
  { id, endpoint, p256dh, auth, now }: { id: string; endpoint: string; p256dh: string; auth: string; now: Date },
) {
  await db
    .insertInto('pushSubscription')
    .values({
      id,
      accountId: who.accountId,
      sessionId: who.sessionId,
      endpoint,
      p256dh,
      auth,
      createdAt: now,
      seenAt: now,
    })
    .onConflict((conflict) =>
      conflict
        .column('endpoint')
        .doUpdateSet({ accountId: who.accountId, sessionId: who.sessionId, p256dh, auth, seenAt: now }),
    )
    .execute()
}

/** Those that were heard of longest ago go first: a person has a few browsers, not a hundred. */
export async function trimSubscriptions(db: Db, who: Signed, atMost: number) {
  await db
    .deleteFrom('pushSubscription')
    .where('accountId', '=', who.accountId)
    .where('id', 'not in', (own) =>
      own
        .selectFrom('pushSubscription')
        .where('accountId', '=', who.accountId)
        .select('id')
        .orderBy('seenAt', 'desc')
        .limit(atMost),
    )
    .execute()
}

export async function removeSubscription(db: Db, who: Signed, endpoint: string) {
  await db
    .deleteFrom('pushSubscription')
    .where('accountId', '=', who.accountId)
    .where('endpoint', '=', endpoint)
    .execute()
}

export async function deleteSubscriptionsOf(db: Db, accountId: string) {
  await db.deleteFrom('pushSubscription').where('accountId', '=', accountId).execute()
}

export async function deleteSubscriptionsOfSession(db: Db, accountId: string, sessionId: string) {
  await db
    .deleteFrom('pushSubscription')
    .where('accountId', '=', accountId)
    .where('sessionId', '=', sessionId)
    .execute()
}

export async function deleteSubscription(db: Db, id: string) {
  await db.deleteFrom('pushSubscription').where('id', '=', id).execute()
}

/** To each browser once; one that has had the notice before gets it again. */
export async function insertPushMessages(db: Db, messages: Insertable<PushMessageTable>[]) {
  await db
    .insertInto('pushMessage')
    .values(messages)
    .onConflict((conflict) =>
      conflict.columns(['noticeId', 'subscriptionId']).doUpdateSet({ state: 'waiting', error: null }),
    )
    .execute()
}

/** What is left to send of a notice; not to a browser in which somebody else has signed in since. */
export const listPushWaiting = (db: Db, noticeId: string) =>
  db
    .selectFrom('pushMessage')
    .innerJoin('notice', 'notice.id', 'pushMessage.noticeId')
    .innerJoin('pushSubscription', (join) =>
      join
        .onRef('pushSubscription.id', '=', 'pushMessage.subscriptionId')
        .onRef('pushSubscription.accountId', '=', 'notice.accountId'),
    )
    .where('pushMessage.noticeId', '=', noticeId)
    .where('pushMessage.state', '=', 'waiting')
    .select([
      'pushMessage.id',
      'pushSubscription.id as subscriptionId',
      'pushSubscription.endpoint',
      'pushSubscription.p256dh',
      'pushSubscription.auth',
    ])
    .orderBy('pushMessage.id')
    .execute()

/** Takes one message to send; false where another has taken it. */
export async function claimPush(db: Db, id: string): Promise<boolean> {
  const taken = await db
    .updateTable('pushMessage')
    .set({ state: 'sending' })
    .where('id', '=', id)
    .where('state', '=', 'waiting')
    .returning('id')
    .executeTakeFirst()
  return taken !== undefined
}

export async function settlePush(db: Db, id: string, state: PushMessageTable['state'], error: string | null) {
  await db.updateTable('pushMessage').set({ state, error }).where('id', '=', id).execute()
}

export const wasPushed = async (db: Db, noticeId: string): Promise<boolean> =>
  (await db
    .selectFrom('pushMessage')
    .where('noticeId', '=', noticeId)
    .where('state', 'in', ['sent', 'sending'])
    .select('id')
    .executeTakeFirst()) !== undefined

/** What a push says of a notice: its title and where it leads, and how many its owner has not read. */
export async function findPushNotice(db: Db, id: string) {
  const notice = await db
    .selectFrom('notice')
    .where('id', '=', id)
    .select(['id', 'accountId', 'title', 'link'])
    .executeTakeFirst()
  if (!notice) return undefined
  const { unread } = await countNotices(db, notice)
  const sms = await db
    .selectFrom('noticeDelivery')
    .where('noticeId', '=', id)
    .where('channel', '=', 'sms')
    .select('id')
    .executeTakeFirst()
  // what deserves an SMS must not wait for the phone to be looked at
  return { ...notice, unread, urgent: sms !== undefined }
}

/** The phone has shown this notice to its owner, who needs no SMS any more; undefined where it is not his. */
export async function confirmShown(
  db: Db,
  who: Signed,
  noticeId: string,
  now: Date,
): Promise<{ id: string } | undefined> {
  const notice = await db
    .selectFrom('notice')
    .where('id', '=', noticeId)
    .where('accountId', '=', who.accountId)
    .select('id')
    .executeTakeFirst()
  if (!notice) return undefined
  await db
    .updateTable('noticeDelivery')
    .set({ state: 'confirmed', doneAt: now })
    // pushed again, what became of the push before stays in the record
    .where('id', '=', (newest) =>
      newest
        .selectFrom('noticeDelivery')
        .where('noticeId', '=', noticeId)
        .where('channel', '=', 'push')
        .select('id')
        .orderBy('dueAt', 'desc')
        .orderBy('id', 'desc')
        .limit(1),
    )
    .where('state', 'in', ['waiting', 'sent', 'failed'])
    .execute()
  const spared = await db
    .updateTable('noticeDelivery')
    .set({ state: 'cancelled', doneAt: now })
    .where('noticeId', '=', noticeId)
    .where('channel', '=', 'sms')
    .where('state', '=', 'waiting')
    .returning('id')
    .execute()
  for (const { id } of spared)
    await db
      .updateTable('smsMessage')
      .set({ state: 'cancelled' })
      .where('id', '=', id)
      .where('state', '=', 'waiting')
      .execute()
  return notice
}

/** SMS that were settled before this instant go: they hold a mobile, and the notice says what they said. */
export async function deleteOldSms(db: Db, before: Date) {
  await db.deleteFrom('smsMessage').where('createdAt', '<', before).where('state', '!=', 'waiting').execute()
}
