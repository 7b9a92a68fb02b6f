import * as v from 'valibot'
import { withoutIdNumber } from '#domain/identity/number-in-words.ts'
import { stateIds } from '#domain/lifecycle/states.ts'
import { PICKED_AT_MOST } from '#domain/rosters/export-kinds.ts'

const uuid = v.pipe(v.string(), v.uuid())
const short = v.pipe(v.string(), v.minLength(1), v.maxLength(100))
const instant = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
)
const yes = v.pipe(
  v.picklist(['0', '1']),
  v.transform((text) => text === '1'),
)
const several = <Item extends v.GenericSchema<string>>(item: Item, atMost: number) =>
  v.pipe(
    v.string(),
    v.transform((text) => text.split(',')),
    v.array(item),
    v.maxLength(atMost),
  )

/** The filters of the queue as an address says them: for its pages, and for everything that is made of a selection. */
export const queueFilter = {
  /** one state or several with commas between */
  state: v.optional(several(v.picklist(stateIds), stateIds.length)),
  /** some applications by id, with commas between */
  ids: v.optional(several(uuid, PICKED_AT_MOST)),
  type: v.optional(v.picklist(['initial', 'review', 'reissue'])),
  batch: v.optional(uuid),
  region: v.optional(short),
  point: v.optional(short),
  specialty: v.optional(short),
  title: v.optional(short),
  exception: v.optional(yes),
  recognition: v.optional(yes),
  returned: v.optional(yes),
  requested: v.optional(yes),
  from: v.optional(instant),
  to: v.optional(instant),
  waitingSince: v.optional(instant),
  /** of an ID number its end alone: what is made of the selection keeps no more of it, whatever page asks (A40) */
  q: v.optional(v.pipe(v.string(), v.maxLength(100), v.transform(withoutIdNumber))),
}
