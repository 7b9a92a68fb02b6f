import * as v from 'valibot'
import { mutationSchema } from './mutation.ts'
import { MAX_MUTATIONS } from './protocol.ts'

/** What the phone sends in one round trip. Checked at the server's edge; the phone takes only the type of it along. */
export const syncRequestSchema = v.object({
  protocol: v.pipe(v.number(), v.integer()),
  device: v.pipe(v.string(), v.uuid()),
  /** whose changes these are; a page of before does not say */
  accountId: v.optional(v.pipe(v.string(), v.uuid())),
  mutations: v.pipe(v.array(mutationSchema), v.maxLength(MAX_MUTATIONS)),
  /** the version of each application that this phone has */
  known: v.record(v.pipe(v.string(), v.uuid()), v.pipe(v.number(), v.integer(), v.minValue(0))),
})

export type SyncRequest = v.InferOutput<typeof syncRequestSchema>
