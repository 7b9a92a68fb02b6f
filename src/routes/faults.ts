import { type Refused, wordsOf } from '#domain/problems.ts'

/** What is wrong, by the field it belongs to; `''` for what belongs to no field. */
export type Faults = Readonly<Record<string, string>>

/** The words of a refusal laid beside its fields. */
export function faultsOf(refused: Refused): Faults {
  const issues = refused.issues ?? [{ ...refused, path: refused.path ?? '' }]
  return Object.fromEntries(issues.map((issue) => [issue.path, wordsOf(issue).detail]))
}

/**
 * Whether the captcha has been used up by an attempt. It is not where the request never arrived, nor where fields were
 * refused before it was looked at.
 */
export const spentCaptcha = (refused: Refused): boolean =>
  refused.code !== 'network.offline' && refused.code !== 'account.consent-required' && refused.issues === undefined
