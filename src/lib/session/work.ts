import type { AccountFact } from '#domain/forms/field.ts'
import { ok } from '#domain/problems.ts'
import { Batches } from '$lib/local/batches.svelte.ts'
import { metaOnce } from '$lib/local/meta-once.ts'
import { Drafts } from '$lib/local/drafts.svelte.ts'
import type { EducationWish, Wish } from '$lib/local/education-wish.svelte.ts'
import { lateUploads, type UploadDesk } from '$lib/local/late-uploads.svelte.ts'
import { createLead, type Lead, type Locks } from '$lib/local/lead.ts'
import type { ScanStack } from '$lib/local/scan-stack.svelte.ts'
import { PhoneStore, type StoreAccess } from '$lib/local/phone-store.ts'
import { type SessionStore, sessionStore } from '$lib/local/session-store.ts'
import { Sync } from '$lib/local/sync.svelte.ts'
import { createUploadTransport } from '$lib/local/upload-transport.ts'
import { Inbox } from '$lib/notices/inbox.svelte.ts'
import { pushOfThisBrowser, PushReminders } from '$lib/notices/push.svelte.ts'
import { api, ask } from './api.ts'
import { attended } from './attendance.ts'
import { comes } from './comes.ts'
import type { ServerClock } from './server-clock.svelte.ts'
import type { Kept } from './session.svelte.ts'

/** What a signed-in person works with. */
export interface Work {
  readonly accountId: string
  readonly store: StoreAccess
  readonly drafts: Drafts
  readonly sync: Sync
  readonly uploads: UploadDesk
  readonly inbox: Inbox
  readonly push: PushReminders
  readonly batches: Batches
  /**
   * 申请修改学历 for one row; `record` as the server tells it, without it only a request begun here opens; `made`: ids of the requests
   * that the server has
   */
  educationWish(
    rowId: string,
    record?: EducationWish['record'],
    made?: readonly string[],
  ): Promise<EducationWish | null>
  /** the pages being scanned into one slot, as an earlier visit left them */
  scanStack(applicationId: string, path: string): Promise<ScanStack>
  /** The server has just said that its person is here. @param goesOn what stopped while he was not, too */
  confirm(goesOn: boolean): void
  /** Ends what runs in the background. */
  stop(): void
}

/** What the work is told of the phone it happens on. */
export interface WorkPlace {
  readonly clock: ServerClock
  online(): boolean
  facts(): Readonly<Record<AccountFact, string>>
  onexpired(): void
  onoffline(): void
  onoutdated(): void
}

const newId = (): string => crypto.randomUUID()

const fetchStore = () => comes(() => import('$lib/local/database.ts'))

/**
 * The store of this phone and all that works on it. A module of its own, loaded when the first page stands: it is half of
 * the JavaScript, and who signs in for the first time needs none of it to see where to type.
 */
export class Store {
  readonly #store = new PhoneStore(async () => new (await fetchStore()).PhoneDatabase())
  readonly #place: WorkPlace
  readonly batches: Batches
  readonly session: SessionStore<Kept>

  constructor(place: WorkPlace) {
    this.#place = place
    this.session = sessionStore<Kept>(this.#store, () => comes(() => import('$lib/local/eraser.ts')))
    this.batches = new Batches({
      store: this.#store,
      clock: place.clock,
      source: {
        batches: () => ask(api.batches.$get()),
        edition: (id) => ask(api.editions[':id'].$get({ param: { id } })),
      },
    })
  }

  /** Opens the work of one account and starts what runs in the background. */
  async open(accountId: string): Promise<Work> {
    const device = await metaOnce(this.#store, 'device', newId)
    const work = this.#wire(accountId, device)
    let isStopped = false
    const begin = async (): Promise<void> => {
      // The page that was asked for reads its draft and stands first: none of this is what it waits for.
      const db = await this.#store.calm()
      if (isStopped) return
      work.sync.start()
      void work.uploads.start()
      void work.batches.freshen()
      void work.inbox.freshen()
      // Beside the work: reads and writes do not wait for it, and what a full phone refuses is tried again next time.
      const { sealOldRows } = await fetchStore()
      await sealOldRows(db).catch(() => {})
    }
    begin().catch(console.error)
    return {
      ...work,
      stop: () => {
        isStopped = true
        work.stop()
      },
    }
  }

  /** The page that was asked for is drawn. */
  stands(): void {
    this.#store.stands()
  }
  /** Resolves when it is, and the store is here. */
  async calm(): Promise<void> {
    await this.#store.calm()
  }

  #wire(accountId: string, device: string): Work {
    const { batches } = this
    const store = this.#store
    const { clock, online, facts, onexpired, onoffline, onoutdated } = this.#place
    const lead: Lead = createLead(store, newId(), () => Date.now(), navigator.locks as unknown as Locks | undefined)
    const sync: Sync = new Sync({
      store,
      clock,
      newId,
      accountId,
      device,
      lead,
      online,
      onexpired,
      onoffline,
      onoutdated,
      flush: () => drafts.flush(),
      exchange: async (json) => {
        const asked = Date.now()
        const answered = await ask(api.sync.$post({ json }, { headers: attended() }))
        if (answered.ok) clock.learn(answered.value.now, asked)
        return answered
      },
    })
    const drafts = new Drafts({
      store,
      clock,
      newId,
      accountId,
      device,
      batches,
      account: facts,
      pull: () => sync.now(),
    })
    const transport = createUploadTransport(async (json) => {
      const answered = await ask(api.uploads.known.$post({ json }))
      return answered.ok ? ok(answered.value?.uploadId ?? null) : answered
    }, new URL('/api/uploads', location.origin).href)
    const uploads = lateUploads(
      async () => {
        const { Uploads } = await comes(() => import('$lib/local/uploads.svelte.ts'))
        return new Uploads({ db: await store.open(), clock, newId, accountId, transport, lead, online, onexpired })
      },
      async () => (await (await store.open()).uploads.where({ accountId }).count()) > 0,
    )
    const inbox = new Inbox({
      store,
      accountId,
      now: clock.now,
      source: {
        list: (before) => ask(api.notices.$get({ query: before === undefined ? {} : { before } })),
        read: (id) => ask(api.notices[':id'].read.$post({ param: { id } })),
      },
    })
    const push = new PushReminders({
      browser: pushOfThisBrowser(),
      source: {
        key: () => ask(api.push.key.$get()),
        subscribe: (json) => ask(api.push.subscriptions.$post({ json })),
        unsubscribe: (endpoint) => ask(api.push.subscriptions.remove.$post({ json: { endpoint } })),
      },
    })
    const wishes = { newId, accountId, transport, today: () => clock.today }
    return {
      stop: () => {
        sync.stop()
        uploads.stop()
      },
      confirm: (goesOn) => {
        // The session before this one took its browser along: the reminders on this phone belong to the new one.
        void push.refresh().catch(console.error)
        if (!goesOn) return
        sync.resume()
        void uploads.resume()
      },
      accountId,
      store,
      drafts,
      sync,
      uploads,
      inbox,
      push,
      batches,
      educationWish: async (rowId, record, made) => {
        const { EducationWish } = await import('$lib/local/education-wish.svelte.ts')
        const send = (json: Wish) => ask(api.education.changes.$post({ json }))
        return EducationWish.open({ ...wishes, db: await store.open(), send }, rowId, record, made)
      },
      scanStack: async (applicationId, path) => {
        const { ScanStack } = await import('$lib/local/scan-stack.svelte.ts')
        const stack = new ScanStack({ db: await store.open(), clock, newId, accountId }, { applicationId, path })
        await stack.open()
        return stack
      },
    }
  }
}
