import type { Kysely } from 'kysely'
import type { State } from '#domain/lifecycle/states.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { decidedBy } from './actions/lifecycle-facts.ts'
import { listOwnDecided, type OwnState, ownStatesText } from './queries.ts'
import { shownState } from './shown-state.ts'

export { type OwnState, ownStatesText }

/**
 * Of the person's own, those about which he may not know what the office does, with the state in which he may see each: decided and
 * nothing published yet (A30), or somebody objected (T18).
 */
export const undisclosedAmong = (own: readonly OwnState[]): ReadonlyMap<string, State> =>
  new Map(
    own.flatMap((one) => {
      const shown = shownState({ state: one.state, decidedBy: decidedBy(one, one) }, one.released)
      return shown === one.state ? [] : [[one.id, shown] as const]
    }),
  )

/** The same of all that the person has: whoever works in the office and applies himself learns his result with all others. */
export const undisclosedOf = async (db: Kysely<Database>, who: Signed): Promise<ReadonlyMap<string, State>> =>
  undisclosedAmong(await listOwnDecided(db, who))
