import type { Generated, JSONColumnType } from 'kysely'

export interface BulletinTable {
  id: string
  kind: 'announcement' | 'policy'
  title: string
  paragraphs: JSONColumnType<string[]>
  /** roles it is meant for; `public` needs no login (R112) */
  audience: JSONColumnType<string[], string | undefined>
  publishedAt: Date | null
  withdrawnAt: Date | null
  authorId: string | null
  createdAt: Generated<Date>
}
