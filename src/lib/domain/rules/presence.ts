/** So often a page that shows a case says that it still does, in ms. */
export const PRESENCE_EVERY = 25_000

/** Who has not said so for this long has left, in ms: two signs may be lost. */
export const PRESENCE_LASTS = 80_000
