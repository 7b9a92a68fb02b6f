/**
 * The code of a paper out of what was said or scanned: the code alone, or the address that its QR holds. Read aloud or typed off a
 * page it comes with spaces, in small letters, and with the letters that look like digits, of which a code has none (T12).
 */
export const paperCodeOf = (said: string): string =>
  (said.trim().split(/[/?#]/).filter(Boolean).at(-1) ?? '')
    .toUpperCase()
    .replace(/[\s-]/g, '')
    .replace(/O/g, '0')
    .replace(/[IL]/g, '1')
