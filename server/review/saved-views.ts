import type { Kysely } from 'kysely'
import { withoutIdNumber } from '#domain/identity/number-in-words.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

/** The same address; its words hold no ID number any more. */
function addressWithoutIdNumber(search: string): string {
  const said = new URLSearchParams(search)
  const words = said.get('q')
  if (words === null || withoutIdNumber(words) === words.trim()) return search
  said.set('q', withoutIdNumber(words))
  return `?${said}`
}

/** So many a person finds his way among. */
const VIEWS_AT_MOST = 30

/** The person's own views of the queue, by name. */
export const savedViews = (db: Kysely<Database>, who: Signed) =>
  db
    .selectFrom('savedView')
    .select(['id', 'name', 'search'])
    .where('accountId', '=', who.accountId)
    .orderBy('name')
    .orderBy('id')
    .execute()

/**
 * Keeps a view under a name; a view of the same name is replaced. What the link shows to whoever opens it is decided by his
 * own scope. Of an ID number in its words only the end is kept (A40). Refused: too many.
 */
export async function keepView(
  ctx: Act,
  who: Signed,
  { name, search: asked }: { readonly name: string; readonly search: string },
): Promise<Outcome<{ id: string }>> {
  const search = addressWithoutIdNumber(asked)
  const own = await savedViews(ctx.db, who)
  if (own.length >= VIEWS_AT_MOST && own.every((one) => one.name !== name)) {
    return refuse('answer.too-many-rows', { label: '视图', atMost: VIEWS_AT_MOST })
  }
  const { id } = await ctx.db
    .insertInto('savedView')
    .values({ id: ctx.newId(), accountId: who.accountId, name, search, createdAt: ctx.now })
    .onConflict((conflict) => conflict.columns(['accountId', 'name']).doUpdateSet({ search }))
    .returning('id')
    .executeTakeFirstOrThrow()
  return ok({ id })
}

export async function removeView(ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> {
  const gone = await ctx.db
    .deleteFrom('savedView')
    .where('id', '=', id)
    .where('accountId', '=', who.accountId)
    .executeTakeFirst()
  return gone.numDeletedRows > 0n ? ok() : refuse('request.not-found')
}
