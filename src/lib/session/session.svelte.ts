import type { AccountFact } from '#domain/forms/field.ts'
import { type Grant, isStaff } from '#domain/lifecycle/roles.ts'
import { ok, type Outcome, type Refused } from '#domain/problems.ts'
import type { SessionStore, Unsent } from '$lib/local/session-store.ts'

/** What the server says of who is signed in; the shape is the API's, checked where `phone.svelte.ts` hands it in. */
export interface SessionView {
  readonly account: SessionAccount
  readonly roles: readonly Grant[]
  readonly mustChangePassword: boolean
  readonly now: string
}

export type SessionAccount = Readonly<Record<AccountFact, string>> & {
  readonly id: string
  readonly idNumberMasked: string
  /** null where none is given; unknown to what an older version kept on the phone */
  readonly contactName?: string | null
  readonly contactMobile?: string | null
}

export interface SignInForm {
  idNumber: string
  password: string
  captchaId: string
  captcha: string
}

export interface RegistrationForm extends SignInForm {
  fullName: string
  passwordConfirm: string
  email: string
  mobile: string
  contactName?: string
  contactMobile?: string
  consent: boolean
  consentVersion: string
}

/** The part of the API that opens and ends sessions. */
export interface SessionSource {
  current(): Promise<Outcome<SessionView | null>>
  signIn(form: SignInForm): Promise<Outcome<SessionView>>
  register(form: RegistrationForm): Promise<Outcome<SessionView>>
  signOut(): Promise<Outcome<unknown>>
}

export type SessionState = 'unknown' | 'signed-in' | 'offline' | 'expired' | 'signed-out'

/** What one tab tells the others. */
export type TabMessage =
  | { readonly kind: 'signed-in'; readonly accountId: string }
  | { readonly kind: 'signed-out'; readonly accountId: string }

/** What of a session is kept on the phone, so that a form opens without a network. */
export interface Kept {
  readonly account: SessionAccount
  readonly roles: readonly Grant[]
  readonly mustChangePassword: boolean
}

/** Whether the server ended the session, or knows of none. */
const hasEnded = (answered: Outcome<unknown>): boolean => answered.ok || answered.code === 'account.not-signed-in'

/** Who is here: from the server, or without a network from the last visit. */
export class Session {
  readonly #store: () => Promise<SessionStore<Kept>>
  readonly #source: SessionSource
  readonly #now: () => number
  readonly #channel: Pick<BroadcastChannel, 'postMessage'> | null
  readonly #learnTime: (now: string, sentAt: number) => void
  readonly #onenter: () => Promise<void>
  readonly #onleave: () => Promise<void>
  #kept: Kept | null = $state.raw(null)
  #state: SessionState = $state('unknown')
  #unerased: Refused | null = $state.raw(null)

  constructor(deps: {
    /** opened when it is first needed: the login page is drawn before */
    store: () => Promise<SessionStore<Kept>>
    source: SessionSource
    now: () => number
    channel?: Pick<BroadcastChannel, 'postMessage'> | null
    learnTime?: (now: string, sentAt: number) => void
    /** somebody is here, perhaps somebody else than before */
    onenter?: () => Promise<void>
    /** called before anything is erased, so that nothing still writes */
    onleave?: () => Promise<void>
  }) {
    this.#store = deps.store
    this.#source = deps.source
    this.#now = deps.now
    this.#channel = deps.channel ?? null
    this.#learnTime = deps.learnTime ?? (() => {})
    this.#onenter = deps.onenter ?? (async () => {})
    this.#onleave = deps.onleave ?? (async () => {})
  }

  get state(): SessionState {
    return this.#state
  }
  get account(): SessionAccount | null {
    return this.#kept?.account ?? null
  }
  get roles(): readonly Grant[] {
    return this.#kept?.roles ?? []
  }
  get isStaff(): boolean {
    return isStaff(this.roles)
  }
  get mustChangePassword(): boolean {
    return this.#kept?.mustChangePassword ?? false
  }

  /** Why the data of who signed out here could not be erased yet. */
  get unerased(): Refused | null {
    return this.#unerased
  }

  /** Begins with who was here last, so that a form opens without a network, and then asks the server. */
  async start(): Promise<void> {
    await this.reread()
    await this.refresh()
  }

  /** Reads who is here from the store: another tab signed in or out. A sign-out that was cut off is finished before anybody is shown. */
  async reread(): Promise<void> {
    const store = await this.#store()
    const [left, kept] = await Promise.all([store.signOutLeft(), store.kept()])
    if (typeof left === 'string') await this.#erase(store, left)
    this.#kept = typeof left === 'string' ? null : kept
    if (this.#kept) this.#state = this.#state === 'signed-in' ? 'signed-in' : 'offline'
    else if (this.#state !== 'unknown') this.#state = 'signed-out'
  }

  async refresh(): Promise<void> {
    // Signed out while the server did not hear it or could not do it: the cookie is still good, and must not let the next person in.
    const store = await this.#store()
    const left = await store.signOutLeft()
    if (left !== undefined) {
      const erased = typeof left === 'string' ? await this.#erase(store, left) : ok()
      if (!hasEnded(await this.#source.signOut()) || !erased.ok) {
        this.#state = 'signed-out'
        return
      }
      await store.leaveSignOut(undefined)
    }
    const asked = Date.now()
    const answered = await this.#source.current()
    if (!answered.ok) {
      // Not reachable, or in trouble: who was here stays, and works on from the store.
      if (this.#state === 'unknown' || this.#state === 'signed-in') this.#state = this.#kept ? 'offline' : 'signed-out'
      return
    }
    if (answered.value) await this.#enter(answered.value, asked)
    else this.#state = this.#kept ? 'expired' : 'signed-out'
  }

  async signIn(form: SignInForm): Promise<Outcome<SessionView>> {
    return this.open(this.#source.signIn(form))
  }
  async register(form: RegistrationForm): Promise<Outcome<SessionView>> {
    return this.open(this.#source.register(form))
  }

  /** Enters with what another way of signing in brought, e.g. a passkey. */
  async open(sent: Promise<Outcome<SessionView>>): Promise<Outcome<SessionView>> {
    const asked = Date.now()
    const answered = await sent
    if (answered.ok) {
      // Where that cannot be kept, nothing that is typed could be either.
      const entered = await this.#enter(answered.value, asked, true)
      if (!entered.ok) return entered
      this.#channel?.postMessage({ kind: 'signed-in', accountId: answered.value.account.id } satisfies TabMessage)
    }
    return answered
  }

  /** @returns whether this phone could keep who is here */
  async #enter(view: SessionView, asked: number, must = false): Promise<Outcome<undefined>> {
    this.#learnTime(view.now, asked)
    const { account, roles, mustChangePassword } = view
    const kept: Kept = { account, roles, mustChangePassword }
    const stored = await (await this.#store()).keep(kept, account.id)
    if (must && !stored.ok) return stored
    this.#kept = kept
    this.#state = 'signed-in'
    await this.#onenter()
    return stored
  }

  /** A later answer of the server to a changed password or changed personal data. */
  async learn(view: SessionView): Promise<void> {
    await this.#enter(view, Date.now())
  }

  /** The server asked to sign in again. Everything here stays. */
  expire(): void {
    if (this.#kept) this.#state = 'expired'
  }

  /** What would be lost by signing out now. */
  async unsent(): Promise<Unsent> {
    return this.account ? (await this.#store()).unsent(this.account.id) : { mutations: 0, files: 0, total: 0 }
  }

  /** Everything unsent, as a file to keep. */
  async rescue(): Promise<File> {
    return (await this.#store()).rescue(this.account?.id ?? '', this.#now())
  }

  /**
   * Ends the session and erases this person's data on this phone (A35). Ask first when `unsent()` is not empty.
   * Without a network, or while the server cannot do it, the data is erased all the same; the session there ends with the next answer.
   * Refused where the store could not be erased; nobody is here all the same, and the next start does it.
   */
  async signOut(): Promise<Outcome<undefined>> {
    const id = this.account?.id
    const store = await this.#store()
    // Before anything that takes long: should the page be closed meanwhile, the next one finishes it. A full phone may take no mark.
    await store.leaveSignOut(id ?? true).catch(console.error)
    await this.#onleave()
    const answered = await this.#source.signOut()
    const erased = id === undefined ? ok() : await this.#erase(store, id)
    if (id !== undefined) {
      this.#channel?.postMessage({ kind: 'signed-out', accountId: id } satisfies TabMessage)
    }
    this.#kept = null
    this.#state = 'signed-out'
    if (erased.ok) await store.leaveSignOut(hasEnded(answered) ? undefined : true)
    return erased
  }

  async #erase(store: SessionStore<Kept>, id: string): Promise<Outcome<undefined>> {
    if (this.#kept?.account.id === id) this.#kept = null
    const erased = await store.erase(id)
    this.#unerased = erased.ok ? null : erased
    return erased
  }
}
