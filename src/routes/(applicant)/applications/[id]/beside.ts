import type { BatchOffer, KeptApplication } from '$lib/local/database.ts'
import { turnedAwayStates } from '#domain/lifecycle/states.ts'
import type { Beside } from '#domain/rules/eligibility-input.ts'

/** What a person applies for beside one application, as far as it lies on the phone (E3). */
export function besideOf(
  own: { readonly id: string; readonly batch: Pick<BatchOffer, 'year'> },
  kept: readonly Pick<KeptApplication, 'id' | 'type' | 'batchId' | 'state' | 'cells'>[],
  batches: readonly Pick<BatchOffer, 'id' | 'year' | 'name'>[],
): Beside {
  const others = kept.flatMap(({ id, type, batchId, state, cells }) => {
    const batch = batches.find((one) => one.id === batchId)
    if (id === own.id || batch === undefined || turnedAwayStates.includes(state)) return []
    const title = cells['targetTitle']?.value
    return [{ type, year: batch.year, batchName: batch.name, targetTitle: typeof title === 'string' ? title : null }]
  })
  return { year: own.batch.year, others }
}
