import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  addDays,
  addWorkingDays,
  dateInShanghai,
  dateInWords,
  endOfDayInShanghai,
  instantOfShanghai,
  isRealDate,
  isWorkingDay,
  milliseconds,
  NO_HOLIDAYS,
  endInWords,
  lastDayBefore,
  publicityEnds,
  startOfDayInShanghai,
  timeInShanghai,
  timeInWords,
  type HolidayCalendar,
} from './working-days.ts'

const days = (from: string, count: number) => Array.from({ length: count }, (_, index) => addDays(from, index))

/** As the State Council arranged 2026 (notice of 2025-11-04). */
const calendar2026: HolidayCalendar = {
  holidays: [
    ...days('2026-01-01', 3),
    ...days('2026-02-15', 9),
    ...days('2026-04-04', 3),
    ...days('2026-05-01', 5),
    ...days('2026-06-19', 3),
    ...days('2026-09-25', 3),
    ...days('2026-10-01', 7),
  ],
  workdays: ['2026-01-04', '2026-02-14', '2026-02-28', '2026-05-09', '2026-09-20', '2026-10-10'],
}

describe('[A4] Asia/Shanghai', () => {
  test('an evening of UTC is the next morning here', () => {
    expect(dateInShanghai('2026-08-31T15:59:59.999Z')).toBe('2026-08-31')
    expect(dateInShanghai('2026-08-31T16:00:00.000Z')).toBe('2026-09-01')
    expect(timeInShanghai('2026-08-31T16:00:05Z')).toBe('2026-09-01 00:00')
    expect(timeInShanghai(Date.UTC(2026, 7, 31, 16, 0, 5), 'second')).toBe('2026-09-01 00:00:05')
    expect(timeInWords(new Date('2026-11-30T09:30:00Z'))).toBe('2026 年 11 月 30 日 17:30')
    expect(dateInWords('2026-01-02')).toBe('2026 年 1 月 2 日')
  })

  test('a day begins at 00:00 and ends at 23:59:59.999', () => {
    expect(startOfDayInShanghai('2026-08-31').toISOString()).toBe('2026-08-30T16:00:00.000Z')
    expect(endOfDayInShanghai('2026-08-31').toISOString()).toBe('2026-08-31T15:59:59.999Z')
  })

  test.each([
    ['2026-08-31T17:30', '2026-08-31T09:30:00.000Z'],
    ['2026-08-31 17:30:05', '2026-08-31T09:30:05.000Z'],
    ['2026-08-31T17:30:05.25', '2026-08-31T09:30:05.250Z'],
  ])('%s is read as wall clock here', (text, iso) => expect(instantOfShanghai(text)?.toISOString()).toBe(iso))

  test.each(['', '2026-02-30T10:00', '2026-08-31T24:00', '2026-08-31', '2026-08-31T10:60', 'tomorrow'])(
    '%j is no moment',
    (text) => expect(instantOfShanghai(text)).toBeUndefined(),
  )

  test('a text without a zone is no instant: it would take on that of the machine', () => {
    expect(() => milliseconds('2026-08-31T17:30')).toThrow(RangeError)
    expect(() => milliseconds('2026-08-31')).toThrow(RangeError)
    expect(() => milliseconds(new Date(NaN))).toThrow(RangeError)
    expect(milliseconds('2026-08-31T17:30:00+08:00')).toBe(Date.parse('2026-08-31T09:30:00Z'))
  })

  const instants = fc.date({
    min: new Date('1992-01-01T00:00:00Z'),
    max: new Date('2100-01-01T00:00:00Z'),
    noInvalidDate: true,
  })

  test('the zone database agrees since 1992', () => {
    const zone = new Intl.DateTimeFormat('sv-SE', {
      timeZone: 'Asia/Shanghai',
      dateStyle: 'short',
      timeStyle: 'medium',
    })
    fc.assert(
      fc.property(instants, (instant) => {
        expect(timeInShanghai(instant, 'second')).toBe(zone.format(instant))
      }),
    )
  })

  test('written and read again it is the same second; it lies within its own day', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const read = instantOfShanghai(timeInShanghai(instant, 'second'))!
        expect(Math.floor(read.getTime() / 1000)).toBe(Math.floor(instant.getTime() / 1000))
        const date = dateInShanghai(instant)
        expect(startOfDayInShanghai(date) <= instant && instant <= endOfDayInShanghai(date)).toBe(true)
      }),
    )
  })
})

test.each([
  ['2026-02-28', true],
  ['2024-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-00-10', false],
  ['2026-1-1', false],
  ['2026-04-31', false],
  ['', false],
])('%j is a real date: %s', (text, real) => expect(isRealDate(text)).toBe(real))

describe('[A31] working days', () => {
  test('Monday to Friday, holidays off, 调休 days on', () => {
    expect(isWorkingDay('2026-11-23', NO_HOLIDAYS)).toBe(true) // Monday
    expect(isWorkingDay('2026-11-28', NO_HOLIDAYS)).toBe(false) // Saturday
    expect(isWorkingDay('2026-11-29', NO_HOLIDAYS)).toBe(false) // Sunday
    expect(isWorkingDay('2026-10-01', calendar2026)).toBe(false)
    expect(isWorkingDay('2026-10-10', calendar2026)).toBe(true) // worked Saturday
    expect(isWorkingDay('1969-12-31', NO_HOLIDAYS)).toBe(true) // Wednesday before day 0
    expect(isWorkingDay('1969-12-28', NO_HOLIDAYS)).toBe(false) // Sunday before day 0
  })

  test('a day in both tables is worked', () => {
    expect(isWorkingDay('2026-11-28', { holidays: ['2026-11-28'], workdays: ['2026-11-28'] })).toBe(true)
  })

  test('the day itself does not count', () => {
    expect(addWorkingDays('2026-11-23', 0, calendar2026)).toBe('2026-11-23')
    expect(addWorkingDays('2026-11-23', 5, calendar2026)).toBe('2026-11-30')
    expect(addWorkingDays('2026-11-28', 1, calendar2026)).toBe('2026-11-30')
  })

  test('over the National Day and the worked Saturday after it', () => {
    // 30 Sep published; 8, 9, 10 (worked), 12, 13 Oct
    expect(addWorkingDays('2026-09-30', 5, calendar2026)).toBe('2026-10-13')
  })

  test('a calendar without any working day is a mistake, not an endless loop', () => {
    expect(() => addWorkingDays('2026-01-01', 1, { holidays: days('2026-01-01', 500), workdays: [] })).toThrow(
      RangeError,
    )
  })

  const date = fc.integer({ min: 0, max: 365 }).map((offset) => addDays('2026-01-01', offset))

  test('one by one comes to the same as all at once, always later, always on a working day', () => {
    fc.assert(
      fc.property(date, fc.integer({ min: 1, max: 30 }), (from, count) => {
        const end = addWorkingDays(from, count, calendar2026)
        expect(addWorkingDays(addWorkingDays(from, count - 1, calendar2026), 1, calendar2026)).toBe(end)
        expect(end > from).toBe(true)
        expect(isWorkingDay(end, calendar2026)).toBe(true)
        let counted = 0
        for (let day = addDays(from, 1); day <= end; day = addDays(day, 1))
          if (isWorkingDay(day, calendar2026)) counted++
        expect(counted).toBe(count)
      }),
    )
  })

  test('without holidays five working days are seven days from a weekday', () => {
    fc.assert(
      fc.property(date, (from) => {
        fc.pre(isWorkingDay(from, NO_HOLIDAYS))
        expect(addWorkingDays(from, 5, NO_HOLIDAYS)).toBe(addDays(from, 7))
      }),
    )
  })
})

describe('[A31][E9] 公示', () => {
  test('the day of publication does not count; it ends at 24:00 of the fifth working day', () => {
    expect(publicityEnds('2026-11-23T01:00:00Z', calendar2026)).toEqual({
      lastDay: '2026-11-30',
      endsAt: new Date('2026-12-01T00:00:00+08:00'),
    })
  })

  test('published late in the evening here, although UTC is still at noon', () => {
    expect(publicityEnds('2026-11-23T15:59:00Z', calendar2026).lastDay).toBe('2026-11-30')
    expect(publicityEnds('2026-11-23T16:01:00Z', calendar2026).lastDay).toBe('2026-12-01')
  })

  test('over the Spring Festival', () => {
    // 13 Feb published; 14 (worked), 24, 25, 26, 27 Feb
    expect(publicityEnds('2026-02-13T02:00:00Z', calendar2026).lastDay).toBe('2026-02-27')
  })

  test('longer when the batch says so', () => {
    expect(publicityEnds('2026-11-23T01:00:00Z', calendar2026, 7).lastDay).toBe('2026-12-02')
  })

  test('its end is said as 24:00 of the last day, never as 00:00 of the day after', () => {
    const { endsAt, lastDay } = publicityEnds('2026-11-23T01:00:00Z', calendar2026)
    expect(lastDayBefore(endsAt)).toBe(lastDay)
    expect(lastDayBefore(endsAt.toISOString())).toBe('2026-11-30')
    expect(endInWords(endsAt)).toBe('2026 年 11 月 30 日 24:00')
    // over the end of a year
    expect(endInWords('2026-12-31T16:00:00Z')).toBe('2026 年 12 月 31 日 24:00')
  })

  test('an end within a day is said as it is', () => {
    expect(lastDayBefore('2026-11-30T09:30:00Z')).toBe('2026-11-30')
    expect(endInWords('2026-11-30T09:30:00Z')).toBe('2026 年 11 月 30 日 17:30')
  })
})
