import 'fake-indexeddb/auto'
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { PhoneDatabase } from './database.ts'
import { eraseAccount, unsentOf } from './eraser.ts'
import { forgetApplication } from './outbox.ts'
import { type NewScanPage, ScanStack } from './scan-stack.svelte.ts'

const ACCOUNT = '10000000-0000-4000-8000-000000000001'
const page: NewScanPage = {
  width: 400,
  height: 300,
  corners: null,
  doubtful: false,
  turns: 0,
  filter: 'enhanced',
}
const picture = (text: string) => new Blob([text], { type: 'image/jpeg' })

let db: PhoneDatabase
let ids = 0
beforeEach(() => {
  db = new PhoneDatabase(`scans-${(ids += 1)}`, { indexedDB: new IDBFactory(), IDBKeyRange })
})
afterEach(() => db.close())

async function stackOf(path = 'idCard', accountId = ACCOUNT): Promise<ScanStack> {
  const stack = new ScanStack(
    { db, clock: { now: () => 0 } as never, newId: () => `id-${(ids += 1)}`, accountId },
    { applicationId: 'a1', path },
  )
  await stack.open()
  return stack
}
const add = async (stack: ScanStack, text: string, instead?: string): Promise<string> => {
  const added = await stack.add(picture(text), page, instead)
  if (!added.ok) throw new Error(added.code)
  return added.value
}
const texts = async (stack: ScanStack): Promise<(string | undefined)[]> =>
  Promise.all(stack.pages.map(async ({ id }) => (await stack.pictureOf(id))?.text()))

it('keeps pages, their order and how they are to look through a reload', async () => {
  const stack = await stackOf()
  // several at once, as an album gives them
  const [a, , c] = await Promise.all(['甲', '乙', '丙'].map((text) => add(stack, text)))
  await stack.move(c ?? '', 0)
  await stack.change(a ?? '', { turns: 1, filter: 'grey' })
  await stack.set({ quality: 'small', together: true })
  const again = await stackOf()
  expect(await texts(again)).toEqual(['丙', '甲', '乙'])
  expect(again.pages[1]).toMatchObject({ turns: 1, filter: 'grey' })
  expect([again.quality, again.together]).toEqual(['small', true])
  expect((await stackOf('contract')).pages).toEqual([])
})

it('remembers that both sides were to stay apart; a scan of an earlier version, which says so from the start, is undecided', async () => {
  const stack = await stackOf()
  await add(stack, '甲')
  expect([stack.together, stack.undecided]).toEqual([false, true])
  await add(stack, '乙')
  await stack.set({ together: false })
  const again = await stackOf()
  expect([again.together, again.undecided]).toEqual([false, false])
  const earlier = await stackOf('contract')
  await add(earlier, '丙')
  await earlier.set({ together: false })
  expect((await stackOf('contract')).undecided).toBe(true)
})

it('a page that was deleted can be put back until the scan is opened again; then its picture is gone', async () => {
  const stack = await stackOf()
  const id = await add(stack, '甲')
  await add(stack, '乙')
  const [first] = stack.pages
  await stack.remove(id)
  expect(await texts(stack)).toEqual(['乙'])
  if (first) await stack.putBack(first, 0)
  expect(await texts(stack)).toEqual(['甲', '乙'])
  await stack.remove(id)
  await stackOf()
  expect(await db.scanPictures.count()).toBe(1)
})

it('a page taken again stands in the place of the first', async () => {
  const stack = await stackOf()
  const id = await add(stack, '甲')
  await add(stack, '乙')
  await add(stack, '新', id)
  expect(await texts(stack)).toEqual(['新', '乙'])
})

it('is one account’s own, counts as unsent, and goes with the account, the application and when it has become a file', async () => {
  const mine = await stackOf()
  await add(mine, '甲')
  expect((await stackOf('idCard', '10000000-0000-4000-8000-000000000002')).pages).toEqual([])
  expect(await unsentOf(db, ACCOUNT)).toEqual({ mutations: 0, files: 1, total: 1 })
  await mine.clear()
  expect([await db.scans.count(), await db.scanPictures.count()]).toEqual([0, 0])
  await add(mine, '乙')
  await eraseAccount(db, ACCOUNT)
  expect([await db.scans.count(), await db.scanPictures.count()]).toEqual([0, 0])
  const other = await stackOf('contract')
  await add(other, '丙')
  await db.transaction('rw', db.tables, () => forgetApplication(db, 'a1'))
  expect([await db.scans.count(), await db.scanPictures.count()]).toEqual([0, 0])
})
