import * as v from 'valibot'
import { endOfDayInShanghai, isRealDate, startOfDayInShanghai } from '#domain/working-days.ts'

/** A day of Shanghai, YYYY-MM-DD, as its first and last instant. */
const day = v.pipe(
  v.string(),
  v.check(isRealDate, '日期要写成 2026-03-01。A date is YYYY-MM-DD.'),
  v.transform((date) => ({ start: startOfDayInShanghai(date), end: endOfDayInShanghai(date) })),
)

/** 发布时间 from and to, both days counted (R107, R110). */
export const dayRange = v.object({ from: v.optional(day), to: v.optional(day) })
