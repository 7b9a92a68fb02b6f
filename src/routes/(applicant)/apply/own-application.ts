import type { BatchOffer, KeptApplication } from '$lib/local/database.ts'
import { states } from '#domain/lifecycle/states.ts'

/** The application that a person has in a batch already: there is one a batch. */
export const applicationIn = (batch: BatchOffer, mine: readonly KeptApplication[]): KeptApplication | undefined =>
  mine.find(({ batchId, state }) => batchId === batch.id && !states[state].final)

/** Where a batch leads: to the application that is there already, else to the text to read. */
export function hrefOfBatch(batch: BatchOffer, mine: readonly KeptApplication[]): string {
  const application = applicationIn(batch, mine)
  // One that the server does not have yet goes through the reading gate first.
  return application && application.version > 0 ? `/applications/${application.id}` : `/apply/${batch.type}/${batch.id}`
}
