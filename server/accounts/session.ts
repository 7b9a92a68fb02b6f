import { createHash, randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { createMiddleware } from 'hono/factory'
import { UNATTENDED } from '#domain/identity/unattended.ts'
import type { AccountId } from '#domain/brand.ts'
import type { Grant } from '#domain/lifecycle/roles.ts'
import { isStaff } from '#domain/lifecycle/roles.ts'
import { refuse } from '#domain/problems.ts'
import type { Env } from '#server/platform/environment.ts'
import { problem } from '#server/platform/problem-response.ts'
import { addressOf } from './address.ts'
import { findSession, touchSession } from './queries.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/**
 * How long a session lasts without being used, and at most (ASVS 7.3.1, 7.3.2). An applicant fills in a long form on his own phone;
 * a reviewer sits at an office desk that others pass, and sees other people's papers.
 */
const LASTING = {
  applicant: { idle: 60 * MINUTE, absolute: 12 * HOUR },
  staff: { idle: 20 * MINUTE, absolute: 8 * HOUR },
} as const

/** Open sessions of one account: phone, desktop, WeChat and two more. The oldest ends when another is opened (ASVS 7.1.2). */
export const SESSIONS_AT_MOST = 5

/** `last_seen_at` is written at most this often, so that reading costs no write. */
const TOUCH_EVERY = MINUTE

/** Where a person who must change his password may still go. */
const OPEN_WHILE_TEMPORARY = /^\/api\/(accounts\/(session|password|sign-out|captcha)|health)$/

export const newToken = (): string => randomBytes(32).toString('base64url')

/** What is stored of a token: whoever reads the table cannot sign in with it. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url')

/** The latest end of a session that begins now. */
export const sessionEnd = (now: Date, roles: readonly Grant[]): Date =>
  new Date(now.getTime() + LASTING[isStaff(roles) ? 'staff' : 'applicant'].absolute)

/** Whether a session still stands: not past its end and not idle for too long. */
export function sessionStands(
  session: { readonly lastSeenAt: Date; readonly expiresAt: Date; readonly roles: readonly Grant[] },
  now: Date,
): boolean {
  const { idle } = LASTING[isStaff(session.roles) ? 'staff' : 'applicant']
  return now < session.expiresAt && now.getTime() - session.lastSeenAt.getTime() < idle
}

const isSecure = <E extends Env>(c: Context<E>) => c.var.platform.config.publicOrigin.startsWith('https://')

/** `__Host-` ties the cookie to this very host; a browser takes it over https only. */
export const cookieNameOf = ({ publicOrigin }: { readonly publicOrigin: string }) =>
  publicOrigin.startsWith('https://') ? '__Host-sid' : 'sid'
const cookieName = <E extends Env>(c: Context<E>) => cookieNameOf(c.var.platform.config)

export const readToken = <E extends Env>(c: Context<E>): string | undefined => getCookie(c, cookieName(c))

/** Lax, not Strict: a link in an SMS must open the page signed in. */
export function writeToken<E extends Env>(c: Context<E>, token: string, expiresAt: Date): void {
  setCookie(c, cookieName(c), token, {
    httpOnly: true,
    sameSite: 'Lax',
    secure: isSecure(c),
    path: '/',
    maxAge: Math.max(0, Math.floor((expiresAt.getTime() - Date.now() - c.var.platform.clock.offset) / 1000)),
  })
}

export function clearToken<E extends Env>(c: Context<E>): void {
  deleteCookie(c, cookieName(c), { path: '/', secure: isSecure(c) })
}

/** Tells who asks. Everything behind it finds the actor in `c.var.who`. */
export const session = createMiddleware<Env>(async (c, next) => {
  const { database, clock } = c.var.platform
  const origin = {
    ip: addressOf(c),
    userAgent: (c.req.header('user-agent') ?? '').slice(0, 300),
    requestId: c.var.requestId,
  }
  c.set('who', { kind: 'public', ...origin })

  const token = readToken(c)
  if (token !== undefined) {
    const found = await findSession(database.db, tokenHash(token), clock.offset)
    if (found && sessionStands(found, found.now)) {
      c.set('who', {
        kind: 'account',
        accountId: found.accountId as AccountId,
        sessionId: found.id,
        roles: found.roles,
        ...origin,
      })
      // A page goes on asking by itself while nobody sits before it.
      const isUsed = c.req.header(UNATTENDED) === undefined
      if (isUsed && found.now.getTime() - found.lastSeenAt.getTime() >= TOUCH_EVERY) {
        await touchSession(database.db, found.id, found.now)
      }
      if (found.mustChangePassword && !OPEN_WHILE_TEMPORARY.test(c.req.path)) {
        return problem(refuse('account.must-change-password'))
      }
    } else clearToken(c)
  }
  return next()
})
