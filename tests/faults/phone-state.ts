import { createHash } from 'node:crypto'
import type { Page } from '@playwright/test'
import type { SyncAnswer } from '#domain/sync/protocol.ts'
import { expect } from '../e2e/application.ts'
import { BESIDE } from './line.ts'

export type Truth = SyncAnswer['applications'][number]

/** What the phone's store holds of one application. */
export interface PhoneState {
  readonly application: Omit<Truth, 'cells'> & { readonly cells: Truth['cells'] }
  readonly outbox: readonly {
    readonly path: string
    readonly state: 'waiting' | 'held' | 'refused'
    readonly mutation: { readonly kind: string; readonly value?: unknown }
    readonly code: string | null
  }[]
  readonly uploads: readonly { readonly id: string; readonly state: string; readonly code: string | null }[]
}

/** Reads the store beside the app, without a word to it. */
export function phoneState(page: Page, id: string): Promise<PhoneState> {
  return page.evaluate(async (applicationId) => {
    const open = (name: string) =>
      new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name)
        // A store that a full disk took away is the app's to make again: an empty one of ours would stand in its way.
        opening.onupgradeneeded = () => opening.transaction?.abort()
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(opening.error)
      })
    const db = await open('zhicheng')
    const beside = await open('zhicheng-keys')
    const all = (table: string, of = db) =>
      new Promise<{ id: string; applicationId?: string }[]>((resolve, reject) => {
        const asking = of.transaction(table).objectStore(table).getAll()
        asking.onsuccess = () => resolve(asking.result)
        asking.onerror = () => reject(asking.error)
      })
    try {
      // Personal rows lie sealed under their account's key (`src/lib/local/sealing.ts`); an earlier version's lie open.
      const keys = new Map(
        (await all('keys', beside)).map((one) => [(one as never)['accountId'], (one as never)['key']]),
      )
      const opened = async (table: string) =>
        Promise.all(
          (await all(table)).map(async (row) => {
            const { sealed, accountId, ...clear } = row as typeof row & { sealed?: Uint8Array; accountId?: string }
            if (!sealed) return row
            const additionalData = new TextEncoder().encode([table, accountId, row.id].join('\n'))
            const how = { name: 'AES-GCM', iv: sealed.slice(0, 12), additionalData }
            const text = new Uint8Array(
              await crypto.subtle.decrypt(how, keys.get(accountId as never) as never, sealed.slice(12)),
            )
            const length = new DataView(text.buffer).getUint32(0) & 0x7fffffff
            const rest = JSON.parse(new TextDecoder().decode(text.subarray(4, 4 + length)))
            return { ...clear, ...rest } as typeof row
          }),
        )
      const mine = ({ applicationId: of }: { applicationId?: string }) => of === applicationId
      return {
        application: (await opened('applications')).find((one) => one.id === applicationId),
        outbox: (await opened('outbox')).filter(mine),
        uploads: (await opened('uploads')).filter(mine),
      } as never
    } finally {
      db.close()
      beside.close()
    }
  }, id)
}

const DEVICE = '00000000-0000-4000-8000-00000000fa17'

/** What the server tells of the application, to somebody who knows nothing yet. */
export async function serverTruth(page: Page, id: string): Promise<Truth> {
  const data = { protocol: 1, device: DEVICE, known: {}, mutations: [] }
  const response = await page.request.post('/api/sync', { data, headers: { [BESIDE]: '1' } })
  if (!response.ok()) throw new Error(`${response.status()}: ${await response.text()}`)
  const found = ((await response.json()) as SyncAnswer).applications.find((one) => one.id === id)
  if (!found) throw new Error('The server does not have the application')
  return found
}

/**
 * Waits until phone and server stand the same and nothing waits any more: what a person would see as 已同步. The app is woken
 * as a network that comes back wakes it.
 *
 * @param also what must hold besides, thrown where it does not yet: the last keys of somebody who has just typed are nowhere
 *   but in the page for some milliseconds, and without them both sides stand the same already
 */
export async function agreed(
  page: Page,
  id: string,
  also: (truth: Truth) => void = () => {},
  timeout = 45_000,
): Promise<Truth> {
  let truth: Truth | undefined
  await expect(async () => {
    await page.evaluate(() => ['blur', 'online'].forEach((name) => dispatchEvent(new Event(name))))
    truth = await serverTruth(page, id)
    const { application, outbox, uploads } = await phoneState(page, id)
    expect(outbox.filter(({ state }) => state === 'waiting')).toEqual([])
    expect(uploads).toEqual([])
    expect(application.version).toBe(truth.version)
    expect(application.cells).toEqual(truth.cells)
    expect(application.files).toEqual(truth.files)
    expect(application.conflicts).toEqual(truth.conflicts)
    also(truth)
  }).toPass({ timeout, intervals: [100, 200, 400] })
  return truth!
}

/** Every file of the application opens and is what was sent; none hangs there twice, none is missing. */
export async function filesAreWhole(page: Page, truth: Truth, expected: readonly string[]): Promise<void> {
  expect(truth.files.map(({ name }) => name).sort()).toEqual([...expected].sort())
  for (const { id, sha256 } of truth.files) {
    const response = await page.request.get(`/api/files/${id}`)
    expect(response.status()).toBe(200)
    expect(
      createHash('sha256')
        .update(await response.body())
        .digest('hex'),
    ).toBe(sha256)
  }
}
