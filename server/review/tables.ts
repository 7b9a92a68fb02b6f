import type { JSONColumnType } from 'kysely'

export interface ReviewCommentTable {
  id: string
  applicationId: string
  round: number
  path: string
  text: string
  authorId: string
  authorRole: string
  transitionId: string | null
  createdAt: Date
}

/** One place that somebody of the office has looked at and found right, in one round. */
export interface ReviewMarkTable {
  applicationId: string
  round: number
  path: string
  accountId: string
  at: Date
}

/** A view of the queue that a person keeps under a name; `search` is its address from the `?` on. */
export interface SavedViewTable {
  id: string
  accountId: string
  name: string
  search: string
  createdAt: Date
}

/** Who has a case open; a row older than `PRESENCE_LASTS` means nothing. */
export interface CasePresenceTable {
  applicationId: string
  accountId: string
  seenAt: Date
}

/** The office's own words for one place (`phrasePlaces`). */
export interface StockPhrasesTable {
  place: string
  texts: JSONColumnType<string[]>
  changedBy: string
  changedAt: Date
}
