/** The statutory retirement age rises since 2025 by one month every four months: men from 60 to 63, women from 55 to 58. */
const FIRST_DELAYED = 2025 * 12
const AGE_BEFORE = { '1': 60 * 12, '2': 55 * 12 } as const
const LONGEST_DELAY = 36

/**
 * The month in which a person reaches the statutory retirement age, `YYYY-MM` (§3.6: who has retired may not apply).
 * Women by the age of professional staff. Early and deferred retirement by agreement are not known here.
 * @param birthDate YYYY-MM-DD
 * @param gender GB/T 2261.1: 1 male, 2 female
 */
export function retirementMonth(birthDate: string, gender: '1' | '2'): string {
  const birth = Number(birthDate.slice(0, 4)) * 12 + Number(birthDate.slice(5, 7)) - 1
  const before = birth + AGE_BEFORE[gender]
  const delay = before < FIRST_DELAYED ? 0 : Math.min(LONGEST_DELAY, Math.floor((before - FIRST_DELAYED) / 4) + 1)
  const month = before + delay
  return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
}
