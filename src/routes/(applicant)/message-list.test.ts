import { describe, expect, it } from 'vitest'
import { filtered, messagesOf } from './message-list.ts'

const notice = {
  id: 'n1',
  accountId: 'a',
  kind: 'returned',
  title: '申报材料被退回，请修改',
  body: '请在 11 月 28 日前修改。',
  applicationId: 'x',
  link: '/applications/x',
  createdAt: '2026-11-22T17:00:00Z',
  readAt: null,
  readPending: 0 as const,
}
const announcement = {
  id: 'b1',
  kind: 'announcement' as const,
  title: '延长受理时间',
  paragraphs: ['延到月底'],
  publishedAt: '2026-11-20T01:00:00Z',
  read: true,
}
const policy = {
  id: 'b2',
  kind: 'policy' as const,
  title: '继续教育规定',
  paragraphs: null,
  publishedAt: '2025-03-01T01:00:00Z',
  read: false,
}
const all = messagesOf([notice], [policy, announcement])

describe('消息平台', () => {
  it('[R108] personal notices and what is published stand in one list, newest first', () => {
    expect(all.map(({ id, kind, unread }) => [id, kind, unread])).toEqual([
      ['n1', 'notice', true],
      ['b1', 'announcement', false],
      ['b2', 'policy', true],
    ])
  })

  it('[R109] a notice opens over the list, an announcement on its own page', () => {
    expect(all.map(({ href }) => href)).toEqual(['/messages?notice=n1', '/messages/b1', '/messages/b2'])
  })

  it('an announcement says for which batch it is', () => {
    const aimed = { ...announcement, batches: [{ id: 'x', name: '2026 年度初定' }] }
    expect(messagesOf([notice], [aimed, policy]).map(({ aim }) => aim)).toEqual(['', '2026 年度初定', ''])
  })

  it('[R107] filters by type, by both days of the range in Shanghai, and by part of the title', () => {
    const ids = (filter: Parameters<typeof filtered>[1]) => filtered(all, filter).map(({ id }) => id)
    expect(ids({ kind: 'announcement' })).toEqual(['b1'])
    // 17:00 UTC on the 22nd is the 23rd in Shanghai
    expect(ids({ from: '2026-11-23', to: '2026-11-23' })).toEqual(['n1'])
    expect(ids({ to: '2026-11-22' })).toEqual(['b1', 'b2'])
    expect(ids({ q: ' 受理 ' })).toEqual(['b1'])
    expect(ids({ q: '没有这个' })).toEqual([])
  })
})
