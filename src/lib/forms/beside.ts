import type { BatchOffer, KeptApplication } from '$lib/local/database.ts'
import { turnedAwayStates } from '#domain/lifecycle/turned-away.ts'
import type { Beside } from '#domain/rules/eligibility-input.ts'

/** What a person applies for beside one application, as far as it lies on the phone (E3); undefined where its own batch does not. */
export function besideOf(
  ownId: string,
  kept: readonly Pick<KeptApplication, 'id' | 'type' | 'batchId' | 'state' | 'cells'>[],
  batches: readonly Pick<BatchOffer, 'id' | 'year' | 'name'>[],
): Beside | undefined {
  const batchOf = (id: string) => batches.find((one) => one.id === kept.find((other) => other.id === id)?.batchId)
  const own = batchOf(ownId)
  if (own === undefined) return undefined
  const others = kept.flatMap(({ id, type, state, cells }) => {
    const batch = batchOf(id)
    if (id === ownId || batch === undefined || turnedAwayStates.includes(state)) return []
    const title = cells['targetTitle']?.value
    return [{ type, year: batch.year, batchName: batch.name, targetTitle: typeof title === 'string' ? title : null }]
  })
  return { year: own.year, others }
}
