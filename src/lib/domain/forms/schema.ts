import * as v from 'valibot'
import { type Answers, type CellValue, type Facts, isVisible, lookupIn, valueOf } from './answers.ts'
import type { ApplicationType } from './application-type.ts'
import { checkApplication } from './check.ts'
import { isBlank } from './condition.ts'
import type { Field } from './field.ts'
import { checkValue } from './kinds/index.ts'

/** The shape of any cell value on the wire. Limits of the single field come from the catalogue afterwards. */
export const cellValueSchema = v.union([
  v.pipe(v.string(), v.maxLength(20_000)),
  v.pipe(v.number(), v.finite()),
  v.boolean(),
  v.null(),
])

/** One field as a Valibot schema: what may stand in it once entered. The issue's message is the problem code. */
export function fieldSchema(field: Field, answers: Answers, facts: Facts): v.GenericSchema<unknown, CellValue> {
  return v.pipe(
    cellValueSchema,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed || isBlank(dataset.value)) return
      const fault = checkValue(dataset.value as Exclude<CellValue, null>, field, facts, lookupIn(answers))
      if (fault) addIssue({ message: fault.code })
    }),
  )
}

const fileSchema = v.object({
  id: v.pipe(v.string(), v.uuid()),
  name: v.string(),
  size: v.pipe(v.number(), v.integer(), v.minValue(1)),
  sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
  pages: v.pipe(v.number(), v.integer(), v.minValue(0)),
  position: v.number(),
})

export const answersSchema = v.object({
  fields: v.record(v.string(), cellValueSchema),
  rows: v.record(
    v.string(),
    v.array(
      v.object({
        id: v.pipe(v.string(), v.uuid()),
        position: v.number(),
        values: v.record(v.string(), cellValueSchema),
        lockedBy: v.optional(v.string()),
      }),
    ),
  ),
  files: v.record(v.string(), v.array(fileSchema)),
})

/** The strict schema of a complete application, derived from the catalogue: each issue carries its path and problem code. */
export function submissionSchema(type: ApplicationType, facts: Facts): v.GenericSchema<unknown, Answers> {
  return v.pipe(
    answersSchema,
    v.rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return
      const value = dataset.value as Answers
      for (const issue of checkApplication(type, value, facts)) {
        addIssue({
          message: issue.code,
          path: [{ type: 'object', origin: 'value', input: {}, key: issue.path, value: undefined }],
        })
      }
    }),
  ) as unknown as v.GenericSchema<unknown, Answers>
}

/** The fields a person can see now, with their values: what reviewers read and papers print. */
export function visibleValue(field: Field, answers: Answers, facts: Facts): CellValue {
  return isVisible(field, lookupIn(answers)) ? valueOf(field, answers, facts) : null
}
