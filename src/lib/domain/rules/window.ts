import { isEditable, type State } from '../lifecycle/states.ts'
import { milliseconds, type Instant } from '../working-days.ts'

/** When a batch is open: a closed interval of instants (A4). Without an end it stays open until the office closes it (A6). */
export interface Window {
  readonly opensAt: Instant
  readonly closesAt: Instant | null
}

export type WindowState = 'before' | 'open' | 'closing' | 'closed'

/** From this long before its end a window counts as closing: the first reminder goes out then (T4). */
export const CLOSING_DAYS = 3
const DAY = 86_400_000
const MINUTE = 60_000
/** Days that a return after the end of a batch gives at most (A22). */
export const LONGEST_TERM = 10
/** Longer than this an end is none: the office moves it instead. Minutes. */
export const LONGEST_GRACE = 120

/**
 * Where a window stands at `now`, which is the database's clock (R20, A4). Both ends belong to it: open at the very
 * millisecond it opens and at the very millisecond it closes.
 */
export function windowState({ opensAt, closesAt, now }: Window & { readonly now: Instant }): WindowState {
  const moment = milliseconds(now)
  if (moment < milliseconds(opensAt)) return 'before'
  if (closesAt === null) return 'open'
  const left = milliseconds(closesAt) - moment
  if (left < 0) return 'closed'
  return left <= CLOSING_DAYS * DAY ? 'closing' : 'open'
}

/** Whether one may write and submit in the window now (R20). */
export function isOpen(window: Window, now: Instant): boolean {
  const state = windowState({ ...window, now })
  return state === 'open' || state === 'closing'
}

/**
 * The last moment at which an application of this batch may be written and sent: the end of the batch, or the term given
 * with a return where that is later (T7, A22). null: no end.
 */
export function writingEndsAt({ closesAt }: Pick<Window, 'closesAt'>, resubmitUntil: Instant | null): Date | null {
  if (closesAt === null) return null
  return new Date(Math.max(milliseconds(closesAt), resubmitUntil === null ? -Infinity : milliseconds(resubmitUntil)))
}

/**
 * Whether the applicant may write at `now`: the state lets him, the batch has opened, and the last moment has not passed
 * (R20, R90, A5). `resubmitUntil` stands only at an application that was returned; any other passes null.
 */
export function writable(state: State, window: Window, resubmitUntil: Instant | null, now: Instant): boolean {
  return isEditable(state) && isOpen({ opensAt: window.opensAt, closesAt: writingEndsAt(window, resubmitUntil) }, now)
}

/**
 * Until when an application may still be sent after the end of its batch, though not written: some minutes that the batch
 * grants, and only where everything stood on the server before the end (A4 lets nothing else in). null: none.
 * @param graceMinutes of the batch; 0 grants nothing
 * @param changedAt when its content last changed at the server, files among it
 */
export function graceEndsAt(
  { closesAt }: Pick<Window, 'closesAt'>,
  graceMinutes: number,
  changedAt: Instant,
): Date | null {
  if (closesAt === null || graceMinutes <= 0) return null
  const end = milliseconds(closesAt)
  return milliseconds(changedAt) <= end ? new Date(end + graceMinutes * MINUTE) : null
}

/** Whether what is sent at `now` is sent after the last moment of writing, which only grace allows: such a one is marked. */
export function isInGrace(window: Pick<Window, 'closesAt'>, resubmitUntil: Instant | null, now: Instant): boolean {
  const end = writingEndsAt(window, resubmitUntil)
  return end !== null && milliseconds(now) > end.getTime()
}
