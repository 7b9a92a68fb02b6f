import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto'
import { ok, refuse } from '#domain/problems.ts'
import type { Outcome } from '#domain/problems.ts'
import type { Asked } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import { drawCaptcha } from './captcha-picture.ts'
import { deleteCaptcha, insertCaptcha, takeCaptcha } from './queries.ts'

const LASTS = 5 * 60_000
const DIGITS = 4

/** What every captcha answers on a server started with E2E=1 (DESIGN §10). */
const E2E_ANSWER = '8888'

/** Pictures cost a few milliseconds each. Wide, because a whole town may stand behind one address. */
const pictures: Limit = { name: 'captcha.pictures', atMost: 600, seconds: 60 }

export interface CaptchaView {
  readonly id: string
  /** data: URL of a PNG */
  readonly image: string
  readonly expiresAt: Date
}

const newAnswer = () => String(randomInt(10 ** DIGITS)).padStart(DIGITS, '0')

/** The answer is stored only as its HMAC with the row's id: the table tells nobody what to type. */
const digest = (asked: Asked, id: string, answer: string) =>
  asked.var.platform.secrets.mac('account.captcha', `${id}:${answer}`)

/** What people type with a Chinese keyboard on: full-width digits, spaces. */
const typedDigits = (typed: string) => typed.normalize('NFKC').replace(/\s/g, '')

/** Makes a new picture; the one it replaces is no longer good (R15). */
export async function createCaptcha(asked: Asked, replaces?: string): Promise<Outcome<CaptchaView>> {
  const { clock, config, database, limiter } = asked.var.platform
  const taken = await limiter.take(pictures, asked.var.who.ip)
  if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  const answer = config.e2e ? E2E_ANSWER : newAnswer()
  const id = randomUUID()
  const expiresAt = new Date((await clock.now(database.db)).getTime() + LASTS)
  if (replaces !== undefined) await deleteCaptcha(database.db, replaces)
  await insertCaptcha(database.db, { id, answerHash: digest(asked, id, answer), expiresAt })
  const image = `data:image/png;base64,${Buffer.from(drawCaptcha(answer)).toString('base64')}`
  return ok({ id, image, expiresAt })
}

/** A riddle that costs a machine time and a person nothing (as ALTCHA has it): find the number whose SHA-256 with the salt is this. */
export interface WorkView {
  readonly id: string
  readonly salt: string
  /** SHA-256 of `salt + number`, hexadecimal */
  readonly hash: string
  /** the number is not above it */
  readonly atMost: number
  readonly expiresAt: Date
}

/** Half of it is tried on average: about a second on a phone. */
const WORK = 50_000
/** For an address that asks for many it becomes harder, up to twenty times. */
const HARDEST = 20

/**
 * The other way for those who cannot read the picture (WCAG 3.3.8): the browser works instead. It is spent like a picture, once and within
 * five minutes, its answer is the number, and it replaces the picture before it.
 */
export async function createWork(asked: Asked, replaces?: string): Promise<Outcome<WorkView>> {
  const { clock, config, database, limiter } = asked.var.platform
  const taken = await limiter.take(pictures, asked.var.who.ip)
  if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  const tried = pictures.atMost - taken.left
  const atMost = WORK * Math.min(HARDEST, 1 + Math.floor(tried / 10))
  const number = config.e2e ? E2E_ANSWER : String(randomInt(atMost + 1))
  const id = randomUUID()
  const salt = randomBytes(12).toString('hex')
  const expiresAt = new Date((await clock.now(database.db)).getTime() + LASTS)
  if (replaces !== undefined) await deleteCaptcha(database.db, replaces)
  await insertCaptcha(database.db, { id, answerHash: digest(asked, id, number), expiresAt })
  const hash = createHash('sha256').update(`${salt}${number}`).digest('hex')
  return ok({ id, salt, hash, atMost, expiresAt })
}

/** Spends the captcha, right or wrong: each is good for one try (R14). */
export async function spendCaptcha(asked: Asked, id: string, typed: string): Promise<Outcome<undefined>> {
  const { clock, database } = asked.var.platform
  const captcha = await takeCaptcha(database.db, id)
  if (!captcha || captcha.expiresAt <= (await clock.now(database.db))) {
    return refuse('account.captcha-expired', undefined, { path: 'captcha' })
  }
  return captcha.answerHash === digest(asked, id, typedDigits(typed))
    ? ok()
    : refuse('account.captcha-wrong', undefined, { path: 'captcha' })
}
