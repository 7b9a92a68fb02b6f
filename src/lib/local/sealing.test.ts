import 'fake-indexeddb/auto'
import { Dexie } from 'dexie'
import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { describe, expect, it } from 'vitest'
import { ACCOUNT, account, draftOnServer, TestPhone } from '../../../tests/interleavings/two-phones.ts'
import { type KeptUpload, PhoneDatabase } from './database.ts'
import { wishPrefix } from './education-wish-key.ts'
import { eraseAccount } from './eraser.ts'
import { rescueFile } from './rescue.ts'
import type { KeptKey } from './sealed-row.ts'
import { sealOldRows } from './sealing.ts'

/** What no file of the browser may show. */
const SECRETS = ['泰州一建', '扬州大学', '%PDF-1.7 secret', '张伟', account.idNumber, '通过了预审', '换了专业']
const PDF = new TextEncoder().encode('%PDF-1.7 secret')

type Raw = Record<string, Record<string, unknown>[]>

/** Everything in the store as it lies there, read without Dexie. */
async function rawRows(factory: IDBFactory, name: string): Promise<Raw> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = factory.open(name)
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error)
  })
  const found: Raw = {}
  for (const table of db.objectStoreNames)
    found[table] = await new Promise((resolve) => {
      const asking = db.transaction(table).objectStore(table).getAll()
      asking.onsuccess = () => resolve(asking.result)
    })
  db.close()
  return found
}
async function putRaw(factory: IDBFactory, name: string, table: string, row: unknown): Promise<void> {
  const db = await new Promise<IDBDatabase>((resolve) => {
    const opening = factory.open(name)
    opening.onsuccess = () => resolve(opening.result)
  })
  await new Promise((resolve) => {
    db.transaction(table, 'readwrite').objectStore(table).put(row).onsuccess = resolve
  })
  db.close()
}

/** All text in a value: of strings, and of bytes read as UTF-8. */
function textIn(value: unknown): string {
  if (typeof value === 'string') return value
  if (value instanceof ArrayBuffer) return new TextDecoder().decode(value)
  if (ArrayBuffer.isView(value)) return new TextDecoder().decode(value as Uint8Array<ArrayBuffer>)
  return value instanceof Object ? Object.values(value).map(textIn).join('\n') : ''
}
const shown = (rows: Raw) => SECRETS.filter((secret) => textIn(rows).includes(secret))

const upload = (applicationId: string): KeptUpload => ({
  id: '30000000-0000-4000-8000-000000000001',
  accountId: ACCOUNT,
  applicationId,
  path: 'idCard',
  name: '张伟的身份证.pdf',
  mime: 'application/pdf',
  size: PDF.length,
  accept: 'pdf',
  position: 1,
  state: 'queued',
  sha256: 'ab',
  url: '/api/uploads/1',
  uploadId: null,
  sent: 7,
  code: null,
  params: null,
  createdAt: '2026-11-15T00:00:00Z',
})

/** A person in the middle of it: a draft the server knows, changes that wait, a file half sent, a notice, a begun request. */
async function filled(factory = new IDBFactory()) {
  const { server, phone, draft } = await draftOnServer('sealed', factory)
  phone.weather = 'offline'
  draft.setField('employerName', '泰州一建')
  const row = await draft.addRow('educations')
  if (!row.ok) throw new Error(row.code)
  draft.setField(`educations/${row.value}/school`, '扬州大学')
  await draft.flush()
  const { db } = phone
  await db.uploads.add(upload(draft.id))
  await db.uploadBytes.add({ id: upload('').id, accountId: ACCOUNT, bytes: PDF.slice().buffer })
  const notice = { kind: 'passed', title: '通过了预审', body: '', applicationId: null, link: null }
  await db.notices.add({
    ...notice,
    id: 'n1',
    accountId: ACCOUNT,
    createdAt: '2026-11-15T00:00:00Z',
    readAt: null,
    readPending: 0,
  })
  await db.meta.put({ key: 'session', accountId: ACCOUNT, value: { account: { id: ACCOUNT, ...account } } })
  await db.meta.put({ key: `${wishPrefix(ACCOUNT)}r1`, accountId: ACCOUNT, value: { reason: '换了专业' } })
  return { server, phone, draft, factory, db, row: row.value }
}

describe('what lies on the phone', () => {
  it('says nothing of a person: answers, changes, names, files and notices are sealed', async () => {
    const { phone, db, draft, factory } = await filled()
    const rows = await rawRows(factory, db.name)
    expect(shown(rows)).toEqual([])
    // It is all there, and what an index needs stands in clear.
    expect(textIn(rows)).toContain(draft.id)
    expect(rows['outbox']?.length).toBe(3)
    expect(draft.answers.fields['employerName']).toBe('泰州一建')
    await phone[Symbol.asyncDispose]()
  })

  it('lies under a key that no script can read out', async () => {
    const { phone, db, factory } = await filled()
    const [kept] = (await rawRows(factory, `${db.name}-keys`))['keys'] as unknown as KeptKey[]
    expect(kept?.accountId).toBe(ACCOUNT)
    await expect(crypto.subtle.exportKey('raw', kept!.key)).rejects.toThrow()
    await phone[Symbol.asyncDispose]()
  })

  it('opens again after a restart without a network, in a second tab too, and is handed out readable', async () => {
    const { phone, db, draft, factory } = await filled()
    db.close()
    const tab = new PhoneDatabase(db.name, { indexedDB: factory, IDBKeyRange })
    const waiting = await tab.outbox.orderBy('seq').toArray()
    expect(waiting.map(({ mutation }) => mutation.kind === 'setField' && mutation.value)).toEqual([
      '泰州一建',
      false,
      '扬州大学',
    ])
    expect(new Uint8Array((await tab.uploadBytes.get(upload('').id))!.bytes)).toEqual(PDF)
    expect((await tab.applications.get(draft.id))?.cells['isCivilServant']?.value).toBe(false)
    const file = await rescueFile(tab, ACCOUNT, 0)
    const inside = new TextDecoder().decode(await file.arrayBuffer())
    expect(inside).toContain('泰州一建')
    expect(inside).toContain('%PDF-1.7 secret')
    tab.close()
    await phone[Symbol.asyncDispose]()
  })

  it('[A35] cannot be read by anybody once its owner has signed out: not even by himself, with a new key', async () => {
    const { phone, db, factory } = await filled()
    const before = await rawRows(factory, db.name)
    const tab = new PhoneDatabase(db.name, { indexedDB: factory, IDBKeyRange })
    expect(await tab.outbox.count()).toBe(3)
    await eraseAccount(db, ACCOUNT)
    expect((await rawRows(factory, `${db.name}-keys`))['keys']).toEqual([])
    // What the browser's files may still hold comes back: nobody opens it.
    for (const row of before['outbox']!) await putRaw(factory, db.name, 'outbox', row)
    expect(await db.outbox.toArray()).toEqual([])
    await db.meta.put({ key: 'session', accountId: ACCOUNT, value: {} })
    expect(await db.outbox.toArray()).toEqual([])
    expect(
      await db.outbox
        .where('id')
        .anyOf(before['outbox']!.map(({ id }) => id as string))
        .toArray(),
    ).toEqual([])
    // The other tab does not go on with the key it had.
    await tab.notices.put({ id: 'n2', accountId: ACCOUNT, title: '后来' } as never)
    expect((await db.notices.get('n2'))?.title).toBe('后来')
    expect(await tab.outbox.toArray()).toEqual([])
    tab.close()
    await phone[Symbol.asyncDispose]()
  })

  it('waits for several at once in one transaction, a large one first', async () => {
    const { phone, db, draft } = await filled()
    await db.transaction('rw', db.uploads, db.uploadBytes, async () => {
      const bytes = new Uint8Array(3_000_000).buffer
      const large = db.uploadBytes.put({ id: 'large', accountId: ACCOUNT, bytes })
      await Promise.all([large, db.uploads.put({ ...upload(draft.id), id: 'small' })])
      expect(await Promise.all([db.uploadBytes.get('large'), db.uploads.get('small')])).toMatchObject([
        { bytes },
        { id: 'small', name: '张伟的身份证.pdf' },
      ])
    })
    await phone[Symbol.asyncDispose]()
  })

  it('is sealed under a new key where the browser threw the store away: what is typed then can be read after a restart', async () => {
    const { db, draft, factory, phone } = await filled()
    for (const one of [db.keys, db]) {
      const connection = one.backendDB()
      await new Promise((done) => {
        factory.deleteDatabase(one.name).onsuccess = done
        forceCloseDatabase(connection as unknown as Parameters<typeof forceCloseDatabase>[0])
      })
    }
    expect(await factory.databases()).toEqual([])
    phone.weather = 'fine'
    await phone.sync.now()
    phone.weather = 'offline'
    draft.setField('employerName', '泰州二建')
    await draft.flush()
    db.close()
    const tab = new PhoneDatabase(db.name, { indexedDB: factory, IDBKeyRange })
    expect((await tab.applications.get(draft.id))?.id).toBe(draft.id)
    const waiting = await tab.outbox.toArray()
    // What was waiting before is written again beside it, under the new key too.
    expect(waiting.flatMap(({ mutation }) => (mutation.kind === 'setField' ? [mutation.value] : []))).toEqual([
      '泰州二建',
      '扬州大学',
    ])
    tab.close()
    await phone[Symbol.asyncDispose]()
  })

  it('is bound to its place: a sealed row laid over another is none', async () => {
    const { phone, db, draft, factory } = await filled()
    const [row] = (await rawRows(factory, db.name))['outbox']!
    await putRaw(factory, db.name, 'outbox', { ...row, id: 'another' })
    expect((await db.outbox.where({ applicationId: draft.id }).toArray()).length).toBe(2)
    await phone[Symbol.asyncDispose]()
  })
})

/** The stores of every version that was ever released, as they were declared. A new version adds its line. */
const RELEASED: readonly Readonly<Record<string, string>>[] = [
  {
    editions: 'id',
    batches: 'id',
    applications: 'id, accountId',
    outbox: '++seq, &id, [accountId+state], applicationId, [applicationId+path]',
    uploads: 'id, accountId, [accountId+state], applicationId',
    uploadBytes: 'id, accountId',
    notices: 'id, accountId',
    meta: 'key',
  },
  { scans: 'id, accountId, applicationId, [applicationId+path]', scanPictures: 'id, accountId, scanId' },
]

/** The same person on a phone that had stopped at an earlier version: everything in clear, as it was then. */
async function filledIn(version: number) {
  const { phone: now, db, draft, row, server } = await filled()
  const factory = new IDBFactory()
  const phone = new TestPhone('old', server, factory)
  const old = new Dexie(phone.db.name, { indexedDB: factory, IDBKeyRange })
  for (let at = 0; at < version; at += 1) old.version(at + 1).stores(RELEASED[at]!)
  for (const { name } of old.tables) {
    const rows = await db.table(name).toArray()
    // Nobody knew then that a row of `meta` has an owner.
    await old.table(name).bulkPut(rows.map((one) => (name === 'meta' ? { key: one.key, value: one.value } : one)))
  }
  if (version >= 2) {
    const scan = { id: 's1', accountId: ACCOUNT, applicationId: draft.id, path: 'idCard', pages: [{ id: 'p1' }] }
    await old.table('scans').put(scan)
    await old.table('scanPictures').put({ id: 'p1', accountId: ACCOUNT, scanId: 's1', bytes: PDF.slice().buffer })
  }
  old.close()
  await now[Symbol.asyncDispose]()
  return { phone, factory, server, id: draft.id, row }
}

describe.each(RELEASED.map((_, at) => at + 1))('a phone that stopped at version %i of the store', (version) => {
  it('loses nothing when it is opened with today’s: the draft opens, the changes go up, the file goes on where it was', async () => {
    const { phone, factory, server, id, row } = await filledIn(version)
    expect(shown(await rawRows(factory, phone.db.name))).toEqual(SECRETS)
    const draft = await phone.draft(id)
    expect(draft.answers.fields['employerName']).toBe('泰州一建')
    expect(draft.answers.rows['educations']?.[0]?.values['school']).toBe('扬州大学')
    await sealOldRows(phone.db)
    const rows = await rawRows(factory, phone.db.name)
    expect(shown(rows)).toEqual([])
    expect([rows['outbox']?.length, rows['uploads']?.length, rows['uploadBytes']?.length]).toEqual([3, 1, 1])
    expect(await phone.db.uploads.get(upload('').id)).toEqual({ ...upload(id) })
    expect(new Uint8Array((await phone.db.uploadBytes.get(upload('').id))!.bytes)).toEqual(PDF)
    expect((await phone.db.meta.get('session'))?.value).toMatchObject({ account: { fullName: '张伟' } })
    if (version >= 2) expect(new Uint8Array((await phone.db.scanPictures.get('p1'))!.bytes)).toEqual(PDF)
    await phone.sync.now()
    expect(await phone.db.outbox.count()).toBe(0)
    const { cells } = server.contentOf(id)
    expect([cells['employerName']?.value, cells[`educations/${row}/school`]?.value]).toEqual(['泰州一建', '扬州大学'])
    expect(server.conflictsOf(id)).toEqual([])
    await phone[Symbol.asyncDispose]()
  })

  it('may be killed while it seals: what is sealed and what is not are read alike, and the next start goes on', async () => {
    const { phone, factory, id } = await filledIn(version)
    const put = phone.db.outbox.put.bind(phone.db.outbox)
    let left = 1
    phone.db.outbox.put = ((row: never) =>
      left-- > 0 ? put(row) : Promise.reject(new Error('killed'))) as unknown as typeof put
    await expect(sealOldRows(phone.db)).rejects.toThrow('killed')
    phone.db.outbox.put = put as never
    const { outbox } = await rawRows(factory, phone.db.name)
    expect(outbox!.map((row) => row['sealed'] !== undefined)).toEqual([true, false, false])
    const draft = await phone.draft(id)
    expect(draft.answers.fields['employerName']).toBe('泰州一建')
    expect(draft.answers.rows['educations']?.[0]?.values['school']).toBe('扬州大学')
    await sealOldRows(phone.db)
    expect(shown(await rawRows(factory, phone.db.name))).toEqual([])
    await phone[Symbol.asyncDispose]()
  })
})
