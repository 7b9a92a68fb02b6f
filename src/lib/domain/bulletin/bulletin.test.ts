import { describe, expect, test } from 'vitest'
import {
  aimInWords,
  batchesInTag,
  type BulletinEntry,
  bulletinStateAt,
  checkBulletin,
  checkPublishing,
  tidied,
} from './bulletin.ts'

const entry: BulletinEntry = {
  kind: 'announcement',
  title: '关于申报的通知',
  documentNumber: '',
  issuer: '',
  body: '请按时申报。',
  audience: ['applicant'],
  regions: [],
  batches: [],
  pinned: false,
}
const now = '2026-05-01T04:00:00Z'
const pathsOf = (outcome: ReturnType<typeof checkBulletin>) =>
  outcome.ok ? [] : (outcome.issues ?? []).map(({ path }) => path)

describe('announcements and policies', () => {
  test('[R107] time alone publishes what is scheduled and takes down what has an end', () => {
    const at = (publishedAt: string | null, withdrawnAt: string | null) =>
      bulletinStateAt({ publishedAt, withdrawnAt }, now)
    expect(at(null, null)).toBe('draft')
    expect(at('2026-05-01T04:00:01Z', null)).toBe('scheduled')
    expect(at('2026-05-01T04:00:00Z', null)).toBe('published')
    expect(at('2026-05-01T03:00:00Z', '2026-05-01T04:00:01Z')).toBe('published')
    expect(at('2026-05-01T03:00:00Z', '2026-05-01T04:00:00Z')).toBe('withdrawn')
  })

  test('[R112] it is published with a title, a text and somebody who reads it', () => {
    const publish = (changes: Partial<BulletinEntry>) =>
      pathsOf(checkPublishing({ ...entry, ...changes }, { at: null, until: null }, now))
    expect(publish({})).toEqual([])
    expect(publish({ title: '', body: '', audience: [] })).toEqual(['title', 'body', 'audience'])
  })

  test('it begins no earlier than now and ends after it began', () => {
    const times = (at: string | null, until: string | null) => pathsOf(checkPublishing(entry, { at, until }, now))
    expect(times('2026-05-01T03:59:59Z', null)).toEqual(['at'])
    expect(times('2026-05-02T04:00:00Z', '2026-05-02T04:00:00Z')).toEqual(['until'])
    expect(times(null, '2026-05-01T03:00:00Z')).toEqual(['until'])
    expect(times('2026-05-02T04:00:00Z', '2026-05-03T04:00:00Z')).toEqual([])
  })

  test('a draft may lack anything, but nothing in it may be wrong', () => {
    expect(checkBulletin({ ...entry, title: '', body: '', audience: [] }).ok).toBe(true)
    expect(pathsOf(checkBulletin({ ...entry, title: '字'.repeat(101) }))).toEqual(['title'])
    expect(pathsOf(checkBulletin({ ...entry, body: '[甲](javascript:x)' }))).toEqual(['body'])
    expect(pathsOf(checkBulletin({ ...entry, audience: ['public'], regions: ['321202'] }))).toEqual(['regions'])
    expect(pathsOf(checkBulletin({ ...entry, batches: ['b1'] }))).toEqual([])
    expect(pathsOf(checkBulletin({ ...entry, audience: ['office'], batches: ['b1'] }))).toEqual(['batches'])
    expect(pathsOf(checkBulletin({ ...entry, audience: ['public', 'applicant'], batches: ['b1'] }))).toEqual([
      'batches',
    ])
  })

  test('it is kept clean, each role, region and batch once', () => {
    const kept = tidied({
      ...entry,
      title: ' 关于\n申报 ',
      audience: ['office', 'applicant', 'office'],
      regions: ['321283', '321284', '321202'],
      batches: ['b2', 'b1', 'b2'],
    })
    expect(kept).toMatchObject({ title: '关于 申报', audience: ['applicant', 'office'], regions: ['321202', '321283'] })
    expect(kept.batches).toEqual(['b1', 'b2'])
    expect(aimInWords({ ...kept, batches: [] })).toBe('申报人、职称办·海陵区、泰兴市')
  })

  test('a reader is told for which batches it is', () => {
    const initial = { id: 'b1', name: '2026 年度初定' }
    const reissue = { id: 'b2', name: '证书补证' }
    expect(aimInWords({ ...entry, batches: [initial, reissue] })).toBe('申报人·2026 年度初定、证书补证')
    expect([[], [initial], [initial, reissue]].map(batchesInTag)).toEqual([
      '',
      '2026 年度初定',
      '2026 年度初定等 2 个批次',
    ])
  })
})
