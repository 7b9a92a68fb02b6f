import { itemAt } from '#domain/forms/answers.ts'
import { type ApplicationType, isSlot, itemsOfStep } from '#domain/forms/application-type.ts'
import type { Slot } from '#domain/forms/slot.ts'
import { fieldElementId } from '$lib/forms/form-draft.ts'

/** The slot that is scanned into, and where in the form it stands. */
export interface ScanPlace {
  readonly applicationId: string
  readonly path: string
  readonly slot: Slot
  readonly stepId: string
  /** what the scan is of: 身份证正反面; where the slot is called 附件材料 like many others, what it belongs to */
  readonly title: string
}

const COMMON_LABEL = '附件材料'

/** Where the scanner is opened for a slot. */
export const scanHref = (applicationId: string, path: string, more: Record<string, string> = {}): string =>
  `/scan?${new URLSearchParams({ application: applicationId, path, ...more })}`

/** The place a path names; null where the form has no PDF slot there. */
export function scanPlaceOf(type: ApplicationType, applicationId: string, path: string): ScanPlace | null {
  const found = itemAt(type, path)
  if (!found || !isSlot(found.item) || found.item.accept !== 'pdf') return null
  const head = path.split('/')[0]
  const step = type.steps.find((one) => itemsOfStep(one).some(({ id }) => id === head))
  if (!step) return null
  const { label } = found.item
  const title = label === COMMON_LABEL ? (found.list?.label ?? step.label) : label
  return { applicationId, path, slot: found.item, stepId: step.id, title }
}

/** The field in its step, to come back to. */
export const hrefOfPlace = ({ applicationId, path, stepId }: ScanPlace): string =>
  `/applications/${applicationId}/${stepId}#${fieldElementId(path)}`

/** `毕业证书.pdf`, or `毕业证书（2）.pdf` where that is taken. */
export function fileNames(label: string, count: number, taken: readonly string[]): string[] {
  const names: string[] = []
  for (let n = 1; names.length < count; n += 1) {
    const name = n === 1 ? `${label}.pdf` : `${label}（${n}）.pdf`
    if (!taken.includes(name)) names.push(name)
  }
  return names
}
