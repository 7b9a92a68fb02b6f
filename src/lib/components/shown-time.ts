import { dateInShanghai, dateInWords, type Instant, timeInShanghai } from '#domain/working-days.ts'

/** An instant as lists show it: `今天 09:12`, `11 月 20 日`, in another year `2025 年 3 月 1 日`. `today` is YYYY-MM-DD in Shanghai. */
export function shownTime(instant: Instant, today: string): string {
  const date = dateInShanghai(instant)
  return date === today ? `今天 ${timeInShanghai(instant).slice(11)}` : shownDate(date, today)
}

/** A day as lists show it: without the year where it is this one. */
export function shownDate(date: string, today: string): string {
  const words = dateInWords(date)
  return date.slice(0, 4) === today.slice(0, 4) ? words.slice(words.indexOf(' 年') + 3) : words
}

/** The heading under which an instant stands in a list: `今天`, `11 月`, in another year `2025 年 3 月`. */
export function shownMonth(instant: Instant, today: string): string {
  const date = dateInShanghai(instant)
  if (date === today) return '今天'
  const words = shownDate(date, today)
  return words.slice(0, words.indexOf(' 月') + 2)
}

/** `11 月 30 日 17:30 截止，以服务器时间为准`: what stands under a countdown. */
export function deadlineWords(instant: Instant, today: string): string {
  return `${shownDate(dateInShanghai(instant), today)} ${timeInShanghai(instant).slice(11)} 截止，以服务器时间为准`
}
