import { unzipSync } from 'fflate'
import { expect, it } from 'vitest'
import { ACCOUNT, batch, ModelServer, TestClock, TestPhone } from '../../../tests/interleavings/two-phones.ts'
import { bulletinKey } from './erasure.ts'
import { eraseAccount, eraseOthers, unsentOf } from './eraser.ts'
import { rescueFile } from './rescue.ts'
import { forgetShared, keepShared, kindOfShared, listShared, readShared } from './shared-files.ts'

const OTHER = '10000000-0000-4000-8000-000000000002'

async function filled() {
  const server = new ModelServer(new TestClock())
  const phone = new TestPhone('a', server)
  const started = await phone.drafts.start(batch.id)
  if (!started.ok) throw new Error(started.code)
  started.value.setField('employerName', '泰州一建')
  await started.value.flush()
  const upload = {
    id: crypto.randomUUID(),
    accountId: ACCOUNT,
    applicationId: started.value.id,
    path: 'idCard',
    name: '身份证.pdf',
    mime: 'application/pdf',
    size: 8,
    accept: 'pdf' as const,
    position: 1,
  }
  await phone.db.uploads.add({
    ...upload,
    state: 'queued',
    sha256: null,
    url: null,
    uploadId: null,
    sent: 0,
    code: null,
    params: null,
    createdAt: '2026-11-15T00:00:00Z',
  })
  await phone.db.uploadBytes.add({
    id: upload.id,
    accountId: ACCOUNT,
    bytes: new TextEncoder().encode('%PDF-1.7').buffer as ArrayBuffer,
  })
  return { server, phone, draft: started.value }
}

it('says what would be lost, and hands it out as a ZIP with names a person knows', async () => {
  const { phone } = await filled()
  expect(await unsentOf(phone.db, ACCOUNT)).toEqual({ mutations: 1, files: 1, total: 2 })
  const file = await rescueFile(phone.db, ACCOUNT, phone.clock.now())
  const inside = unzipSync(new Uint8Array(await file.arrayBuffer()))
  const told = JSON.parse(new TextDecoder().decode(inside['unsent.json']))
  expect(told.changes).toMatchObject([
    { path: 'employerName', value: '泰州一建', label: expect.stringMatching(/单位/) },
  ])
  expect(told.startedHere.length).toBe(1)
  expect(new TextDecoder().decode(inside[told.files[0].in])).toBe('%PDF-1.7')
  await phone[Symbol.asyncDispose]()
})

it('erases everything personal of one account, and nothing of another (A35)', async () => {
  const { phone } = await filled()
  const notice = {
    kind: 'returned',
    title: '退回',
    body: '',
    applicationId: null,
    link: null,
    createdAt: '2026-11-15T00:00:00Z',
    readAt: null,
    readPending: 0 as const,
  }
  await phone.db.notices.bulkAdd([
    { ...notice, id: crypto.randomUUID(), accountId: ACCOUNT },
    { ...notice, id: crypto.randomUUID(), accountId: OTHER },
  ])
  await phone.db.meta.put({ key: 'session', value: { account: { id: ACCOUNT, fullName: '张伟' } } })
  await phone.db.meta.put({ key: bulletinKey, accountId: ACCOUNT, value: { accountId: ACCOUNT, items: [] } })
  await keepShared([new File(['x'], '分享.pdf', { type: 'application/pdf' })], () => crypto.randomUUID(), 0)
  await phone.drafts.closeAll()
  await eraseAccount(phone.db, ACCOUNT)
  const left: string[] = []
  for (const table of phone.db.tables) {
    for (const row of await table.toArray())
      if (JSON.stringify(row).includes(ACCOUNT) || JSON.stringify(row).includes('张伟')) left.push(table.name)
  }
  expect(left).toEqual([])
  expect(await phone.db.uploadBytes.count()).toBe(0)
  expect(await phone.db.notices.count()).toBe(1)
  expect(await phone.db.editions.count()).toBe(1)
  expect(await listShared()).toEqual([])
  await phone.db.delete()
})

it('erases the announcements for one account, also as an earlier version kept them, and nobody else’s (A35)', async () => {
  const { phone } = await filled()
  const value = { accountId: ACCOUNT, items: [] }
  for (const row of [
    { key: bulletinKey, accountId: ACCOUNT, value },
    { key: bulletinKey, value },
  ]) {
    await phone.db.meta.put(row)
    await eraseAccount(phone.db, OTHER)
    expect(await phone.db.meta.get(bulletinKey)).toBeDefined()
    await eraseAccount(phone.db, ACCOUNT)
    expect(await phone.db.meta.get(bulletinKey)).toBeUndefined()
  }
  await phone[Symbol.asyncDispose]()
})

it('erases who was here before, unless something of theirs is unsent', async () => {
  const { phone, server, draft } = await filled()
  await eraseOthers(phone.db, OTHER)
  expect(await phone.db.outbox.count()).toBe(1)
  await server.create(draft.id)
  await phone.sync.now()
  await phone.db.uploads.clear()
  await phone.drafts.closeAll()
  await eraseOthers(phone.db, OTHER)
  expect(await phone.db.applications.count()).toBe(0)
  await phone.db.delete()
})

it('keeps a shared file until whoever took it has it safe', async () => {
  await keepShared([new File(['%PDF-'], '分享.pdf', { type: 'application/pdf' })], () => crypto.randomUUID(), 5)
  const [shared] = await listShared()
  expect(shared).toMatchObject({ name: '分享.pdf', size: 5 })
  expect(await (await readShared(shared?.id ?? ''))?.text()).toBe('%PDF-')
  expect(await listShared()).toHaveLength(1)
  await forgetShared([shared?.id ?? ''])
  expect(await readShared(shared?.id ?? '')).toBeNull()
})

it('knows PDFs and pictures, by their name where the other app does not tell their type', () => {
  expect(kindOfShared({ type: 'application/pdf', name: '证书' })).toBe('pdf')
  expect(kindOfShared({ type: '', name: '证书.PDF' })).toBe('pdf')
  expect(kindOfShared({ type: 'image/heic', name: 'IMG_0001' })).toBe('picture')
  expect(kindOfShared({ type: 'application/octet-stream', name: 'IMG.jpeg' })).toBe('picture')
  expect(kindOfShared({ type: 'image/svg+xml', name: 'a.svg' })).toBeNull()
  expect(kindOfShared({ type: '', name: '表格.docx' })).toBeNull()
})
