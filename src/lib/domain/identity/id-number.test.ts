import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkCharacter, groupIdNumber, maskIdNumber, parseIdNumber } from './id-number.ts'

const today = '2026-11-23'
const read = (text: string, on = today) => {
  const outcome = parseIdNumber(text, on)
  return outcome.ok ? outcome.value : outcome.code
}

describe('[E1] ID numbers by GB 11643', () => {
  test.each([
    ['11010519491231002X', '1949-12-31', '2'], // the standard's own samples
    ['440524188001010014', '1880-01-01', '1'],
    ['321202199001010017', '1990-01-01', '1'],
    ['321203198512150021', '1985-12-15', '2'],
    ['321204199202290038', '1992-02-29', '1'], // leap day
    ['321281198808080041', '1988-08-08', '2'],
    ['32128219951001005X', '1995-10-01', '1'],
    ['321283197911110067', '1979-11-11', '2'],
  ])('%s is valid', (number, birthDate, gender) => {
    expect(read(number)).toEqual({ number, birthDate, gender })
  })

  test.each([
    ['321202199001010018', 'check character'],
    ['321202199002300016', '30 February, check character right'],
    ['321202209901010019', 'born 2099, check character right'],
    ['320202900101001', '15 digits'],
    ['3212021990010100170', '19 digits'],
    ['X21202199001010017', 'X at the front'],
    ['32120219900101001Y', 'no check character'],
    ['', 'nothing'],
    ['三二一二〇二', 'words'],
  ])('%s is refused: %s', (number) => {
    expect(read(number)).toBe('identity.id-number-wrong')
  })

  test('residence permits and the card of permanent residents are not shut out', () => {
    for (const first17 of ['81000019900101001', '82000019900101002', '83000019900101003', '91110019850615001'])
      expect(read(first17 + checkCharacter(first17))).toMatchObject({ number: first17 + checkCharacter(first17) })
  })

  test('a province that never was is refused, an abolished county is not', () => {
    const [nowhere, abolished] = ['00120219900101001', '32128419900101001']
    expect(read(nowhere + checkCharacter(nowhere))).toBe('identity.id-number-wrong')
    expect(read(abolished + checkCharacter(abolished))).toMatchObject({ gender: '1' })
  })

  test('born today is allowed, tomorrow is not; the date is an argument', () => {
    const first17 = '32120220261123001'
    expect(read(first17 + checkCharacter(first17), '2026-11-23')).toMatchObject({ birthDate: '2026-11-23' })
    expect(read(first17 + checkCharacter(first17), '2026-11-22')).toBe('identity.id-number-wrong')
  })

  test('what keyboards and pastes do is set right: small x, full width, spaces, invisible characters', () => {
    expect(read('11010519491231002x')).toMatchObject({ number: '11010519491231002X' })
    expect(read('３２１２０２１９９００１０１００１７')).toMatchObject({ number: '321202199001010017' })
    expect(read(' 321202 19900101 0017\u200B\n')).toMatchObject({ number: '321202199001010017' })
  })
})

describe('[E1] properties', () => {
  const birth = fc.date({
    min: new Date('1900-01-01T00:00:00Z'),
    max: new Date('2026-11-23T00:00:00Z'),
    noInvalidDate: true,
  })
  const first17 = fc
    .tuple(fc.constantFrom('321202', '110105', '440524', '810000'), birth, fc.integer({ min: 0, max: 999 }))
    .map(
      ([area, date, serial]) =>
        area + date.toISOString().slice(0, 10).replaceAll('-', '') + String(serial).padStart(3, '0'),
    )

  test('every number with the right check is read back whole, date and gender with it', () => {
    fc.assert(
      fc.property(first17, (text) => {
        const number = text + checkCharacter(text)
        expect(read(number.toLowerCase())).toEqual({
          number,
          birthDate: `${number.slice(6, 10)}-${number.slice(10, 12)}-${number.slice(12, 14)}`,
          gender: '13579'.includes(number[16]!) ? '1' : '2',
        })
      }),
    )
  })

  test('any single wrong digit is found', () => {
    fc.assert(
      fc.property(first17, fc.nat(16), fc.integer({ min: 1, max: 9 }), (text, place, by) => {
        const number = text + checkCharacter(text)
        const other = String((Number(number[place]) + by) % 10)
        expect(read(number.slice(0, place) + other + number.slice(place + 1))).toBe('identity.id-number-wrong')
      }),
    )
  })

  test('two neighbours exchanged are found', () => {
    fc.assert(
      fc.property(first17, fc.nat(15), (text, place) => {
        const number = text + checkCharacter(text)
        fc.pre(number[place] !== number[place + 1])
        const swapped = number.slice(0, place) + number[place + 1] + number[place] + number.slice(place + 2)
        expect(read(swapped)).toBe('identity.id-number-wrong')
      }),
    )
  })

  test('no text makes it throw', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 80 })
          .map((points) => String.fromCodePoint(...points)),
        (text) => void parseIdNumber(text, today),
      ),
    )
  })
})

describe('[E13] shown', () => {
  test('masked: area and last four alone', () => {
    expect(maskIdNumber('321202199001010017')).toBe('321202********0017')
    expect(maskIdNumber('12345')).toBe('*****')
  })

  test('in groups of 6, 8 and 4, also half typed', () => {
    expect(groupIdNumber('321202199306140020')).toBe('321202 19930614 0020')
    expect(groupIdNumber('32120219')).toBe('321202 19')
    expect(groupIdNumber('')).toBe('')
  })
})
