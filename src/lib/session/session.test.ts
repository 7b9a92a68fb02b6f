import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { PhoneDatabase } from '../local/database.ts'
import * as eraser from '../local/eraser.ts'
import { openStore } from '$lib/local/phone-store.ts'
import { wishPrefix } from '../local/education-wish-key.ts'
import { sessionStore } from '../local/session-store.ts'
import { keepShared, listShared } from '../local/shared-files.ts'
import { Session, type SessionSource, type SessionView } from './session.svelte.ts'

const view = (id: string): SessionView => ({
  account: {
    id,
    fullName: '张伟',
    idNumber: '321202199001011234',
    idNumberMasked: '3212**********1234',
    gender: '1',
    birthDate: '1990-01-01',
    email: '',
    mobile: '13800000000',
  },
  roles: [{ role: 'applicant' }],
  mustChangePassword: false,
  now: '2026-11-15T04:00:00Z',
})
const ME = '10000000-0000-4000-8000-000000000001'

/** A server that knows one cookie. */
class Source implements SessionSource {
  cookie: string | null = null
  offline = false
  /** signing out is answered with trouble */
  inTrouble = false
  #answer<T>(value: T): Outcome<T> {
    return this.offline ? refuse('network.offline') : ok(value)
  }
  async current() {
    return this.#answer(this.cookie ? view(this.cookie) : null)
  }
  async signIn() {
    if (!this.offline) this.cookie = ME
    return this.#answer(view(ME))
  }
  async register() {
    return this.signIn()
  }
  async signOut(): Promise<Outcome<undefined>> {
    if (this.inTrouble) return refuse('request.unavailable')
    if (!this.offline) this.cookie = null
    return this.#answer(undefined)
  }
}

let source: Source
let db: PhoneDatabase
let heard: unknown[]
let stores = 0
let erase = eraser.eraseAccount
const open = () =>
  new Session({
    store: async () => sessionStore(openStore(db), async () => ({ ...eraser, eraseAccount: erase })),
    source,
    now: () => 0,
    channel: { postMessage: (message) => heard.push(message) },
  })
const form = { idNumber: '', password: '', captchaId: '', captcha: '' }

beforeEach(() => {
  source = new Source()
  db = new PhoneDatabase(`session-${(stores += 1)}`)
  heard = []
  erase = eraser.eraseAccount
})
afterEach(() => void vi.restoreAllMocks())

describe('who is here', () => {
  it('is known without a network from the last visit', async () => {
    await open().signIn(form)
    source.offline = true
    const session = open()
    await session.start()
    expect(session.state).toBe('offline')
    expect(session.account?.fullName).toBe('张伟')
  })

  it('stays when the session has expired, until they sign in again', async () => {
    const session = open()
    await session.signIn(form)
    source.cookie = null
    await session.refresh()
    expect(session.state).toBe('expired')
    expect(session.account?.id).toBe(ME)
    await session.signIn(form)
    expect(session.state).toBe('signed-in')
  })

  it('[A35] loses what another app shared when somebody else signs in, and keeps it when they do themselves', async () => {
    const kept = async () => (await listShared()).map(({ name }) => name)
    const store = sessionStore(openStore(db), () => import('$lib/local/eraser.ts'))
    const signIn = (id: string) => store.keep({ account: { id } }, id)
    await signIn(ME)
    await keepShared([new File(['%PDF'], '身份证.pdf', { type: 'application/pdf' })], () => 'shared', 0)
    await signIn(ME)
    expect(await kept()).toEqual(['身份证.pdf'])
    await signIn('10000000-0000-4000-8000-000000000002')
    expect(await kept()).toEqual([])
  })

  it('is erased at sign-out, and the other tabs hear it', async () => {
    const session = open()
    await session.signIn(form)
    await session.signOut()
    expect(session.state).toBe('signed-out')
    expect(await db.meta.get('session')).toBeUndefined()
    expect(heard).toEqual([
      { kind: 'signed-in', accountId: ME },
      { kind: 'signed-out', accountId: ME },
    ])
  })

  it('does not come back after a sign-out without a network, though the cookie is still good', async () => {
    const session = open()
    await session.signIn(form)
    source.offline = true
    await session.signOut()
    expect(source.cookie).toBe(ME)
    source.offline = false
    const again = open()
    await again.start()
    expect(again.state).toBe('signed-out')
    expect(source.cookie).toBeNull()
  })

  it.each(['before the server has answered', 'before anything is erased'])(
    '[A35] is erased by the next start where the page was closed %s',
    async (when) => {
      const session = open()
      await session.signIn(form)
      const hangs = () => new Promise<never>(() => {})
      if (when === 'before the server has answered') source.signOut = hangs
      else erase = hangs
      void session.signOut()
      await vi.waitFor(async () => expect(await db.meta.get('signOutLeft')).toMatchObject({ value: ME }))
      expect(await db.meta.get('session')).toBeDefined()
      erase = eraser.eraseAccount
      source = Object.assign(new Source(), { cookie: ME, offline: true })
      const next = open()
      await next.reread()
      expect([next.account, await db.meta.get('session')]).toEqual([null, undefined])
      // Nothing tells any more who it was, and the cookie lets nobody in.
      expect(await db.meta.get('signOutLeft')).toMatchObject({ value: true })
      await next.refresh()
      expect(next.state).toBe('signed-out')
      source.offline = false
      await next.refresh()
      expect([next.state, source.cookie, await db.meta.get('signOutLeft')]).toEqual(['signed-out', null, undefined])
    },
  )

  it('[A35] is nobody, and says why, where the store could not be erased; whoever comes next has it erased', async () => {
    vi.spyOn(console, 'error').mockImplementation(() => {})
    const full = () => Promise.reject(Object.assign(new Error('full'), { name: 'QuotaExceededError' }))
    erase = full
    const session = open()
    await session.signIn(form)
    expect(await session.signOut()).toMatchObject({ code: 'storage.full' })
    expect([session.state, session.account, session.unerased?.code]).toEqual(['signed-out', null, 'storage.full'])
    const next = open()
    await next.start()
    expect([next.state, next.account]).toEqual(['signed-out', null])
    erase = eraser.eraseAccount
    await next.reread()
    expect([next.unerased, await db.meta.get('session')]).toEqual([null, undefined])
  })

  it('[A35] is erased when somebody else signs in, whatever was unsent, where it could not be at the sign-out', async () => {
    const OTHER = '10000000-0000-4000-8000-000000000002'
    await open().signIn(form)
    await db.meta.put({ key: 'signOutLeft', value: ME })
    await db.meta.put({ key: `${wishPrefix(ME)}row`, accountId: ME, value: { reason: '没有交' } })
    await sessionStore(openStore(db), () => import('$lib/local/eraser.ts')).keep({ account: { id: OTHER } }, OTHER)
    const left = (await db.meta.toArray()).filter((row) => JSON.stringify(row).includes(ME))
    expect(left).toEqual([])
  })

  it('does not come back after a sign-out that the server could not do, however often it cannot', async () => {
    const session = open()
    await session.signIn(form)
    source.inTrouble = true
    await session.signOut()
    expect(source.cookie).toBe(ME)
    const again = open()
    await again.start()
    expect([again.state, again.account]).toEqual(['signed-out', null])
    source.inTrouble = false
    const later = open()
    await later.start()
    expect(later.state).toBe('signed-out')
    expect(source.cookie).toBeNull()
  })
})
