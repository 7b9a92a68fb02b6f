import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { BulletinTable } from './tables.ts'

type Db = Kysely<Database>

/** The audiences a person belongs to: everybody to the public, each role to its own (R112). */
const audiencesOf = (who: Who): string[] => [
  'public',
  ...(who.kind === 'account' ? new Set(who.roles.map(({ role }) => role)) : []),
]

/** Published and not withdrawn, and meant for one of the person's roles: the filter through which every reader looks. */
const visible = (db: Db, who: Who, now: Date) =>
  db
    .selectFrom('bulletin')
    .where('publishedAt', '<=', now)
    .where((check) => check.or([check('withdrawnAt', 'is', null), check('withdrawnAt', '>', now)]))
    .where(sql<boolean>`jsonb_exists_any(audience, ${sql.val(audiencesOf(who))}::text[])`)

export interface BulletinFilter {
  readonly kind?: BulletinTable['kind'] | undefined
  readonly from?: Date | undefined
  readonly to?: Date | undefined
  /** part of the title */
  readonly q?: string | undefined
  readonly offset: number
  readonly atMost: number
}

/** Titles, newest first, with how many there are in all (R107, R110). */
export async function listBulletins(db: Db, who: Who, now: Date, filter: BulletinFilter) {
  let found = visible(db, who, now)
  if (filter.kind) found = found.where('kind', '=', filter.kind)
  if (filter.from) found = found.where('publishedAt', '>=', filter.from)
  if (filter.to) found = found.where('publishedAt', '<=', filter.to)
  if (filter.q) found = found.where('title', 'ilike', `%${filter.q.replace(/[\\%_]/g, '\\$&')}%`)
  const items = await found
    .select(['id', 'kind', 'title', 'publishedAt'])
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
    .select(['id', 'kind', 'title', 'paragraphs', 'publishedAt'])
    .executeTakeFirst()
