import { getContext, setContext } from 'svelte'
import type { InferResponseType } from 'hono/client'
import type { Grant } from '#domain/lifecycle/roles.ts'
import type { State } from '#domain/lifecycle/states.ts'
import { holders } from '#domain/lifecycle/transitions.ts'
import { ok, type Outcome } from '#domain/problems.ts'
import { api, ask } from '$lib/session/api.ts'
import { firstTab, PAGE_SIZE, queueQuery, queueTabs, readQueueView } from './queue-view.ts'

export type QueuePage = InferResponseType<typeof api.review.queue.$get, 200>
export type QueueRow = QueuePage['rows'][number]
export type Offer = InferResponseType<typeof api.batches.$get, 200>[number]

export interface DeskCounts {
  /** in the states whose desk is this person's first */
  readonly waiting: number
  readonly educationChanges: number
  readonly states: Readonly<Partial<Record<State, number>>>
}

/** The order in which a reviewer goes through the queue he came from: it stays as it was while he decides. */
export class Trail {
  #ids: readonly string[] = $state.raw([])
  #total = $state(0)
  #before = 0
  #search = ''
  readonly #now: () => number
  readonly #roles: () => readonly Grant[]

  constructor(now: () => number, roles: () => readonly Grant[]) {
    this.#now = now
    this.#roles = roles
  }

  /** Sets out from a page of the queue. */
  begin(search: string, page: Pick<QueuePage, 'rows' | 'total' | 'page' | 'pageSize'>): void {
    this.#search = search
    this.#ids = page.rows.filter(({ own }) => !own).map(({ id }) => id)
    this.#total = page.total
    this.#before = (page.page - 1) * page.pageSize
  }

  /** For a case opened by its address: the queue that the address names is fetched once. */
  async follow(search: string): Promise<void> {
    if (this.#search === search && this.#ids.length > 0) return
    const view = readQueueView(new URLSearchParams(search), this.#roles())
    const page = await ask(api.review.queue.$get({ query: queueQuery(view, this.#now()) }))
    if (page.ok) this.begin(search, page.value)
  }

  /** Which one of how many it is; null where it is not on the trail. */
  placeOf(id: string): { readonly at: number; readonly of: number } | null {
    const at = this.#ids.indexOf(id)
    return at < 0 ? null : { at: this.#before + at + 1, of: Math.max(this.#total, this.#before + this.#ids.length) }
  }
  nextOf(id: string): string | null {
    const at = this.#ids.indexOf(id)
    return at < 0 ? null : (this.#ids[at + 1] ?? null)
  }
  previousOf(id: string): string | null {
    const at = this.#ids.indexOf(id)
    return at <= 0 ? null : (this.#ids[at - 1] ?? null)
  }

  /** Near its beginning the trail takes up the page before. */
  async #comeBefore(): Promise<void> {
    const view = readQueueView(new URLSearchParams(this.#search), this.#roles())
    const page = Math.floor((this.#before - 1) / PAGE_SIZE) + 1
    const more = await ask(api.review.queue.$get({ query: queueQuery({ ...view, page }, this.#now()) }))
    if (!more.ok) return
    const fresh = more.value.rows.filter((row) => !row.own && !this.#ids.includes(row.id)).map((row) => row.id)
    this.#ids = [...fresh, ...this.#ids]
    this.#before = (page - 1) * PAGE_SIZE
  }

  /**
   * Near its end the trail takes up what comes next. Cases decided in between have left the queue, so the same page is
   * asked again and what is new on it goes behind.
   */
  async extend(id: string): Promise<void> {
    const at = this.#ids.indexOf(id)
    if (at < 0) return
    if (at < 2 && this.#before > 0) await this.#comeBefore()
    if (at < this.#ids.length - 2 || this.#before + this.#ids.length >= this.#total) return
    const view = readQueueView(new URLSearchParams(this.#search), this.#roles())
    for (const page of [view.page, view.page + 1]) {
      const more = await ask(api.review.queue.$get({ query: queueQuery({ ...view, page }, this.#now()) }))
      if (!more.ok) return
      const fresh = more.value.rows.filter((row) => !row.own && !this.#ids.includes(row.id)).map((row) => row.id)
      if (fresh.length > 0) {
        this.#ids = [...this.#ids, ...fresh]
        return
      }
    }
  }
}

/** What the back office keeps at hand over all its pages: what waits, where one came from, what batches there are. */
export class Desk {
  #counts: DeskCounts = $state.raw({ waiting: 0, educationChanges: 0, states: {} })
  #offers: readonly Offer[] = $state.raw([])
  readonly trail: Trail
  readonly #roles: () => readonly Grant[]

  constructor(deps: { now: () => number; roles: () => readonly Grant[] }) {
    this.#roles = deps.roles
    this.trail = new Trail(deps.now, deps.roles)
  }

  get counts(): DeskCounts {
    return this.#counts
  }
  get offers(): readonly Offer[] {
    return this.#offers
  }

  /** States in which one of the person's roles holds the application. */
  get held(): State[] {
    const own = this.#roles().map(({ role }) => role)
    return (Object.keys(holders) as (keyof typeof holders)[]).filter((state) =>
      (holders[state] as readonly string[]).some((role) => (own as readonly string[]).includes(role)),
    )
  }

  async refresh(): Promise<Outcome<undefined>> {
    const roles = this.#roles().map(({ role }) => role)
    const [queue, changes] = await Promise.all([
      ask(api.review.queue.$get({ query: { pageSize: '1' } })),
      roles.includes('office')
        ? ask(api.education.changes.$get({ query: { state: 'pending', pageSize: '1' } }))
        : ok({ total: 0 }),
    ])
    if (!queue.ok) return queue
    const states = queue.value.counts
    const first: readonly State[] = queueTabs[firstTab(this.#roles())].states
    this.#counts = {
      states,
      waiting: first.reduce((sum, state) => sum + (states[state] ?? 0), 0),
      educationChanges: changes.ok ? changes.value.total : this.#counts.educationChanges,
    }
    return ok()
  }

  /** Batches with their specialties and 受理点, for the filters. */
  async learnOffers(): Promise<void> {
    if (this.#offers.length > 0) return
    const found = await ask(api.batches.$get())
    if (found.ok) this.#offers = found.value
  }
}

const KEY = Symbol('desk')
export const keepDesk = (desk: Desk): Desk => setContext(KEY, desk)
export const theDesk = (): Desk => getContext(KEY)
