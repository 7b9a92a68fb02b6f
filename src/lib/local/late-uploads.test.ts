import { expect, it, vi } from 'vitest'
import type { Draft } from './drafts.svelte.ts'
import { lateUploads } from './late-uploads.svelte.ts'
import type { Uploads } from './uploads.svelte.ts'

const draft = {
  id: 'one',
  isLocked: () => false,
  answersAroundRows: {
    files: { proof: [{ id: 'a', path: 'proof', name: '证书.pdf', size: 9, sha256: '', pages: 2, position: 1 }] },
  },
} as unknown as Draft

function late(isLeft: boolean) {
  const uploads = {
    start: vi.fn(async () => {}),
    stop: vi.fn(),
    linesOf: () => [],
    choose: vi.fn(async (_draft: Draft, _path: string, _files: Iterable<File>) => ({ ok: true, value: [] })),
  }
  const fetched = vi.fn(async () => uploads as unknown as Uploads)
  return { uploads, fetched, desk: lateUploads(fetched, async () => isLeft) }
}

it('nothing is fetched where no file is left from before, and what was left goes on at once', async () => {
  const idle = late(false)
  await idle.desk.start()
  expect(idle.fetched).not.toHaveBeenCalled()
  const left = late(true)
  await left.desk.start()
  expect(left.uploads.start).toHaveBeenCalledOnce()
})

it('a slot shows what the server has until uploads have come, and has them come', async () => {
  const { desk, fetched, uploads } = late(false)
  await desk.start()
  expect(desk.linesOf(draft, 'proof')).toMatchObject([{ id: 'a', state: 'uploaded', pages: 2, href: '/api/files/a' }])
  await vi.waitFor(() => expect(desk.linesOf(draft, 'proof')).toEqual([]))
  expect(fetched).toHaveBeenCalledOnce()
  expect(uploads.start).toHaveBeenCalledOnce()
})

it('a file taken before that is read at once and handed on whole', async () => {
  const { desk, uploads } = late(false)
  await desk.choose(draft, 'proof', [new File(['abc'], '一.pdf', { type: 'application/pdf' })])
  const [, , files] = uploads.choose.mock.calls[0]!
  const [file] = [...files]
  expect([file!.name, file!.type, await file!.text()]).toEqual(['一.pdf', 'application/pdf', 'abc'])
})

it('uploads that come after the work has ended are not begun', async () => {
  const { desk, uploads } = late(true)
  desk.stop()
  await desk.start()
  expect(uploads.start).not.toHaveBeenCalled()
})

it('uploads that could not be begun are asked for again by whoever comes next', async () => {
  const { desk, fetched, uploads } = late(false)
  const fault = new Error('the store was away')
  fetched.mockRejectedValueOnce(fault)
  const file = new File(['abc'], '一.pdf')
  await expect(desk.choose(draft, 'proof', [file])).rejects.toBe(fault)
  await desk.choose(draft, 'proof', [file])
  expect(uploads.choose).toHaveBeenCalledOnce()
})
