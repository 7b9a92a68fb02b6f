import type { KeptNotice } from '$lib/local/database.ts'
import type { KeptBulletin } from '$lib/notices/bulletin.svelte.ts'
import { batchesInTag, type BulletinKind } from '#domain/bulletin/bulletin.ts'
import { dateInShanghai } from '#domain/working-days.ts'

/** One line of 消息平台: a personal notice or something published (R108). */
export interface Message {
  readonly id: string
  readonly kind: 'notice' | BulletinKind
  /** What the notice tells of, for its sign; '' for what is published. */
  readonly about: string
  readonly title: string
  readonly text: string
  /** ISO */
  readonly at: string
  readonly unread: boolean
  /** stands before all others */
  readonly pinned: boolean
  /** for whose batch it is; '' where it is not for one */
  readonly aim: string
  readonly href: string
}

export const kindLabels = { notice: '个人通知', announcement: '公告', policy: '政策' } as const

export interface MessageFilter {
  readonly kind?: Message['kind'] | undefined
  /** YYYY-MM-DD of Shanghai, both days counted */
  readonly from?: string | undefined
  readonly to?: string | undefined
  /** part of the title */
  readonly q?: string | undefined
}

/** Notices and announcements in one list, what is pinned before all others, then newest first; policies have their own tab. A notice opens over the list, the rest on a page (R109). */
export function messagesOf(notices: readonly KeptNotice[], bulletins: readonly KeptBulletin[]): Message[] {
  const told = notices.map(({ id, kind, title, body, createdAt, readAt }): Message => ({
    id,
    kind: 'notice',
    about: kind,
    title,
    text: body,
    at: createdAt,
    unread: readAt === null,
    pinned: false,
    aim: '',
    href: `/messages?notice=${id}`,
  }))
  const published = bulletins.map(({ id, kind, title, paragraphs, publishedAt, read, pinned, batches }): Message => ({
    id,
    kind,
    about: '',
    title,
    text: paragraphs?.[0] ?? '',
    at: publishedAt ?? '1970-01-01T00:00:00Z',
    unread: !read,
    pinned: pinned ?? false,
    aim: batchesInTag(batches ?? []),
    href: `/messages/${id}`,
  }))
  return [...told, ...published].sort(
    (a, b) => Number(b.pinned) - Number(a.pinned) || (a.at < b.at ? 1 : a.at > b.at ? -1 : 0),
  )
}

/** Type, time of publication and part of the title (R107, R110). */
export function filtered(messages: readonly Message[], { kind, from, to, q }: MessageFilter): Message[] {
  const wanted = q?.trim().toLowerCase() ?? ''
  return messages.filter((message) => {
    const date = dateInShanghai(message.at)
    return (
      (kind === undefined || message.kind === kind) &&
      (!from || date >= from) &&
      (!to || date <= to) &&
      message.title.toLowerCase().includes(wanted)
    )
  })
}
