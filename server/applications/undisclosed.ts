import type { Kysely } from 'kysely'
import type { State } from '#domain/lifecycle/states.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { decidedBy } from './actions/lifecycle-facts.ts'
import { listOwnDecided, type OwnState, ownStatesText } from './queries.ts'
import { isHidden, shownState } from './shown-state.ts'

export { type OwnState, ownStatesText }

/** Of the person's own, those about which was decided and nothing published yet, with the state in which he may see each (A30). */
export const undisclosedAmong = (own: readonly OwnState[]): ReadonlyMap<string, State> =>
  new Map(
    own
      .filter(({ state, released }) => isHidden(state, released))
      .map((one) => [one.id, shownState({ state: one.state, decidedBy: decidedBy(one, one) }, one.released)]),
  )

/** The same of all that the person has: whoever works in the office and applies himself learns his result with all others. */
export const undisclosedOf = async (db: Kysely<Database>, who: Signed): Promise<ReadonlyMap<string, State>> =>
  undisclosedAmong(await listOwnDecided(db, who))
