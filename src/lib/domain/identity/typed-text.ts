/**
 * What a Chinese input method or a paste leaves behind, set right before a value is checked:
 * full-width digits and letters become ordinary ones, invisible characters go.
 * Only for values of ASCII characters (numbers, addresses), never for names or prose.
 */
export function plainText(typed: string): string {
  return typed
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .trim()
}
