/**
 * Arrow keys in a list of options: up and down, Home and End, and the first letters of a name are left to the search.
 * The options carry `role="option"`; the list itself takes the event.
 */
export function moveFocus(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const options = [...event.currentTarget.querySelectorAll<HTMLElement>('[role="option"]')]
  const at = options.indexOf(document.activeElement as HTMLElement)
  const targets: Record<string, number> = {
    ArrowDown: Math.min(at + 1, options.length - 1),
    ArrowUp: Math.max(at - 1, 0),
    Home: 0,
    End: options.length - 1,
  }
  const next = targets[event.key]
  if (next === undefined) return
  event.preventDefault()
  options[next]?.focus()
}
