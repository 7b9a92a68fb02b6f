/** What the 申报编号 is made of. */
export interface NumberParts {
  readonly year: number
  /** region of the 受理点, GB/T 2260, 6 digits */
  readonly region: string
  /** P 评审, C 初定, B 补证 */
  readonly letter: string
  /** serial of the batch within its year and type, 1–99 */
  readonly batch: number
  /** serial of the application within its batch, 1–99999 */
  readonly serial: number
}

const digits = (value: number, count: number): string => {
  const text = String(value).padStart(count, '0')
  if (!Number.isSafeInteger(value) || value < 0 || text.length > count)
    throw new RangeError(`${value} has not ${count} digits`)
  return text
}

/** ISO 7064 MOD 11,10 over the digits, with a letter read as its place from A = 10: finds every wrong digit typed from paper. */
function checkDigit(body: string): string {
  const numeric = body.replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55))
  let product = 10
  for (const digit of numeric) {
    const sum = (Number(digit) + product) % 10 || 10
    product = (sum * 2) % 11
  }
  return String((11 - product) % 10)
}

/**
 * 申报编号: `YYYY` + region + letter + batch + serial + check digit (DOMAIN §6). Given at the first submission, the same
 * over every return. Throws when a part does not fit: that is our bug.
 * @example applicationNumber({ year: 2026, region: '321202', letter: 'P', batch: 1, serial: 42 }) // '2026321202P0100042-3'
 */
export function applicationNumber({ year, region, letter, batch, serial }: NumberParts): string {
  if (!/^\d{6}$/.test(region) || !/^[A-Z]$/.test(letter))
    throw new RangeError(`no region or letter: ${region} ${letter}`)
  const body = `${digits(year, 4)}${region}${letter}${digits(batch, 2)}${digits(serial, 5)}`
  return `${body}-${checkDigit(body)}`
}

/** Whether a number typed from paper is whole. */
export function isApplicationNumber(text: string): boolean {
  const match = /^(\d{10}[A-Z]\d{7})-(\d)$/.exec(text)
  return match !== null && checkDigit(match[1]!) === match[2]
}
