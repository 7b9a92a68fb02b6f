import { type ApplicationType, isList, isSlot, type Item, itemsOfStep } from '#domain/forms/application-type.ts'

/** One attachment that an application type asks for. */
export interface Material {
  /** of the slot: `idCard`, `educations/proof` */
  readonly path: string
  readonly label: string
  /** asked of everybody, whatever is filled in */
  readonly required: boolean
  /** bytes a file */
  readonly limit: number
}

/** The attachments of one step of the form. */
export interface MaterialsOfStep {
  readonly id: string
  readonly label: string
  readonly materials: readonly Material[]
}

/** Every slot of an application type in the order of the form: what to have at hand before starting. */
export function materialsOf(type: ApplicationType): MaterialsOfStep[] {
  return type.steps
    .map((step) => ({ id: step.id, label: step.label, materials: itemsOfStep(step).flatMap(materialsOfItem) }))
    .filter(({ materials }) => materials.length > 0)
}

function materialsOfItem(item: Item): Material[] {
  if (isSlot(item)) {
    return [{ path: item.id, label: item.label, required: item.required === true, limit: item.maxBytes }]
  }
  if (!isList(item)) return []
  return item.items
    .filter((inner) => inner.kind === 'slot')
    .map((inner) => ({
      path: `${item.id}/${inner.id}`,
      label: `${item.label}·${inner.label}`,
      required: inner.required === true && (item.atLeast ?? 0) > 0,
      limit: inner.maxBytes,
    }))
}
