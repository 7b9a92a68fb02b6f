import type { AccountFact } from '#domain/forms/field.ts'
import type { Batches } from '$lib/local/batches.svelte.ts'
import { StorageWatch } from '$lib/local/storage.svelte.ts'
import { api, ask } from './api.ts'
import { AppUpdate } from './app-update.svelte.ts'
import { comes, untilItWorks } from './comes.ts'
import { ServerClock } from './server-clock.svelte.ts'
import { Session, type TabMessage } from './session.svelte.ts'
import { whenIdle } from './when-idle.ts'
import type { Store, Work } from './work.ts'

export type { Work }

/** The phone with all its parts, wired once. Screens take what they need from here. */
export class Phone {
  readonly clock = new ServerClock()
  readonly storage = new StorageWatch()
  readonly session: Session
  readonly update: AppUpdate
  #store: Store | null = $state.raw(null)
  #opening: Promise<Store> | null = null
  #work: Work | null = $state.raw(null)
  #online = $state(typeof window === 'undefined' || navigator.onLine)
  #started: Promise<void> | null = null
  #fault: unknown = $state.raw(null)
  #isStanding = false
  /** where a tapped notification leads; the router is floor 5's */
  #onopen: (link: string) => void = (link) => location.assign(link)

  constructor() {
    const channel =
      typeof window === 'undefined' || typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('zhicheng')
    if (channel) channel.onmessage = ({ data }: MessageEvent<TabMessage>) => void this.#hear(data)
    this.session = new Session({
      store: async () => (await this.#open()).session,
      now: this.clock.now,
      channel,
      learnTime: (now, sentAt) => this.clock.learn(now, sentAt),
      onenter: () => this.#untilItOpens(() => this.#fit(true)),
      onleave: async () => {
        // A phone that is handed on must not show what is meant for who had it before.
        await this.#work?.push.turnOff().catch(() => undefined)
        await this.#closeWork()
      },
      source: {
        current: () => ask(api.accounts.session.$get()),
        signIn: (json) => ask(api.accounts['sign-in'].$post({ json })),
        register: (json) => ask(api.accounts.register.$post({ json })),
        signOut: () => ask(api.accounts['sign-out'].$post()),
      },
    })
    this.update = new AppUpdate({
      save: async () => (await this.#work?.drafts.isWritten()) ?? true,
      retry: () => {
        this.#work?.sync.soon(0)
        void this.#work?.uploads.goOn()
      },
      hear: (message) => {
        if (message.kind === 'notices' || message.kind === 'open') {
          void this.#work?.inbox.refresh()
          // what the notice tells of: the return with its reasons, the new state
          this.#work?.sync.soon(0)
        }
        // the server hears of the browser's new subscription as it does when its person comes
        if (message.kind === 'push-changed') this.#work?.confirm(false)
        if (message.kind === 'open') this.#onopen(message.link)
      },
    })
  }

  /** null while nobody is signed in. */
  get work(): Work | null {
    return this.#work
  }
  get online(): boolean {
    return this.#online
  }
  /** The batches this phone has seen, for everybody; null until the store is open. */
  get batches(): Batches | null {
    return this.#store?.batches ?? null
  }

  /** Why the store of this phone cannot be opened, while it is tried again; null otherwise. */
  get fault(): unknown {
    return this.#fault
  }

  /** For screens behind the sign-in guard. */
  need(): Work {
    if (!this.#work) throw new Error('A screen behind the sign-in guard was shown to nobody')
    return this.#work
  }

  /** The page that was asked for is drawn: what works behind it may come. */
  stands(): void {
    this.#isStanding = true
    this.#store?.stands()
  }

  /** Hands taps on notifications to the router. */
  openLinks(open: (link: string) => void): void {
    this.#onopen = open
  }

  /** Opens the store, learns who is here and starts everything. The second call is the first. */
  start(): Promise<void> {
    this.#started ??= this.#start()
    return this.#started
  }

  async #start(): Promise<void> {
    const network = () => {
      this.#online = navigator.onLine
      if (this.#online) void this.#refreshSession()
    }
    addEventListener('online', network)
    addEventListener('offline', network)
    this.clock.start()
    this.storage.start()
    // Its worker fetches the whole app at the first visit: the page that was asked for comes before.
    whenIdle(() => void this.update.start())
    // Who was here last works at once; the server's word comes when it comes.
    await this.#untilItOpens(async () => {
      await this.session.reread()
      await this.#fit(false)
    })
    // The page of who was here last comes before the question whether he still is.
    if (this.session.account) await this.#store?.calm()
    await this.#untilItOpens(() => this.#refreshSession())
  }

  /** Does what needs the store, and again while that does not open: a full phone may have room in a moment. */
  async #untilItOpens(step: () => Promise<void>): Promise<void> {
    await untilItWorks(step, (fault) => {
      console.error((this.#fault = fault))
      return true
    })
    this.#fault = null
  }

  #open(): Promise<Store> {
    this.#opening ??= this.#load()
    return this.#opening
  }

  async #load(): Promise<Store> {
    const { Store } = await comes(() => import('./work.ts'))
    this.#store = new Store({
      clock: this.clock,
      online: () => this.#online,
      facts: () => this.#facts(),
      onexpired: () => this.session.expire(),
      onoffline: () => this.update.askForRetry(),
      onoutdated: () => void this.update.outdated(),
    })
    if (this.#isStanding) this.#store.stands()
    return this.#store
  }

  async #refreshSession(): Promise<void> {
    await this.session.refresh()
    await this.#fit(false)
  }

  /** Makes `work` belong to who is here now. @param confirmed the server has just said so: what stopped may go on */
  async #fit(confirmed: boolean): Promise<void> {
    const id = this.session.account?.id ?? null
    const goesOn = id === (this.#work?.accountId ?? null)
    if (!goesOn) await this.#change(id)
    if (confirmed) this.#work?.confirm(goesOn)
  }

  async #change(id: string | null): Promise<void> {
    await this.#closeWork()
    if (id === null) return
    const store = await this.#open()
    const work = await store.open(id)
    // another call was faster, or somebody else is here by now
    if (this.#work || id !== this.session.account?.id) work.stop()
    else this.#work = work
  }

  #facts(): Readonly<Record<AccountFact, string>> {
    const { account } = this.session
    const { fullName = '', idNumber = '', gender = '', birthDate = '', mobile = '', email = '' } = account ?? {}
    return { fullName, idNumber, gender, birthDate, mobile, email }
  }

  async #closeWork(): Promise<void> {
    const work = this.#work
    this.#work = null
    if (!work) return
    await work.drafts.closeAll()
    work.stop()
  }

  async #hear(message: TabMessage): Promise<void> {
    const isMine = message.accountId === this.#work?.accountId
    // Somebody else is here now: nothing of who was here before may go on under his name.
    if (message.kind === 'signed-out' ? message.accountId === this.session.account?.id : !isMine)
      await this.#closeWork()
    await this.session.reread()
    if (message.kind === 'signed-in') await this.session.refresh()
    await this.#fit(false)
  }
}

export const phone = new Phone()
