import type { Generated, JSONColumnType } from 'kysely'

export interface StoredFileTable {
  sha256: string
  size: number
  mediaType: string
  pages: number
  checkedAt: Date
}

export interface UploadTable {
  id: string
  accountId: string
  applicationId: string
  path: string
  name: string
  sha256: string
  length: number
  received: Generated<number>
  /** keys of the chunks in the file store, in order */
  parts: JSONColumnType<{ key: string; size: number }[], string | undefined>
  state: 'receiving' | 'verified' | 'refused'
  refusal: string | null
  /** digest of what was kept: a photo is made anew, so its bytes are not those that were sent */
  contentSha256: string | null
  createdAt: Date
  updatedAt: Date
}

export interface AttachmentTable {
  id: string
  applicationId: string
  path: string
  name: string
  sha256: string
  size: number
  pages: number
  position: number
  createdAt: Date
  removedAt: Date | null
}

export interface FileOpeningTable {
  applicationId: string
  round: number
  attachmentId: string
  accountId: string
  at: Date
}
