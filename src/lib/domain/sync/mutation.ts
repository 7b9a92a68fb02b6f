import * as v from 'valibot'
import { cellValueSchema } from '../forms/schema.ts'

/**
 * What a person can change, as a closed list. Each mutation carries an id made on the phone, so that the server applies
 * it exactly once (S1), and the base: the version of the cell it replaces (S4).
 *
 * Paths: `fullName` is a field, `educations/<row>/school` a field of a row, `educations/<row>` the row itself,
 * `idCard` and `educations/<row>/proof` are slots.
 */
const id = v.pipe(v.string(), v.uuid())
const path = v.pipe(
  v.string(),
  v.maxLength(200),
  v.regex(/^[A-Za-z][A-Za-z0-9]*(\/[0-9a-f-]{36}(\/[A-Za-z][A-Za-z0-9]*)?)?$/),
)
const base = v.pipe(v.number(), v.integer(), v.minValue(0))

const common = { id, applicationId: id, path }

export const mutationSchema = v.variant('kind', [
  /** Sets a cell; `null` empties it. */
  v.object({ ...common, kind: v.literal('setField'), value: cellValueSchema, base }),
  /** Adds a row with its UUID; two phones adding rows never conflict (S5). */
  v.object({ ...common, kind: v.literal('addRow'), position: v.pipe(v.number(), v.finite()) }),
  /**
   * Removes a row as it was seen: at which version of the application, and with which files. A page older than these two
   * says neither, and then removes only a row that holds nothing (S14).
   */
  v.object({
    ...common,
    kind: v.literal('removeRow'),
    base: v.optional(base, 0),
    files: v.optional(v.pipe(v.array(id), v.maxLength(200)), []),
  }),
  /** Links a file that the server has already verified to a slot. */
  v.object({
    ...common,
    kind: v.literal('attach'),
    attachmentId: id,
    uploadId: v.pipe(v.string(), v.maxLength(80)),
    name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
    sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    position: v.pipe(v.number(), v.finite()),
  }),
  v.object({ ...common, kind: v.literal('detach'), attachmentId: id }),
  /** Settles a conflict: the value kept, at the version that both values were seen at (S8). */
  v.object({ ...common, kind: v.literal('settle'), value: cellValueSchema, base }),
])

export type Mutation = v.InferOutput<typeof mutationSchema>
export type MutationKind = Mutation['kind']
