/** Rows that are drawn beyond either edge, so that nothing is white while one scrolls. */
const BEYOND = 12

/**
 * Which rows of a long table stand in its box, from the first to before the last; all rows are equally high.
 * @param rowHeight in CSS pixels
 */
export function rowWindow(of: {
  readonly scrollTop: number
  readonly height: number
  readonly rowHeight: number
  readonly count: number
}): { readonly from: number; readonly to: number } {
  const first = Math.floor(of.scrollTop / of.rowHeight)
  const seen = Math.ceil(of.height / of.rowHeight) + 1
  const to = Math.min(of.count, first + seen + BEYOND)
  return { from: Math.max(0, Math.min(first - BEYOND, of.count - seen)), to: Math.max(0, to) }
}
