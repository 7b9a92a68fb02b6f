import type { Generated, JSONColumnType } from 'kysely'

export interface BulletinTable {
  id: string
  kind: 'announcement' | 'policy'
  title: string
  documentNumber: Generated<string>
  issuer: Generated<string>
  /** with its marks (#domain/bulletin/rich-text.ts) */
  body: Generated<string>
  /** the same without marks */
  paragraphs: JSONColumnType<string[]>
  /** roles it is meant for; `public` needs no login (R112) */
  audience: JSONColumnType<string[], string | undefined>
  /** codes of regions it is meant for; none: all */
  regions: JSONColumnType<string[], string | undefined>
  pinned: Generated<boolean>
  /** counts what is kept: nobody writes over what he has not seen */
  revision: Generated<number>
  /** null: a draft; to come: it waits for its time */
  publishedAt: Date | null
  /** to come: it ends by itself */
  withdrawnAt: Date | null
  authorId: string | null
  createdAt: Generated<Date>
  changedAt: Date | null
}

/** A batch whose applicants it is meant for. */
export interface BulletinBatchTable {
  bulletinId: string
  batchId: string
}

/** A text that people could read, before it was changed. */
export interface BulletinVersionTable {
  bulletinId: string
  revision: number
  content: JSONColumnType<object>
  sha256: string
  replacedBy: string
  replacedAt: Date
}

export interface BulletinFileTable {
  id: string
  bulletinId: string
  name: string
  sha256: string
  size: number
  pages: number
  createdAt: Date
  removedAt: Date | null
}

/** That an account has opened it, and when first. */
export interface BulletinReaderTable {
  bulletinId: string
  accountId: string
  at: Date
}
