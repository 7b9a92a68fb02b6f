import type { Kysely } from 'kysely'
import type { State } from '#domain/lifecycle/states.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { decidedBy } from './actions/lifecycle-facts.ts'
import { listOwnDecided } from './queries.ts'
import { isHidden, shownState } from './shown-state.ts'

/**
 * The person's own applications about which was decided and nothing published yet, with the state in which he may see each (A30):
 * whoever works in the office and applies himself learns his result with all others.
 */
export async function undisclosedOf(db: Kysely<Database>, who: Signed): Promise<ReadonlyMap<string, State>> {
  const own = await listOwnDecided(db, who)
  return new Map(
    own
      .filter(({ state, released }) => isHidden(state, released))
      .map((one) => [one.id, shownState({ state: one.state, decidedBy: decidedBy(one, one) }, one.released)]),
  )
}
