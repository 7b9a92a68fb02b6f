import type { CellValue, SpecialtyOffer } from './answers.ts'

/**
 * What people call an application: `工程师·建筑工程`, or `undefined` while specialty and title are not both chosen.
 * @param fieldOf gives a field's value by its id
 */
export function titleAndSpecialty(
  specialties: readonly SpecialtyOffer[],
  fieldOf: (id: string) => CellValue | undefined,
): string | undefined {
  const specialty = specialties.find(({ id }) => id === fieldOf('specialty'))
  const title = specialty?.titles.find(({ id }) => id === fieldOf('targetTitle'))
  return specialty && title ? `${title.label}·${specialty.label}` : undefined
}
