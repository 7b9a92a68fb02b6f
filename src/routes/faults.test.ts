import { describe, expect, it } from 'vitest'
import { refuse } from '#domain/problems.ts'
import { faultsOf, spentCaptcha } from './faults.ts'

describe('refusals beside their fields', () => {
  it('[R23] every field that is wrong gets its own words', () => {
    const refused = refuse(
      'answer.required',
      { label: '姓名' },
      {
        path: 'fullName',
        issues: [
          { code: 'answer.required', path: 'fullName', params: { label: '姓名' } },
          { code: 'identity.mobile-wrong', path: 'mobile' },
        ],
      },
    )
    expect(faultsOf(refused)).toEqual({ fullName: '还没有填姓名。', mobile: '手机号码不对，请填 11 位手机号码。' })
  })

  it('[R14] a wrong captcha stands at the captcha, wrong credentials at none', () => {
    expect(Object.keys(faultsOf(refuse('account.captcha-wrong', undefined, { path: 'captcha' })))).toEqual(['captcha'])
    expect(Object.keys(faultsOf(refuse('account.credentials-wrong')))).toEqual([''])
  })

  it('[R15] a captcha that the server looked at is used up, whatever came of it', () => {
    expect(spentCaptcha(refuse('account.credentials-wrong'))).toBe(true)
    expect(spentCaptcha(refuse('account.captcha-wrong', undefined, { path: 'captcha' }))).toBe(true)
    expect(spentCaptcha(refuse('network.offline'))).toBe(false)
    expect(spentCaptcha(refuse('answer.required', {}, { path: 'email', issues: [] }))).toBe(false)
  })
})
