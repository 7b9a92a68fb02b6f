import 'fake-indexeddb/auto'
import { expect, it } from 'vitest'
import { ok, refuse } from '#domain/problems.ts'
import { PhoneDatabase } from '../local/database.ts'
import { eraseAccount } from '$lib/local/eraser.ts'
import { openStore } from '$lib/local/phone-store.ts'
import { Inbox, type NoticeView } from './inbox.svelte.ts'

const ME = '10000000-0000-4000-8000-000000000001'
const notice = (n: number): NoticeView => ({
  id: `30000000-0000-4000-8000-00000000000${n}`,
  kind: 'returned',
  title: `第 ${n} 条`,
  body: '',
  applicationId: null,
  link: null,
  createdAt: `2026-11-1${n}T00:00:00Z`,
  readAt: null,
})

it('[R114] shows notices newest first, keeps them offline, and tells the server later what was read here', async () => {
  const db = new PhoneDatabase('inbox')
  const atServer = [notice(1), notice(2)]
  let offline = false
  const source = {
    list: async () =>
      offline ? refuse('network.offline') : ok({ notices: atServer, hasMore: false, total: 2, unread: 0 }),
    read: async (id: string) => {
      if (offline) return refuse('network.offline')
      const found = atServer.find((one) => one.id === id)
      if (found) found.readAt = '2026-11-15T00:00:00Z'
      return ok()
    },
  }
  const inbox = new Inbox({
    store: openStore(db),
    accountId: ME,
    source,
    now: () => Date.parse('2026-11-15T00:00:00Z'),
  })
  await inbox.refresh()
  offline = true
  await inbox.read(notice(1).id)
  const kept = await db.notices.toArray()
  expect(kept.map(({ readAt, readPending }) => [readAt !== null, readPending])).toEqual([
    [true, 1],
    [false, 0],
  ])
  offline = false
  await inbox.refresh()
  expect(atServer.map(({ readAt }) => readAt !== null)).toEqual([true, false])
  expect((await db.notices.toArray()).every(({ readPending }) => readPending === 0)).toBe(true)
  await inbox.readAll()
  expect(atServer.every(({ readAt }) => readAt !== null)).toBe(true)
})

it('[A35] a list that comes after its person was erased here is kept for nobody', async () => {
  const db = new PhoneDatabase('inbox-erased')
  let meanwhile = () => eraseAccount(db, ME)
  const source = {
    list: async () => {
      await meanwhile()
      return ok({ notices: [notice(1)], hasMore: false, total: 1, unread: 1 })
    },
    read: async () => ok(),
  }
  const inbox = new Inbox({ store: openStore(db), accountId: ME, source, now: () => 0 })
  await inbox.refresh()
  expect(await db.notices.count()).toBe(0)
  meanwhile = async () => {}
  await inbox.refresh()
  expect(await db.notices.count()).toBe(1)
})

it('[R107] a phone that has none fetches all of them, also where the line was cut between two pages', async () => {
  const db = new PhoneDatabase('inbox-pages')
  const atServer = [5, 4, 3, 2, 1].map(notice)
  let asked: (string | undefined)[] = []
  let cutAt = 2
  const source = {
    list: async (before: string | undefined) => {
      asked.push(before)
      if (asked.length === cutAt) return refuse('network.offline')
      const from = before === undefined ? 0 : atServer.findIndex(({ id }) => id === before) + 1
      const notices = atServer.slice(from, from + 2)
      const unread = atServer.filter(({ readAt }) => readAt === null).length
      return ok({ notices, hasMore: notices.length === 2, total: atServer.length, unread })
    },
    read: async () => ok(),
  }
  const inbox = new Inbox({ store: openStore(db), accountId: ME, source, now: () => 0 })
  expect((await inbox.refresh()).ok).toBe(false)
  expect(await db.notices.count()).toBe(2)
  asked = []
  cutAt = Infinity
  expect((await inbox.refresh()).ok).toBe(true)
  expect(await db.notices.count()).toBe(5)
  expect(asked).toEqual([undefined, notice(4).id, notice(2).id])
  // From then on the newest page is enough.
  asked = []
  await inbox.refresh()
  expect(asked).toEqual([undefined])
  // Until an old one was read on another device.
  atServer[4] = { ...notice(1), readAt: '2026-11-15T00:00:00Z' }
  await inbox.refresh()
  expect((await db.notices.get(notice(1).id))?.readAt).toBe('2026-11-15T00:00:00Z')
})
