import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, expect, it } from 'vitest'
import { STANDARD_LIMIT } from '#domain/attachment.ts'
import { educationProof } from '#domain/forms/education-change.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { PhoneDatabase } from './database.ts'
import { EducationWish, type Wish, type WishDeps } from './education-wish.svelte.ts'
import { eraseAccount, unsentOf } from './eraser.ts'
import { rescueFile } from './rescue.ts'

const ACCOUNT = '10000000-0000-4000-8000-000000000001'
const ROW = '30000000-0000-4000-8000-000000000001'
const record: EducationWish['record'] = {
  rowId: ROW,
  position: 1,
  lockedBy: '2025 年评审',
  cells: {
    eduLevel: '21',
    school: '南京工业大学',
    major: '土木工程',
    studyMode: '1',
    start: '2006-09',
    end: '2010-06',
    completion: '1',
  },
  files: [{ id: 'f', slot: 'proof', name: '毕业证.pdf', size: 9, sha256: 'a', pages: 1, position: 1 }],
}
const pdf = (name = '证明.pdf', size = 2000) =>
  new File(['%PDF-1.7\n', new Uint8Array(size - 9).fill(32)], name, { type: 'application/pdf' })

let db: PhoneDatabase
let sent: Wish[]
let answer: Outcome<unknown>
let uploads: Outcome<string>[]
let deps: WishDeps

beforeEach(() => {
  db = new PhoneDatabase('wish', { indexedDB: new IDBFactory() })
  sent = []
  answer = ok()
  uploads = []
  deps = {
    db,
    newId: () => crypto.randomUUID(),
    accountId: ACCOUNT,
    today: () => '2026-11-25',
    transport: {
      known: async () => ok(null),
      send: async () => uploads.shift() ?? ok('upload-1'),
      forget: async () => {},
    },
    send: async (wish) => {
      sent.push(wish)
      return answer
    },
  }
})

async function filled(): Promise<EducationWish> {
  const wish = (await EducationWish.open(deps, ROW, record))!
  wish.setField(`educations/${ROW}/school`, '东南大学')
  wish.setField(`educations/${ROW}/major`, '土木工程')
  wish.setReason('毕业证上的学校是东南大学')
  await wish.choose(educationProof.id, [pdf()])
  return wish
}

it('[R67] sends the proof, then only what differs with its reason, and forgets it all', async () => {
  const wish = await filled()
  expect(wish.linesOf(educationProof.id)).toMatchObject([{ name: '证明.pdf', state: 'waiting', removable: true }])
  expect(await wish.submit()).toEqual(ok())
  expect(sent).toEqual([
    {
      id: wish.id,
      rowId: ROW,
      proposed: { school: '东南大学' },
      reason: '毕业证上的学校是东南大学',
      proof: [
        {
          id: expect.any(String),
          uploadId: 'upload-1',
          name: '证明.pdf',
          sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        },
      ],
    },
  ])
  expect(await db.meta.count()).toBe(0)
  expect(await db.uploadBytes.count()).toBe(0)
})

it('[R67] what was typed and chosen is there after the app was killed, without a network too', async () => {
  const wish = await filled()
  await wish.flush()
  const again = (await EducationWish.open(deps, ROW))!
  expect(again.id).toBe(wish.id)
  expect(again.reason).toBe('毕业证上的学校是东南大学')
  expect(again.proposed).toEqual({ school: '东南大学' })
  expect(again.linesOf(educationProof.id)).toMatchObject([{ name: '证明.pdf', state: 'waiting' }])
  expect((await again.bytesOf(again.linesOf(educationProof.id)[0]!.id))?.byteLength).toBe(2000)
  expect(await EducationWish.open(deps, crypto.randomUUID())).toBeNull()
})

it('[R67] a request that has arrived though its answer was lost is forgotten, and the next one has an id of its own', async () => {
  const wish = await filled()
  answer = refuse('network.offline')
  expect(await wish.submit()).toMatchObject({ code: 'network.offline' })
  const others = (await EducationWish.open(deps, ROW, record, [crypto.randomUUID()]))!
  expect([others.id, others.proposed]).toEqual([wish.id, { school: '东南大学' }])
  const next = (await EducationWish.open(deps, ROW, record, [crypto.randomUUID(), wish.id]))!
  expect(next.id).not.toBe(wish.id)
  expect([next.proposed, next.reason, next.linesOf(educationProof.id)]).toEqual([{}, '', []])
  expect(await unsentOf(db, ACCOUNT)).toEqual({ mutations: 0, files: 0, total: 0 })
  expect(await db.uploadBytes.count()).toBe(0)
})

it('[R67] nothing goes while something is missing, and nothing is lost when the server refuses', async () => {
  const wish = (await EducationWish.open(deps, ROW, record))!
  expect(await wish.submit()).toMatchObject({ ok: false, code: 'answer.unchanged' })
  expect(sent).toEqual([])
  const full = await filled()
  answer = refuse('application.pending-education-change')
  expect(await full.submit()).toMatchObject({ code: 'application.pending-education-change' })
  expect(full.proposed).toEqual({ school: '东南大学' })
  expect(full.linesOf(educationProof.id)).toMatchObject([{ state: 'uploaded' }])
  // The server swept the bytes meanwhile: they go again.
  answer = refuse('attachment.missing', { count: 1 })
  await full.submit()
  expect(full.linesOf(educationProof.id)).toMatchObject([{ state: 'waiting' }])
  answer = ok()
  expect(await full.submit()).toEqual(ok())
})

it('[R41, R43] a proof is a PDF of at most 500 KB, refused before a byte is sent; one that broke off is tried again', async () => {
  const wish = (await EducationWish.open(deps, ROW, record))!
  await wish.choose(educationProof.id, [pdf('大.pdf', STANDARD_LIMIT + 1), new File(['text'], '说明.txt')])
  expect(wish.linesOf(educationProof.id).map(({ state, code }) => [state, code])).toEqual([
    ['too-large', 'attachment.too-large'],
    ['failed', 'attachment.not-pdf'],
  ])
  for (const { id } of wish.linesOf(educationProof.id)) await wish.remove(educationProof.id, id)
  uploads = [refuse('network.offline')]
  await wish.choose(educationProof.id, [pdf('好.pdf', STANDARD_LIMIT)])
  await wish.start()
  const [line] = wish.linesOf(educationProof.id)
  expect(line).toMatchObject({ state: 'failed', retryable: true })
  await wish.retry(line!.id)
  expect(wish.linesOf(educationProof.id)).toMatchObject([{ state: 'uploaded' }])
  // The old certificate of the row is only looked at.
  expect(wish.linesOf(`educations/${ROW}/proof`)).toMatchObject([{ name: '毕业证.pdf', removable: false }])
  expect(await wish.choose(`educations/${ROW}/proof`, [pdf()])).toMatchObject({ code: 'answer.row-locked' })
})

it('a request that was begun counts as unsent, stands in the rescue file, and goes when the person leaves', async () => {
  const wish = await filled()
  await wish.flush()
  expect(await unsentOf(db, ACCOUNT)).toEqual({ mutations: 1, files: 0, total: 1 })
  const { unzipSync } = await import('fflate')
  const inside = unzipSync(new Uint8Array(await (await rescueFile(db, ACCOUNT, 0)).arrayBuffer()))
  expect(new TextDecoder().decode(inside['unsent.json'])).toContain('毕业证上的学校是东南大学')
  await eraseAccount(db, ACCOUNT)
  expect(await db.meta.toCollection().primaryKeys()).toEqual(['erased'])
  expect(await db.uploadBytes.count()).toBe(0)
})
