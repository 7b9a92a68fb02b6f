import { expect, test } from 'vitest'
import { sendByTus } from './tus-upload.ts'

test('an upload that was given up before it began is over at once, and nothing goes', async () => {
  const given = AbortSignal.abort()
  const file = {
    applicationId: 'a',
    path: 'idCard',
    name: '身份证.pdf',
    sha256: '0',
    bytes: new Blob(['%PDF']),
    url: null,
  }
  const on = { url: () => expect.unreachable(), progress: () => expect.unreachable(), signal: given }
  expect(await sendByTus('http://127.0.0.1:9/api/uploads', file, on)).toMatchObject({
    code: 'attachment.upload-failed',
  })
})
