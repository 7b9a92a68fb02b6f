import 'fake-indexeddb/auto'
import { beforeEach, describe, expect, it } from 'vitest'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { PhoneDatabase } from '$lib/local/database.ts'
import { eraseAccount } from '$lib/local/eraser.ts'
import { openStore } from '$lib/local/phone-store.ts'
import { type BulletinQuery, BulletinShelf, type BulletinText } from './bulletin.svelte.ts'

let now = Date.parse('2026-11-23T08:00:00Z')
const item = (
  id: string,
  day: string,
  kind: BulletinText['kind'] = 'announcement',
  changes: Partial<BulletinText> = {},
): BulletinText => ({
  id,
  kind,
  title: `标题 ${id}`,
  publishedAt: `${day}T00:00:00.000Z`,
  withdrawnAt: null,
  pinned: false,
  revision: 1,
  body: `正文 ${id}`,
  paragraphs: [`正文 ${id}`],
  ...changes,
})

let db: PhoneDatabase
let published: BulletinText[]
let pageSize = 100
let reachable: boolean
let asked: BulletinQuery[]
/** what the server was told of */
let told: string[]
/** what happens while an answer is on its way */
let meanwhile: () => Promise<void>

function shelf(accountId = 'a'): BulletinShelf {
  const say = <T>(value: T): Outcome<T> => (reachable ? ok(value) : refuse('network.offline'))
  return new BulletinShelf({
    store: openStore(db),
    accountId,
    now: () => now,
    source: {
      list: async (query) => {
        asked.push(query)
        await meanwhile()
        const items = published.filter(
          ({ title, kind }) => title.includes(query.q ?? '') && (!query.kind || kind === query.kind),
        )
        const from = (Number(query.page ?? '1') - 1) * pageSize
        return say({
          items: items
            .slice(from, from + pageSize)
            .map(({ id, kind, title, publishedAt, withdrawnAt, pinned, revision, batches }) => {
              return { id, kind, title, publishedAt, withdrawnAt, pinned, revision, ...(batches && { batches }) }
            }),
          pages: Math.ceil(items.length / pageSize),
        })
      },
      text: async (id) => {
        await meanwhile()
        const found = published.find((one) => one.id === id)
        return reachable && !found ? refuse('request.not-found') : say(found!)
      },
      opened: async (id) => {
        if (reachable) told.push(id)
        return say(undefined)
      },
    },
  })
}

const kept = async (): Promise<{ id: string; read: boolean; paragraphs: unknown }[]> =>
  ((await db.meta.get('bulletin'))!.value as { items: { id: string; read: boolean; paragraphs: unknown }[] }).items

beforeEach(() => {
  db = new PhoneDatabase(`bulletin-${Math.random()}`)
  published = [item('1', '2026-11-20'), item('2', '2026-11-09'), item('3', '2025-03-01', 'policy')]
  reachable = true
  asked = []
  told = []
  meanwhile = async () => {}
})

describe('announcements on the phone', () => {
  it('[R107] on a new phone only the last week is unread', async () => {
    await shelf().refresh()
    expect((await kept()).map(({ id, read }) => [id, read])).toEqual([
      ['1', false],
      ['2', true],
      ['3', true],
    ])
  })

  it('[R109] what was fetched ahead is read without a network, and is then read', async () => {
    await shelf().refresh()
    reachable = false
    expect(await shelf().open('1')).toMatchObject({ ok: true, value: { paragraphs: ['正文 1'] } })
    expect((await kept()).every(({ read }) => read)).toBe(true)
  })

  it('keeps what is here, with its marks, when the server cannot be reached', async () => {
    await shelf().refresh()
    await shelf().open('1')
    reachable = false
    expect(await shelf().refresh()).toMatchObject({ ok: false, code: 'network.offline' })
    await shelf().refresh()
    expect((await kept()).map(({ id, read }) => [id, read])).toEqual([
      ['1', true],
      ['2', true],
      ['3', true],
    ])
  })

  it('a withdrawn one goes with the next look, a new one comes unread', async () => {
    await shelf().refresh()
    published = [item('4', '2026-11-22'), item('1', '2026-11-20')]
    await shelf().refresh()
    expect((await kept()).map(({ id, read }) => [id, read])).toEqual([
      ['4', false],
      ['1', false],
    ])
  })

  it('[R110] a search keeps the other titles and says which it found', async () => {
    await shelf().refresh()
    const found = await shelf().search({ q: '3', kind: 'policy' })
    expect(found).toMatchObject({ ok: true, value: { ids: ['3'] } })
    expect((await kept()).length).toBe(3)
    expect(asked.at(-1)).toEqual({ q: '3', kind: 'policy' })
  })

  it('a text that changed is fetched anew and stays read; until it comes, the one of before is shown', async () => {
    await shelf().refresh()
    await shelf().open('1')
    published[0] = item('1', '2026-11-20', 'announcement', { revision: 2, body: '改过', paragraphs: ['改过'] })
    await shelf().search({})
    reachable = false
    expect(await shelf().open('1')).toMatchObject({ ok: true, value: { body: '正文 1' } })
    reachable = true
    await shelf().refresh()
    reachable = false
    expect(await shelf().open('1')).toMatchObject({ ok: true, value: { body: '改过' } })
    expect((await kept())[0]).toMatchObject({ id: '1', read: true })
  })

  it('what has an end is over on the phone too, without a network', async () => {
    published = [item('1', '2026-11-20', 'announcement', { withdrawnAt: '2026-11-23T08:00:01.000Z' })]
    await shelf().refresh()
    reachable = false
    expect(await shelf().open('1')).toMatchObject({ ok: true })
    now += 1000
    expect(await shelf().open('1')).toMatchObject({ ok: false, code: 'network.offline' })
    now -= 1000
  })

  it('what is for a batch leaves the phone of who is no longer in it, also when it is old', async () => {
    const batches = [{ id: 'b1', name: '2026 年度初定' }]
    published = [...'123456789'].map((id) => item(id, `2026-11-${20 - Number(id)}`))
    const old = item('a', '2026-10-02', 'announcement', { batches })
    const older = item('b', '2026-10-01')
    published.push(old, older)
    pageSize = 4
    await shelf().search({ page: '3' })
    const isKept = async (id: string) => (await kept()).some((one) => one.id === id)
    await shelf().refresh()
    expect([await isKept('a'), await isKept('b')]).toEqual([true, true])
    expect((await kept()).find(({ id }) => id === 'a')).toMatchObject({ batches })
    published = published.filter((one) => one !== old)
    reachable = false
    await shelf().refresh()
    expect(await isKept('a')).toBe(true)
    reachable = true
    await shelf().refresh()
    expect([await isKept('a'), await isKept('b')]).toEqual([false, true])
    pageSize = 100
  })

  it('what the server no longer knows is not there either when it is opened', async () => {
    await shelf().search({})
    published = published.filter(({ id }) => id !== '2')
    expect(await shelf().open('2')).toMatchObject({ ok: false, code: 'request.not-found' })
    expect((await kept()).map(({ id }) => id)).toEqual(['1', '3'])
  })

  it('[R107] what is pinned stands before what is newer', async () => {
    published = [item('2', '2026-11-09', 'announcement', { pinned: true }), item('1', '2026-11-20')]
    await shelf().refresh()
    expect((await kept()).map(({ id }) => id)).toEqual(['2', '1'])
  })

  it('a text kept by an earlier version of the app is shown, and fetched anew with its marks', async () => {
    const old = { id: '1', kind: 'announcement', title: '标题 1', publishedAt: '2026-11-20T00:00:00.000Z' }
    await db.meta.put({
      key: 'bulletin',
      value: { accountId: 'a', items: [{ ...old, paragraphs: ['旧的正文'], read: true }] },
    })
    reachable = false
    expect(await shelf().open('1')).toMatchObject({ ok: true, value: { paragraphs: ['旧的正文'] } })
    reachable = true
    await shelf().refresh()
    reachable = false
    expect(await shelf().open('1')).toMatchObject({ ok: true, value: { body: '正文 1' } })
  })

  it('[R107] what was opened is told once, when there is a network; what was only marked as read is not', async () => {
    await shelf().refresh()
    reachable = false
    await shelf().open('1')
    await shelf().open('1')
    await shelf().readAll()
    reachable = true
    await shelf().refresh()
    await shelf().refresh()
    expect(told).toEqual(['1'])
  })

  it('[R112] what another account was shown is not shown to this one', async () => {
    await shelf('a').refresh()
    reachable = false
    expect(await shelf('b').open('1')).toMatchObject({ ok: false, code: 'network.offline' })
    expect(await shelf('a').open('1')).toMatchObject({ ok: true })
  })

  it('[A35] what comes after its person was erased here is kept for nobody', async () => {
    await shelf().refresh()
    expect(await db.meta.get('bulletin')).toMatchObject({ accountId: 'a' })
    meanwhile = () => eraseAccount(db, 'a')
    await shelf().refresh()
    expect(await db.meta.get('bulletin')).toBeUndefined()
    expect(await shelf().open('1')).toMatchObject({ ok: true })
    expect(await db.meta.get('bulletin')).toBeUndefined()
  })
})
