/** A revocation, an upheld objection or an entry of the register blocks new applications for so long (T22, E15). */
export const INTEGRITY_YEARS = 3

/** The last moment of the years that begin at this one. */
export function integrityEnd(from: Date): Date {
  const until = new Date(from)
  until.setUTCFullYear(until.getUTCFullYear() + INTEGRITY_YEARS)
  return until
}
