import 'fake-indexeddb/auto'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { describe, expect, it, vi } from 'vitest'
import { ACCOUNT, batch, draftOnServer } from '../../../tests/interleavings/two-phones.ts'
import { PhoneDatabase } from './database.ts'
import { FirstLook, STORE_VERSION, type StoreReader } from './first-look.ts'
import { openStore, PhoneStore } from './phone-store.ts'

/** A draft that the server knows, with changes that wait. */
async function filled(factory = new IDBFactory()) {
  const { phone, draft } = await draftOnServer('looked-at', factory)
  phone.weather = 'offline'
  const row = await draft.addRow('educations')
  if (!row.ok) throw new Error(row.code)
  draft.setField(`educations/${row.value}/school`, '扬州大学')
  draft.setField('employerName', '泰州一建')
  await draft.flush()
  const { db } = phone
  await db.meta.put({ key: 'session', accountId: ACCOUNT, value: { account: { id: ACCOUNT } } })
  await db.meta.put({ key: 'device', value: 'd1' })
  return { factory, db, id: draft.id, editionId: draft.editionId }
}

async function looked(factory: IDBFactory, name: string): Promise<FirstLook> {
  const look = await FirstLook.at(name, factory)
  if (!look) throw new Error('nothing was seen')
  return look
}

describe('the first look', () => {
  it('sees what Dexie sees: session, application, what waits in its order, batch and catalogue', async () => {
    const { factory, db, id, editionId } = await filled()
    const look = await looked(factory, db.name)
    const all = (reader: StoreReader) =>
      Promise.all([
        reader.meta('session'),
        reader.meta('device'),
        reader.meta('nothing'),
        reader.application(id),
        reader.batch(batch.id),
        reader.edition(editionId),
        reader.snapshot(id, null),
      ])
    const seen = await all(look)
    expect(seen).toEqual(await openStore(db).read(all))
    const kinds = seen[6].rows.map(({ mutation }) => mutation.kind)
    expect(kinds).toEqual(['addRow', 'setField', 'setField'])
    expect(seen[0]?.value).toEqual({ account: { id: ACCOUNT } })
    look.close()
    db.close()
  })

  it('sees nothing of a person whose key is gone', async () => {
    const { factory, db, id } = await filled()
    await db.keys.forget(ACCOUNT)
    const look = await looked(factory, db.name)
    expect(await look.application(id)).toBeUndefined()
    expect((await look.snapshot(id)).rows).toEqual([])
    expect(await look.meta('session')).toBeUndefined()
    expect((await look.meta('device'))?.value).toBe('d1')
    look.close()
    db.close()
  })

  it('makes no store where there is none, and leaves one of another version to Dexie', async () => {
    const factory = new IDBFactory()
    expect(await FirstLook.at('empty', factory)).toBeNull()
    expect(await factory.databases()).toEqual([])
    await new Promise((done) => (factory.open('older', 10).onsuccess = done))
    expect(await FirstLook.at('older', factory)).toBeNull()
    const broken = { open: () => { throw new DOMException('no', 'SecurityError') } } // prettier-ignore
    expect(await FirstLook.at('anything', broken as unknown as IDBFactory)).toBeNull()
  })

  it('knows the version of the store', async () => {
    const db = new PhoneDatabase('version', { indexedDB: new IDBFactory(), IDBKeyRange })
    await db.open()
    expect(db.verno).toBe(STORE_VERSION)
    db.close()
  })

  it('is in nobody’s way who makes the store a newer one', async () => {
    const { factory, db } = await filled()
    const look = await looked(factory, db.name)
    db.close()
    const newer = factory.open(db.name, 1000)
    await new Promise((done) => (newer.onsuccess = done))
    await expect(look.meta('device')).rejects.toThrow()
    newer.result.close()
  })
})

describe('the store of the phone', () => {
  it('is read before it is fetched, fetched once when it is to be written, and read there from then on', async () => {
    const { factory, db } = await filled()
    const fetch = vi.fn(async () => db)
    const store = new PhoneStore(fetch, FirstLook.at(db.name, factory))
    const device = () => store.read((reader) => reader.meta('device'))
    expect((await device())?.value).toBe('d1')
    expect(fetch).not.toHaveBeenCalled()
    expect(await Promise.all([store.open(), store.open()])).toEqual([db, db])
    await db.meta.put({ key: 'device', value: 'd2' })
    expect((await device())?.value).toBe('d2')
    expect(fetch).toHaveBeenCalledTimes(1)
    db.close()
  })

  it('is read through Dexie where the first look lost its connection, saw nothing or has no answer', async () => {
    const { factory, db } = await filled()
    const lost = await looked(factory, db.name)
    lost.close()
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    try {
      for (const looking of [Promise.resolve(lost), Promise.resolve(null), new Promise<null>(() => {})]) {
        const store = new PhoneStore(async () => db, looking)
        const device = store.read((reader) => reader.meta('device'))
        await vi.advanceTimersByTimeAsync(1000)
        vi.useRealTimers()
        expect((await device)?.value).toBe('d1')
        vi.useFakeTimers({ toFake: ['setTimeout'] })
      }
    } finally {
      vi.useRealTimers()
    }
    db.close()
  })

  it('comes to who can wait when the page stands, and to who writes at once', async () => {
    const { factory, db } = await filled()
    const fetch = vi.fn(async () => db)
    const store = new PhoneStore(fetch, FirstLook.at(db.name, factory))
    const came: string[] = []
    const waits = store.calm().then(() => came.push('calm'))
    await store.read((reader) => reader.meta('device'))
    expect([fetch.mock.calls.length, came]).toEqual([0, []])
    store.stands()
    await waits
    expect([fetch.mock.calls.length, came]).toEqual([1, ['calm']])
    db.close()
  })

  it('is asked for again where it did not come', async () => {
    const { factory, db } = await filled()
    let times = 0
    const fetch = async () => {
      times += 1
      if (times === 1) throw new Error('not this time')
      return db
    }
    const store = new PhoneStore(fetch, FirstLook.at(db.name, factory))
    await expect(store.open()).rejects.toThrow('not this time')
    expect(await store.open()).toBe(db)
    db.close()
  })
})
