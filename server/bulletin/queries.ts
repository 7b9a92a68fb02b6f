import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { AimedBatch, BulletinKind, BulletinState } from '#domain/bulletin/bulletin.ts'
import { roles, scopeOf } from '#domain/lifecycle/roles.ts'
import { overStates } from '#domain/lifecycle/states.ts'
import { containing } from '#server/platform/like.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

type Db = Kysely<Database>

/** Roles that belong to no region but to the whole city. */
const citywide = (Object.keys(roles) as (keyof typeof roles)[]).filter(
  (role) => role !== 'applicant' && scopeOf(role) === null,
)

const forAllBatches = sql<boolean>`not exists (select from bulletin_batch aim where aim.bulletin_id = bulletin.id)`

/** Whether the application `a` lives, a draft too, and is in a batch that the bulletin of the row is for. */
const inBatchOfIt = sql<boolean>`(
  a.state <> all(${sql.val(overStates)}::text[])
  and exists (select from bulletin_batch aim where aim.bulletin_id = bulletin.id and aim.batch_id = a.batch_id))`

/**
 * Whether the bulletin of the row is meant for the holder of the grant `g`: for his role (R112), for a region in which he
 * is: a clerk by his 受理点, a department by its own, an applicant by where he applies; and where it is for batches, of the
 * applicants for those who apply in one of them, there and in that region.
 */
const aimedAtGrant = sql<boolean>`(
  jsonb_exists(bulletin.audience, g.role) and (
    bulletin.regions = '[]'::jsonb and (g.role <> 'applicant' or ${forAllBatches})
    or g.role = any(${sql.val(citywide)}::text[])
    or jsonb_exists(bulletin.regions, g.region)
    or exists (select from acceptance_point p where p.id = g.acceptance_point and jsonb_exists(bulletin.regions, p.region))
    or g.role = 'applicant' and exists (
      select from application a
      left join application_cell c on c.application_id = a.id and c.path = 'acceptRegion'
      where a.account_id = g.account_id and a.deleted_at is null
        and (bulletin.regions = '[]'::jsonb or jsonb_exists(bulletin.regions, coalesce(a.region, c.value #>> '{}')))
        and (${forAllBatches} or ${inBatchOfIt}))
  ))`

const isPublic = sql<boolean>`jsonb_exists(bulletin.audience, 'public')`

const aimedAt = (who: Who) =>
  who.kind === 'account'
    ? sql<boolean>`(${isPublic} or exists (
        select from account_grant g where g.account_id = ${who.accountId} and ${aimedAtGrant}))`
    : isPublic

/** The back office reads along what is for a batch: its people are asked about it. They are not counted among its readers. */
const readsAlong = (who: Who) =>
  who.kind === 'account'
    ? sql<boolean>`(not ${forAllBatches} and exists (
        select from account_grant g where g.account_id = ${who.accountId} and g.role <> 'applicant'))`
    : sql<boolean>`false`

/** Published and not withdrawn, and the person may read it: the filter through which every reader looks. */
const visible = (db: Db, who: Who, now: Date) =>
  db
    .selectFrom('bulletin')
    .where('publishedAt', '<=', now)
    .where((check) => check.or([check('withdrawnAt', 'is', null), check('withdrawnAt', '>', now)]))
    .where((check) => check.or([aimedAt(who), readsAlong(who)]))

/** The batches that it is for, as they are called today, the newest first. */
const batchesOfIt = sql<AimedBatch[]>`coalesce((
  select jsonb_agg(jsonb_build_object('id', b.id, 'name', b.name) order by b.opens_at desc, b.id)
  from bulletin_batch aim join batch b on b.id = aim.batch_id where aim.bulletin_id = bulletin.id), '[]'::jsonb)`.as(
  'batches',
)

export interface BulletinFilter {
  readonly kind?: BulletinKind | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** part of the title */
  readonly q?: string | undefined
  readonly offset: number
  readonly atMost: number
}

/** Titles, the pinned first, then the newest, with how many there are in all (R107, R110). */
export async function listBulletins(db: Db, who: Who, now: Date, filter: BulletinFilter) {
  let found = visible(db, who, now)
  if (filter.kind) found = found.where('kind', '=', filter.kind)
  if (filter.from) found = found.where('publishedAt', '>=', filter.from)
  if (filter.to) found = found.where('publishedAt', '<=', filter.to)
  if (filter.q) found = found.where('title', 'ilike', containing(filter.q))
  const items = await found
    .select(['id', 'kind', 'title', 'pinned', 'revision', 'publishedAt', 'withdrawnAt', batchesOfIt])
    .orderBy('pinned', 'desc')
    .orderBy('publishedAt', 'desc')
    .orderBy('id', 'desc')
    .limit(filter.atMost)
    .offset(filter.offset)
    .execute()
  const { total } = await found.select(({ fn }) => fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  return { items, total: Number(total) }
}

export const findBulletin = (db: Db, who: Who, now: Date, id: string) =>
  visible(db, who, now)
    .where('id', '=', id)
    .select([
      'id',
      'kind',
      'title',
      'documentNumber',
      'issuer',
      'body',
      'paragraphs',
      'pinned',
      'revision',
      'publishedAt',
      'withdrawnAt',
      batchesOfIt,
    ])
    .executeTakeFirst()

/** What hangs at it now, in the order in which it was added. */
export const listFiles = (db: Db, _who: Who, bulletinId: string) =>
  db
    .selectFrom('bulletinFile')
    .where('bulletinId', '=', bulletinId)
    .where('removedAt', 'is', null)
    .select(['id', 'name', 'size', 'pages', 'sha256'])
    .orderBy('createdAt')
    .orderBy('id')
    .execute()

/** A file for whoever may read what it hangs at; `desk`: for those who write, whatever its state. */
export const findFile = (db: Db, who: Who, now: Date, of: { id: string; fileId: string; desk: boolean }) =>
  (of.desk ? db.selectFrom('bulletin') : visible(db, who, now))
    .innerJoin('bulletinFile', 'bulletinFile.bulletinId', 'bulletin.id')
    .where('bulletin.id', '=', of.id)
    .where('bulletinFile.id', '=', of.fileId)
    .where('bulletinFile.removedAt', 'is', null)
    .select(['bulletinFile.name', 'bulletinFile.sha256', 'bulletinFile.size'])
    .executeTakeFirst()

/**
 * Notes that the person has opened it; once, however often he does, and not of who only reads along.
 * @returns whether it is there for him at all
 */
export async function noteReader(db: Db, who: Signed, now: Date, id: string): Promise<boolean> {
  const found = await visible(db, who, now)
    .where('id', '=', id)
    .select(['id', aimedAt(who).as('isMeant')])
    .executeTakeFirst()
  if (!found?.isMeant) return found !== undefined
  await db
    .insertInto('bulletinReader')
    .values({ bulletinId: id, accountId: who.accountId, at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  return true
}

/** How many accounts it is meant for now, and how many of those have opened it. */
export async function countReach(db: Db, _desk: Signed, id: string): Promise<{ opened: number; aimed: number }> {
  const { rows } = await sql<{ opened: number; aimed: number }>`
    select count(*)::int as aimed, count(r.account_id)::int as opened
    from bulletin
    join account a on a.disabled_at is null and a.closed_at is null and (${isPublic} or exists (
      select from account_grant g where g.account_id = a.id and ${aimedAtGrant}))
    left join bulletin_reader r on r.bulletin_id = bulletin.id and r.account_id = a.id
    where bulletin.id = ${id}::uuid`.execute(db)
  return rows[0] ?? { opened: 0, aimed: 0 }
}

export interface DeskFilter {
  readonly kind?: BulletinKind | undefined
  readonly state?: BulletinState | undefined
  readonly q?: string | undefined
  readonly offset: number
  readonly atMost: number
}

/** Everything that was written, as who writes sees it: the last changed first. */
export async function listForDesk(db: Db, _desk: Signed, now: Date, filter: DeskFilter) {
  let found = db.selectFrom('bulletin')
  if (filter.kind) found = found.where('kind', '=', filter.kind)
  if (filter.q) found = found.where('title', 'ilike', containing(filter.q))
  if (filter.state === 'draft') found = found.where('publishedAt', 'is', null)
  else if (filter.state) {
    const isWithdrawn = sql<boolean>`coalesce(withdrawn_at <= ${now}, false)`
    found = found.where('publishedAt', 'is not', null)
    if (filter.state === 'withdrawn') found = found.where(isWithdrawn)
    else {
      found = found
        .where(sql<boolean>`not ${isWithdrawn}`)
        .where('publishedAt', filter.state === 'published' ? '<=' : '>', now)
    }
  }
  const items = await found
    .leftJoin('account as author', 'author.id', 'bulletin.authorId')
    .select([
      'bulletin.id',
      'bulletin.kind',
      'bulletin.title',
      'bulletin.audience',
      'bulletin.regions',
      batchesOfIt,
      'bulletin.pinned',
      'bulletin.publishedAt',
      'bulletin.withdrawnAt',
      'bulletin.changedAt',
      'author.fullName as author',
      sql<number>`(select count(*)::int from bulletin_reader r where r.bulletin_id = bulletin.id)`.as('opened'),
    ])
    .orderBy('bulletin.changedAt', (order) => order.desc().nullsLast())
    .orderBy('bulletin.id', 'desc')
    .limit(filter.atMost)
    .offset(filter.offset)
    .execute()
  const { total } = await found.select(({ fn }) => fn.countAll<string>().as('total')).executeTakeFirstOrThrow()
  return { items, total: Number(total) }
}

/** One of them whole, whatever its state; `lock` holds it for who is about to change it. */
export const findForDesk = (db: Db, _desk: Signed, id: string, lock: 'lock' | 'look' = 'look') =>
  db
    .selectFrom('bulletin')
    .where('id', '=', id)
    .selectAll()
    .select(batchesOfIt)
    .$if(lock === 'lock', (query) => query.forUpdate())
    .executeTakeFirst()

/** Which of these are no batch. */
export async function unknownBatches(db: Db, _desk: Signed, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const found = await db.selectFrom('batch').select('id').where('id', 'in', ids).execute()
  return ids.filter((id) => !found.some((one) => one.id === id))
}

/** What people could read before, the latest first. */
export const listVersions = (db: Db, _desk: Signed, bulletinId: string) =>
  db
    .selectFrom('bulletinVersion')
    .innerJoin('account', 'account.id', 'bulletinVersion.replacedBy')
    .where('bulletinId', '=', bulletinId)
    .select(['revision', 'content', 'sha256', 'replacedAt', 'account.fullName as replacedBy'])
    .orderBy('revision', 'desc')
    .limit(50)
    .execute()

/** How many others are pinned and not taken down. */
export async function countPinned(db: Db, _desk: Signed, now: Date, besides: string | null): Promise<number> {
  const { count } = await db
    .selectFrom('bulletin')
    .select(sql<number>`count(*)::int`.as('count'))
    .where('pinned', '=', true)
    .where((check) => check.or([check('withdrawnAt', 'is', null), check('withdrawnAt', '>', now)]))
    .$if(besides !== null, (query) => query.where('id', '!=', besides!))
    .executeTakeFirstOrThrow()
  return count
}
