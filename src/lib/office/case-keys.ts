/** Keys of a case that write something or open what writes; the others only move, and may repeat while they are held. */
const actingKeys: readonly string[] = ['c', 'x', 'r', 'p', '?']
/** Keys that write at once or lead to a decision: meant for the case that is seen, not for the one that just took its place. */
const decidingKeys: readonly string[] = ['x', 'r', 'p']

/** Milliseconds after which a case that appeared counts as seen: a second press of the same key comes sooner. */
export const SEEN_AFTER = 600

/**
 * Whether a pressed key is meant for the case on the screen. A held P would otherwise forward one case after the other that
 * nobody looked at, for the next one opens by itself.
 * @param pressed `timeStamp` is when the key went down, which may lie before the case appeared where the page was busy
 * @param appearedAt when the case came on the screen as it stands now, on the same clock
 */
export const isMeantForCase = (
  pressed: { readonly key: string; readonly repeat: boolean; readonly timeStamp: number },
  appearedAt: number,
): boolean =>
  !(pressed.repeat && actingKeys.includes(pressed.key)) &&
  !(decidingKeys.includes(pressed.key) && pressed.timeStamp - appearedAt < SEEN_AFTER)
