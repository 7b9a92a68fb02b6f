import { createHash } from 'node:crypto'
import { hc } from 'hono/client'
import type { Insertable } from 'kysely'
import type { AccountId, ApplicationId } from '#domain/brand.ts'
import type { CellValue } from '#domain/forms/answers.ts'
import type { ApplicationTypeId } from '#domain/forms/application-type.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { initialCells } from '#domain/forms/start.ts'
import { checkCharacter, maskIdNumber } from '#domain/identity/id-number.ts'
import type { Grant, Role } from '#domain/lifecycle/roles.ts'
import type { ProblemBody } from '#server/platform/problem-response.ts'
import { CONSENT_VERSION } from '#domain/identity/consent.ts'
import { idNumberIndex, sealIdNumber } from '#server/accounts/identity-seal.ts'
import { hashPassword } from '#server/accounts/password-hash.ts'
import { newToken, sessionEnd, tokenHash } from '#server/accounts/session.ts'
import { type Api, createApp } from '#server/app.ts'
import { storeEdition } from '#server/batches/actions.ts'
import { acceptancePoints } from '#server/demo/acceptance-points.ts'
import { offers } from '#server/demo/batches.ts'
import { givenReadingTexts } from '#server/batches/reading-texts.ts'
import type { ApplicationTable } from '#server/applications/tables.ts'
import type { BatchTable } from '#server/batches/tables.ts'
import type { MovableClock } from '#server/platform/clock.ts'
import type { Config } from '#server/platform/config.ts'
import type { DatabaseKind } from '#server/platform/database.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { openTestPlatform, type TestPlatform } from './test-platform.ts'

/** The password of every person that the world makes. */
export const PASSWORD = 'Lv-shu-cheng-yin-26'

export interface Person {
  readonly id: AccountId
  readonly fullName: string
  readonly idNumber: string
  readonly mobile: string
  readonly email: string
  readonly roles: readonly Grant[]
}

export type Batch = Insertable<BatchTable> & { readonly id: string }

/** A client of the API as a browser would be: it keeps its cookie and sends it along. */
export interface Browser {
  readonly api: Client
  /** The same cookie for a request by hand; paths begin with `/api/`. */
  fetch(path: string, init?: RequestInit): Promise<Response>
  /** `sid=…`, or undefined before signing in. */
  readonly cookie: string | undefined
}

type Client = ReturnType<typeof hc<Api>>

export interface World {
  readonly platform: Dependencies
  readonly db: Dependencies['database']['db']
  readonly clock: MovableClock
  /** The database's time with the clock's offset. */
  now(): Promise<Date>
  person(changes?: Partial<Omit<Person, 'id' | 'roles'>>): Promise<Person>
  staff(role: Exclude<Role, 'applicant'>, scope?: Omit<Grant, 'role'>): Promise<Person>
  batch(changes?: Partial<Batch> & { readonly type?: ApplicationTypeId }): Promise<Batch>
  /** A draft of the person in the batch, as it stands right after the reading; `cells` are what he typed since. */
  application(
    of: { readonly person: Person; readonly batch: Batch } & Partial<Insertable<ApplicationTable>>,
    cells?: Readonly<Record<string, CellValue>>,
  ): Promise<{ readonly id: ApplicationId }>
  /** Somebody without a session, or with this cookie. */
  browser(cookie?: string): Browser
  /** The person with a session, without the way through captcha and password. */
  signIn(person: Person): Promise<Browser>
  /** Does all jobs that are waiting now; returns their names. */
  runJobs(): Promise<string[]>
  readonly runJob: TestPlatform['runJob']
  readonly logFile: string
  close(): Promise<void>
}

/** The problem of an answer that is one; throws, with the body, where it is none. */
export async function problemOf(response: {
  readonly headers: Headers
  readonly status: number
  text(): Promise<string>
}) {
  const text = await response.text()
  if (!response.headers.get('content-type')?.startsWith('application/problem+json')) {
    throw new Error(`Not a problem but ${response.status}: ${text}`)
  }
  return JSON.parse(text) as ProblemBody
}

/** The body of an answer that must have succeeded; throws, with the problem, where it did not. */
export async function bodyOf<T>(response: {
  readonly ok: boolean
  readonly status: number
  json(): Promise<T>
}): Promise<T> {
  if (!response.ok) throw new Error(`${response.status}: ${JSON.stringify(await response.json())}`)
  return response.json()
}

let people = 0

/** A valid ID number that no other person of this process has. */
export function newIdNumber(): string {
  people++
  const day = new Date(Date.UTC(1980, 0, 1 + (people % 5000)))
  const first17 = `321202${day.toISOString().slice(0, 10).replaceAll('-', '')}${String(people % 1000).padStart(3, '0')}`
  return first17 + checkCharacter(first17)
}

let hashed: Promise<string> | undefined
const passwordHash = () =>
  (hashed ??= hashPassword(PASSWORD).then((outcome) => {
    if (!outcome.ok) throw new Error('The password of the tests cannot be hashed')
    return outcome.value
  }))

/** A database of its own with reading texts, editions and 受理点, and the API over it. Close it. */
export async function openWorld(kind: DatabaseKind, config: Partial<Config> = {}): Promise<World> {
  const { platform, clock, logFile, runJobs, runJob, close } = await openTestPlatform(kind, config)
  const { database, secrets } = platform
  const { db } = database
  const app = createApp(platform)
  const now = () => clock.now(db)

  await db.insertInto('acceptancePoint').values(acceptancePoints).execute()
  const texts = givenReadingTexts.map((text) => ({ id: crypto.randomUUID(), ...text }))
  await db.insertInto('readingText').values(texts).execute()
  const editions = new Map<ApplicationTypeId, string>()
  for (const type of Object.values(applicationTypes)) editions.set(type.id, await storeEdition(db, type))

  async function account(grant: Grant, changes: Partial<Omit<Person, 'id' | 'roles'>> = {}): Promise<Person> {
    const idNumber = changes.idNumber ?? newIdNumber()
    const id = crypto.randomUUID() as AccountId
    const person: Person = {
      id,
      fullName: '周明远',
      idNumber,
      mobile: `138${createHash('sha256').update(idNumber).digest().readUInt32BE() % 1e8}`.padEnd(11, '0'),
      email: `person${people}@example.com`,
      ...changes,
      roles: [grant],
    }
    await db
      .insertInto('account')
      .values({
        id,
        idNumberIndex: idNumberIndex(secrets, idNumber),
        idNumberCipher: sealIdNumber(secrets, idNumber, id),
        idNumberMasked: maskIdNumber(idNumber),
        fullName: person.fullName,
        gender: Number(idNumber[16]) % 2 === 1 ? '1' : '2',
        birthDate: `${idNumber.slice(6, 10)}-${idNumber.slice(10, 12)}-${idNumber.slice(12, 14)}`,
        email: person.email,
        mobile: person.mobile,
        contactName: null,
        contactMobile: null,
        passwordHash: await passwordHash(),
        temporaryPasswordHash: null,
        temporaryPasswordExpiresAt: null,
        lockedUntil: null,
        disabledAt: null,
        consentVersion: CONSENT_VERSION,
        consentAt: await now(),
      })
      .execute()
    await db
      .insertInto('accountGrant')
      .values({
        id: crypto.randomUUID(),
        accountId: id,
        role: grant.role,
        region: grant.region ?? null,
        acceptancePoint: grant.acceptancePoint ?? null,
      })
      .execute()
    return person
  }

  function browser(cookie?: string): Browser {
    let kept = cookie
    const send = async (input: RequestInfo | URL, init: RequestInit = {}) => {
      const headers = new Headers(init.headers)
      if (kept !== undefined) headers.set('cookie', kept)
      const response = await app.request(input as string, { ...init, headers })
      for (const set of response.headers.getSetCookie()) {
        const [pair = ''] = set.split(';')
        kept = /max-age=0\b/i.test(set) ? undefined : pair
      }
      return response
    }
    return {
      api: hc<Api>('http://world.test', { fetch: send }),
      fetch: (path, init) => send(path, init),
      get cookie() {
        return kept
      },
    }
  }

  let serial = 0
  return {
    platform,
    db,
    clock,
    logFile,
    now,
    runJobs,
    runJob,
    close,
    browser,
    person: (changes) => account({ role: 'applicant' }, changes),
    staff: (role, scope = {}) => account({ role, ...scope }, { fullName: '李卫东' }),

    async batch(changes = {}) {
      const type = changes.type ?? 'review'
      const moment = (await now()).getTime()
      const day = 86_400_000
      serial++
      const batch: Batch = {
        id: crypto.randomUUID(),
        type,
        name: `2026 年度${applicationTypes[type].label}（${serial}）`,
        year: 2026,
        serial,
        level: type === 'review' ? '中级' : null,
        opensAt: new Date(moment - 10 * day),
        closesAt: new Date(moment + 20 * day),
        editionId: editions.get(type)!,
        readingTextId: texts.find(({ kind: one }) => one === applicationTypes[type].gate.text)!.id,
        committeeName: type === 'review' ? '泰州市工程系列中级评审委员会' : '',
        specialties: JSON.stringify(
          offers(['engineering.mechanical', 'engineering.construction'], ['assistant', 'intermediate']),
        ),
        hasPublicity: type === 'review',
        ...changes,
      }
      await db.insertInto('batch').values(batch).execute()
      return batch
    },

    async application({ person, batch, ...changes }, cells = {}) {
      const id = crypto.randomUUID() as ApplicationId
      const at = await now()
      await db
        .insertInto('application')
        .values({
          id,
          type: batch.type,
          batchId: batch.id,
          editionId: batch.editionId,
          accountId: person.id,
          state: 'DRAFT',
          version: 1,
          gateAcceptedAt: at,
          stateSince: at,
          createdAt: at,
          updatedAt: at,
          ...changes,
        })
        .execute()
      const facts = {
        fullName: person.fullName,
        idNumber: person.idNumber,
        gender: Number(person.idNumber[16]) % 2 === 1 ? '1' : '2',
        birthDate: `${person.idNumber.slice(6, 10)}-${person.idNumber.slice(10, 12)}-${person.idNumber.slice(12, 14)}`,
        mobile: person.mobile,
        email: person.email,
      }
      const filled = Object.entries({ ...initialCells(applicationTypes[batch.type], facts), ...cells })
      if (filled.length > 0) {
        const rows = filled.map(([path, value]) => ({
          applicationId: id,
          path,
          value: JSON.stringify(value),
          version: 1,
          updatedAt: at,
        }))
        await db.insertInto('applicationCell').values(rows).execute()
      }
      return { id }
    },

    async signIn(person) {
      const token = newToken()
      const at = await now()
      await db
        .insertInto('session')
        .values({
          id: crypto.randomUUID(),
          tokenHash: tokenHash(token),
          accountId: person.id,
          createdAt: at,
          lastSeenAt: at,
          expiresAt: sessionEnd(at, person.roles),
          device: 'test',
          ip: '',
        })
        .execute()
      return browser(`sid=${token}`)
    },
  }
}
