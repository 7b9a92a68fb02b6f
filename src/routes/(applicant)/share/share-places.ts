import type { Answers, Facts } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { materialsOf } from '#domain/forms/paper.ts'
import type { Slot } from '#domain/forms/slot.ts'

/** A slot that what was shared may be for. */
export interface SharePlace {
  readonly path: string
  readonly slot: Slot
  readonly stepId: string
  /** `学历学位·本科·南京工业大学`; the slot's own name stands apart where many are called 附件材料 */
  readonly title: string
  readonly files: number
  readonly missing: boolean
}

export interface ShareStep {
  readonly id: string
  readonly label: string
  readonly places: readonly SharePlace[]
}

/**
 * The slots that take the chosen files, by step. A photo slot takes one picture; a slot that is full takes nothing; a row
 * that an earlier application has used takes more files (A17).
 */
export function placesFor(
  draft: {
    readonly type: ApplicationType
    readonly answers: Answers
    readonly facts: Facts
  },
  chosen: { readonly pdfs: number; readonly pictures: number },
): ShareStep[] {
  const { type, answers, facts } = draft
  const places = materialsOf(type, answers, facts)
    .filter(({ slot, files }) =>
      slot.accept === 'photo'
        ? chosen.pictures === 1 && chosen.pdfs === 0
        : files.length + chosen.pdfs + Math.min(1, chosen.pictures) <= slot.maxFiles,
    )
    .map(({ step, slot, path, rowTitle, files, required }) => ({
      path,
      slot,
      stepId: step.id,
      title: rowTitle === undefined ? slot.label : `${rowTitle}·${slot.label}`,
      files: files.length,
      missing: required && files.length === 0,
    }))
  return type.steps
    .map(({ id, label }) => ({ id, label, places: places.filter(({ stepId }) => stepId === id) }))
    .filter((step) => step.places.length > 0)
}
