import { region } from '../code-lists/region.ts'
import { type Role, roles } from '../lifecycle/roles.ts'
import { type Issue, ok, type Outcome, refuse } from '../problems.ts'
import { type Instant, milliseconds } from '../working-days.ts'
import { cleanText, unsafeLinkIn } from './rich-text.ts'

/** What is published (R107, R110). */
export const bulletinKinds = { announcement: '公告通知', policy: '政策规范' } as const
export type BulletinKind = keyof typeof bulletinKinds

/** Whom it is for: everybody, or the holders of roles (R112). */
export type Audience = Role | 'public'
export const audiences: Readonly<Record<Audience, string>> = { public: '所有人（不登录也能看）', ...roles }

/** Who writes and publishes; the auditor sees all of it, everybody else what is meant for him. */
export const publishers: readonly Role[] = ['office', 'admin']
export const bulletinDesk: readonly Role[] = [...publishers, 'auditor']

export const bulletinStates = {
  draft: '草稿',
  scheduled: '定时发布',
  published: '已发布',
  withdrawn: '已撤下',
} as const
export type BulletinState = keyof typeof bulletinStates

export const TITLE_AT_MOST = 100
export const BODY_AT_MOST = 30_000
/** More of them would push everything else out of the first page. */
export const PINNED_AT_MOST = 5
export const FILES_AT_MOST = 10
export const BATCHES_AT_MOST = 50

/** Regions that somebody can be in today. */
export const aimableRegions = region.items.filter((one) => !('offered' in one))

/** A batch whose applicants it is for, as it is named to them. */
export interface AimedBatch {
  readonly id: string
  readonly name: string
}

/** What is written of an announcement or a policy. */
export interface BulletinEntry {
  readonly kind: BulletinKind
  readonly title: string
  /** 文号; '' where it has none */
  readonly documentNumber: string
  /** 发文单位; '' where it is the office itself */
  readonly issuer: string
  /** rich-text.ts */
  readonly body: string
  readonly audience: readonly Audience[]
  /** codes; none: the whole city */
  readonly regions: readonly string[]
  /** ids; of the applicants only those who have a live application in one of them, a draft too; none: all applicants */
  readonly batches: readonly string[]
  readonly pinned: boolean
}

export interface Publication {
  readonly publishedAt: Instant | null
  readonly withdrawnAt: Instant | null
}

/** How it stands at a moment: time alone publishes what is scheduled, and takes down what has an end. */
export function bulletinStateAt({ publishedAt, withdrawnAt }: Publication, now: Instant): BulletinState {
  if (publishedAt === null) return 'draft'
  if (withdrawnAt !== null && milliseconds(withdrawnAt) <= milliseconds(now)) return 'withdrawn'
  return milliseconds(publishedAt) <= milliseconds(now) ? 'published' : 'scheduled'
}

/** The entry as it is kept: cleaned, every role, region and batch once and in the order of the lists. */
export function tidied(entry: BulletinEntry): BulletinEntry {
  const line = (text: string) => cleanText(text).replace(/\s+/g, ' ')
  return {
    ...entry,
    title: line(entry.title),
    documentNumber: line(entry.documentNumber),
    issuer: line(entry.issuer),
    body: cleanText(entry.body),
    audience: (Object.keys(audiences) as Audience[]).filter((one) => entry.audience.includes(one)),
    regions: aimableRegions.map(({ code }) => code).filter((code) => entry.regions.includes(code)),
    batches: [...new Set(entry.batches)].sort(),
  }
}

/** Whether it may be kept at all: a draft may lack anything, but nothing that it has may be wrong. */
export function checkBulletin(entry: BulletinEntry): Outcome<undefined> {
  const issues: Issue[] = []
  const limit = (path: 'title' | 'body', label: string, atMost: number) => {
    const over = [...entry[path]].length - atMost
    if (over > 0) issues.push({ code: 'answer.too-long', path, params: { label, over, atMost } })
  }
  limit('title', '标题', TITLE_AT_MOST)
  limit('body', '正文', BODY_AT_MOST)
  const address = unsafeLinkIn(entry.body)
  if (address !== undefined) issues.push({ code: 'bulletin.unsafe-link', path: 'body', params: { address } })
  if (entry.audience.includes('public') && entry.regions.length > 0) {
    issues.push({ code: 'bulletin.public-has-no-region', path: 'regions' })
  }
  if (entry.batches.length > 0 && (entry.audience.includes('public') || !entry.audience.includes('applicant'))) {
    issues.push({ code: 'bulletin.batch-without-applicants', path: 'batches' })
  }
  const [first] = issues
  return first ? refuse(first.code, first.params, { path: first.path, issues }) : ok()
}

/** Whether it may be published: it has a title, a text and somebody who reads it, and its times follow each other. */
export function checkPublishing(
  entry: BulletinEntry,
  { at, until }: { readonly at: Instant | null; readonly until: Instant | null },
  now: Instant,
): Outcome<undefined> {
  const checked = checkBulletin(entry)
  if (!checked.ok) return checked
  const issues: Issue[] = []
  const required = (missing: boolean, path: string, label: string) => {
    if (missing) issues.push({ code: 'answer.required', path, params: { label } })
  }
  required(entry.title === '', 'title', '标题')
  required(entry.body === '', 'body', '正文')
  required(entry.audience.length === 0, 'audience', '发给谁')
  const begins = at ?? now
  if (milliseconds(begins) < milliseconds(now)) {
    issues.push({ code: 'answer.before', path: 'at', params: { label: '发布时间', other: '现在' } })
  }
  if (until !== null && milliseconds(until) <= Math.max(milliseconds(begins), milliseconds(now))) {
    issues.push({ code: 'answer.before', path: 'until', params: { label: '撤下时间', other: '发布时间' } })
  }
  const [first] = issues
  return first ? refuse(first.code, first.params, { path: first.path, issues }) : ok()
}

/** For whose batch it is, short enough for a tag: the first of them, and how many there are. */
export const batchesInTag = ([first, ...others]: readonly AimedBatch[]): string =>
  first === undefined ? '' : others.length === 0 ? first.name : `${first.name}等 ${others.length + 1} 个批次`

/** Whom it is for, in words: 申报人、受理点经办·海陵区·2026 年度初定. */
export function aimInWords({
  audience,
  regions,
  batches,
}: Pick<BulletinEntry, 'audience' | 'regions'> & { readonly batches: readonly AimedBatch[] }): string {
  const whom = audience.includes('public') ? '所有人' : audience.map((one) => audiences[one]).join('、')
  const where = aimableRegions.filter(({ code }) => regions.includes(code)).map(({ label }) => label)
  const applying = batches.map(({ name }) => name)
  return [whom === '' ? '还没有选发给谁' : whom, where.join('、'), applying.join('、')].filter(Boolean).join('·')
}
