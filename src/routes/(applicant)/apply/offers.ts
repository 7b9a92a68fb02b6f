import type { BatchOffer } from '$lib/local/database.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import type { ApplicationType, ApplicationTypeId } from '#domain/forms/application-type.ts'

/** What can be done with one application type now. */
export interface Offer {
  readonly type: ApplicationType
  /** Batches that take applications, the one that ends first in front. */
  readonly open: readonly BatchOffer[]
  /** The next one to open, where none is open. */
  readonly next: BatchOffer | undefined
  /** The one that closed last, where none is open or to come. */
  readonly last: BatchOffer | undefined
}

/** The order in which people look for them: most come for 评审. */
const order: readonly ApplicationTypeId[] = ['review', 'initial', 'reissue']

/** Every application type with its batches (R21). `windowOf` is asked by the server's time. */
export function offersOf(
  batches: readonly BatchOffer[],
  windowOf: (batch: BatchOffer) => 'before' | 'open' | 'closing' | 'closed',
): Offer[] {
  const ends = ({ closesAt }: BatchOffer): number => (closesAt === null ? Infinity : Date.parse(closesAt))
  return order.map((id) => {
    const mine = batches.filter(({ type }) => type === id)
    const open = mine
      .filter((batch) => ['open', 'closing'].includes(windowOf(batch)))
      .sort((a, b) => ends(a) - ends(b) || (a.name < b.name ? -1 : 1))
    const coming = mine.filter((batch) => windowOf(batch) === 'before').sort((a, b) => (a.opensAt < b.opensAt ? -1 : 1))
    const closed = mine.filter((batch) => windowOf(batch) === 'closed').sort((a, b) => ends(b) - ends(a))
    return { type: applicationTypes[id], open, next: coming[0], last: closed[0] }
  })
}

const DAY = 86_400_000

/** `剩 7 天` of a batch, with the tone that says how near the end is; days begun do not count. */
export function timeTag(
  closesAt: string | null,
  now: number,
): { words: string; tone: 'ok' | 'warn' | 'err' | undefined } {
  if (closesAt === null) return { words: '全年办理', tone: undefined }
  const left = Date.parse(closesAt) - now
  const days = Math.floor(left / DAY)
  if (days >= 1) return { words: `剩 ${days} 天`, tone: days <= 3 ? 'warn' : 'ok' }
  const hours = Math.floor(left / 3_600_000)
  return { words: hours >= 1 ? `剩 ${hours} 小时` : `剩 ${Math.max(0, Math.floor(left / 60_000))} 分`, tone: 'err' }
}
