/** One choice of a list. */
export interface CodeItem {
  /** What is stored and exchanged; never changes its meaning. */
  readonly code: string
  readonly label: string
  /** Heading under which a picker shows it. */
  readonly group?: string
  /** false: kept so that old data still reads, but no longer or never offered to choose. */
  readonly offered?: false
}

/** A closed list of choices, in the order in which a picker shows them. */
export interface CodeList<Item extends CodeItem = CodeItem> {
  readonly id: string
  readonly label: string
  /** The standard or document it follows. */
  readonly source: string
  readonly items: readonly Item[]
}
