import { describe, expect, it } from 'vitest'
import type { BatchOffer } from '$lib/local/database.ts'
import { offersOf, timeTag } from './offers.ts'

const batch = (id: string, type: BatchOffer['type'], opensAt: string, closesAt: string | null): BatchOffer =>
  ({ id, type, name: id, opensAt, closesAt }) as BatchOffer
const now = Date.parse('2026-11-23T00:00:00Z')
const windowOf = ({ opensAt, closesAt }: BatchOffer) =>
  now < Date.parse(opensAt) ? 'before' : closesAt !== null && now > Date.parse(closesAt) ? 'closed' : 'open'

describe('what can be applied for', () => {
  it('[R21] all three types are there, each with its open batches, the one that ends first in front', () => {
    const offers = offersOf(
      [
        batch('late', 'review', '2026-11-01T00:00:00Z', '2026-12-30T00:00:00Z'),
        batch('soon', 'review', '2026-11-01T00:00:00Z', '2026-11-30T00:00:00Z'),
        batch('always', 'reissue', '2026-01-01T00:00:00Z', null),
        batch('coming', 'initial', '2026-12-01T00:00:00Z', '2026-12-31T00:00:00Z'),
        batch('gone', 'initial', '2026-03-01T00:00:00Z', '2026-03-31T00:00:00Z'),
      ],
      windowOf,
    )
    expect(offers.map(({ type, open }) => [type.label, open.map(({ id }) => id)])).toEqual([
      ['评审', ['soon', 'late']],
      ['初定', []],
      ['补证', ['always']],
    ])
    expect(offers[1]?.next?.id).toBe('coming')
    expect(offers[1]?.last?.id).toBe('gone')
  })

  it('[R20] says how much time is left, and warns three days before', () => {
    expect(timeTag(null, now)).toEqual({ words: '全年办理', tone: undefined })
    expect(timeTag('2026-11-30T12:00:00Z', now)).toEqual({ words: '剩 7 天', tone: 'ok' })
    expect(timeTag('2026-11-26T12:00:00Z', now)).toEqual({ words: '剩 3 天', tone: 'warn' })
    expect(timeTag('2026-11-23T05:30:00Z', now)).toEqual({ words: '剩 5 小时', tone: 'err' })
    expect(timeTag('2026-11-23T00:00:30Z', now)).toEqual({ words: '剩 0 分', tone: 'err' })
  })
})
