import type { AimedBatch, Audience, BulletinEntry, BulletinState } from '#domain/bulletin/bulletin.ts'
import { instantOfShanghai, timeInShanghai } from '#domain/working-days.ts'

/** How the states look in lists. */
export const stateTones: Readonly<Record<BulletinState, 'ok' | 'warn' | 'pri' | undefined>> = {
  draft: undefined,
  scheduled: 'pri',
  published: 'ok',
  withdrawn: 'warn',
}

/** An entry while it is being written. */
export type BulletinDraft = { -readonly [Name in keyof BulletinEntry]: BulletinEntry[Name] } & {
  audience: Audience[]
  regions: string[]
  batches: string[]
}

export const emptyBulletin = (): BulletinDraft => ({
  kind: 'announcement',
  title: '',
  documentNumber: '',
  issuer: '',
  body: '',
  audience: ['public'],
  regions: [],
  batches: [],
  pinned: false,
})

/** What is written, without what the server adds. */
export const entryOf = (
  kept: Omit<BulletinEntry, 'batches'> & { readonly batches: readonly AimedBatch[] },
): BulletinDraft => ({
  kind: kept.kind,
  title: kept.title,
  documentNumber: kept.documentNumber,
  issuer: kept.issuer,
  body: kept.body,
  audience: [...kept.audience],
  regions: [...kept.regions],
  batches: kept.batches.map(({ id }) => id),
  pinned: kept.pinned,
})

/** When it is to be published and taken down, as the sheet holds it: clock times of Shanghai. */
export interface Times {
  readonly scheduled: boolean
  readonly at: string
  readonly ends: boolean
  readonly until: string
}

export const wallClock = (instant: string | Date): string => timeInShanghai(instant).replace(' ', 'T')

/** The times as the server takes them; a switched-on time that is empty is undefined. */
export function momentsOf({ scheduled, at, ends, until }: Times): { at?: string | null; until?: string | null } {
  const begin = scheduled ? instantOfShanghai(at)?.toISOString() : null
  const end = ends ? instantOfShanghai(until)?.toISOString() : null
  return { ...(begin !== undefined && { at: begin }), ...(end !== undefined && { until: end }) }
}

/** When it was or will be there, in words. */
export function timesInWords({
  state,
  publishedAt,
  withdrawnAt,
}: {
  state: BulletinState
  publishedAt: string | null
  withdrawnAt: string | null
}): string {
  if (state === 'draft' || publishedAt === null) return '还没有发布'
  const begin = timeInShanghai(publishedAt)
  if (state === 'scheduled') return `定在 ${begin} 发布`
  if (state === 'withdrawn') return `${withdrawnAt === null ? '' : `${timeInShanghai(withdrawnAt)} `}已撤下`
  return `${begin} 发布${withdrawnAt === null ? '' : `，${timeInShanghai(withdrawnAt)} 撤下`}`
}
