import { titleAndSpecialty } from '#domain/forms/application-title.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { states } from '#domain/lifecycle/states.ts'
import type { BatchOffer, KeptApplication } from '$lib/local/database.ts'

/** An application from which a draft may start (A28). */
export interface Earlier {
  readonly id: string
  /** 工程师·建筑工程, or the type */
  readonly title: string
  /** 2025 年度…批次·已发证 */
  readonly sub: string
}

type Known = Pick<KeptApplication, 'id' | 'type' | 'batchId' | 'state' | 'version' | 'number' | 'updatedAt' | 'cells'>

/** The person's other applications that the server has, those of the same type first, the newest of each before the others. */
export function earlierApplications(
  here: Pick<KeptApplication, 'id' | 'type'>,
  mine: readonly Known[],
  batches: readonly Pick<BatchOffer, 'id' | 'name' | 'specialties'>[],
): Earlier[] {
  const other = (one: Known) => (one.type === here.type ? 0 : 1)
  return mine
    .filter(({ id, version }) => id !== here.id && version > 0)
    .toSorted((a, b) => other(a) - other(b) || (a.updatedAt < b.updatedAt ? 1 : -1))
    .map((one) => {
      const batch = batches.find(({ id }) => id === one.batchId)
      const chosen = titleAndSpecialty(batch?.specialties ?? [], (id) => one.cells[id]?.value)
      return {
        id: one.id,
        title: chosen ?? `${applicationTypes[one.type].label}申报`,
        sub: [batch?.name, one.number, states[one.state].shown].filter(Boolean).join('·'),
      }
    })
}
