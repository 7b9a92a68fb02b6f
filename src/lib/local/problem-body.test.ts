import { expect, it } from 'vitest'
import { wordsOf } from '#domain/problems.ts'
import { refusedFrom } from './problem-body.ts'

const title = '名单是空的'
const detail = '现在没有等着公示的申报。'

it('words that the phone has are its own, and others are the server’s, in the refusal and in each fault of it', () => {
  const known = refusedFrom({ code: 'request.too-many', params: { seconds: 9 }, title, detail })
  expect(wordsOf(known!).detail).toContain('9 秒')
  const unknown = refusedFrom(
    JSON.stringify({
      code: 'publicity.empty',
      title,
      detail,
      issues: [
        { code: 'account.mobile-used', path: 'mobile', title, detail },
        { code: 'identity.mobile-wrong', path: 'mobile', title, detail },
      ],
    }),
  )
  expect(wordsOf(unknown!)).toEqual({ title, detail })
  expect(unknown!.issues!.map((issue) => wordsOf(issue).detail)).toEqual([detail, '手机号码不对，请填 11 位手机号码。'])
})

it('is none of ours without a code, or without words for it', () => {
  for (const body of ['<html>', 'null', '3', {}, { code: 'publicity.empty' }, { code: 7, title, detail }])
    expect(refusedFrom(body)).toBeNull()
})
