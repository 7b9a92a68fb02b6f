import { describe, expect, it } from 'vitest'
import { emptyEntry, isDirect, lackOf, messageOf, resubmitRange, wishOf } from './transition-form.ts'
import type { CaseView, TransitionOffer } from './review-case.svelte.ts'

const offer = (
  id: TransitionOffer['id'],
  to: TransitionOffer['to'],
  ...asks: TransitionOffer['asks']
): TransitionOffer => ({
  id,
  label: '',
  to,
  refusal: null,
  asks,
  optional: [],
})
const returning = offer('return', 'RETURNED', 'reason', 'resubmitUntil')
const application = {
  batchYear: 2026,
  typeLabel: '评审',
  batchClosesAt: '2026-11-20T09:30:00.000Z',
  number: '2026321202P0100042-3',
} as unknown as CaseView['application']

describe('what a transition asks', () => {
  it('[R91] a return wants a reason of 5 字 and, after the end of the batch, a day', () => {
    const entry = { ...emptyEntry(), reason: '  请改 ' }
    expect(lackOf(returning, entry)).toBe('原因至少写 5 个字')
    entry.reason = '单位不规范'
    expect(lackOf(returning, entry)).toMatch('修改期限')
    entry.resubmitUntil = '2026-11-30'
    expect(lackOf(returning, entry)).toBeUndefined()
    expect(wishOf(returning, entry)).toEqual({
      transition: 'return',
      reason: '单位不规范',
      resubmitUntil: '2026-11-30T15:59:59.999Z',
    })
    expect(lackOf(offer('return', 'RETURNED', 'reason'), { ...emptyEntry(), reason: '单位不规范' })).toBeUndefined()
  })

  it('[A22] gives 1 to 10 days', () => {
    expect(resubmitRange(Date.parse('2026-11-24T15:59:00.000Z'))).toEqual({ min: '2026-11-25', max: '2026-12-04' })
    expect(resubmitRange(Date.parse('2026-11-24T16:01:00.000Z'))).toEqual({ min: '2026-11-26', max: '2026-12-05' })
  })

  it('A22: shortly before the end of the batch a day may be given, or none', () => {
    const early = { ...returning, optional: ['resubmitUntil'] as const }
    const entry = { ...emptyEntry(), reason: '单位不规范' }
    expect([lackOf(returning, entry), lackOf(early, entry)]).toEqual(['申报时间已过，请定修改期限', undefined])
    expect(wishOf(early, entry)).not.toHaveProperty('resubmitUntil')
    expect(wishOf(early, { ...entry, resubmitUntil: '2026-11-30' })).toHaveProperty('resubmitUntil')
  })

  it('[R98] shows the words that the applicant will read', () => {
    const message = messageOf(
      returning,
      { ...emptyEntry(), reason: '单位不规范，', resubmitUntil: '2026-11-30' },
      application,
    )
    expect(message!.body).toBe('2026 年评审申报被退回：单位不规范。请在 2026 年 11 月 30 日 23:59 前修改后再提交。')
    expect(message!.bySms).toBe(true)
    expect(messageOf(offer('sendBackToPoint', 'SUBMITTED', 'reason'), emptyEntry(), application)).toBeNull()
  })

  it('takes only what can be undone without asking', () => {
    expect(isDirect(offer('passPreReview', 'PRE_PASSED'))).toBe(true)
    expect(isDirect(offer('approve', 'PASSED'))).toBe(false)
    expect(isDirect(offer('cancel', 'CANCELLED', 'reason'))).toBe(false)
  })
})
