import type { Context } from 'hono'
import { Hono } from 'hono'
import * as v from 'valibot'
import type { Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'
import type { Env } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import { signedIn, withRole } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { endSessionOf, endSessionsOf, sessionsOf } from './account-sessions.ts'
import { getSessionView, registerAccount, updatePersonalData } from './actions.ts'
import { createCaptcha, createWork } from './captcha.ts'
import {
  askMobileChange,
  decideMobileChange,
  finishMobileChange,
  listMobileChanges,
  startMobileChange,
} from './mobile.ts'
import { copyOwnData } from './own-data.ts'
import {
  addPasskey,
  listPasskeys,
  removePasskey,
  signInByPasskey,
  startPasskey,
  startPasskeySignIn,
} from './passkeys.ts'
import { listSessions } from './queries.ts'
import { finishRecovery, startRecovery } from './recovery.ts'
import { clearToken, readToken, writeToken } from './session.ts'
import type { Opened } from './sign-in.ts'
import { changePassword, endSession, signIn, signOut, signOutEverywhere } from './sign-in.ts'

/** What a person types; the domain says what is wrong with it, in words. Longer is no typing. */
const typed = v.pipe(v.string(), v.maxLength(200))
const secret = v.pipe(v.string(), v.maxLength(1000))
const id = v.pipe(v.string(), v.uuid())
const captcha = { captchaId: id, captcha: typed }

const registration = v.object({
  fullName: typed,
  idNumber: typed,
  password: secret,
  passwordConfirm: secret,
  email: typed,
  mobile: typed,
  contactName: v.optional(typed),
  contactMobile: v.optional(typed),
  ...captcha,
  consent: v.boolean(),
  consentVersion: v.exactOptional(v.pipe(v.string(), v.maxLength(20))),
})
const changes = v.object({
  fullName: v.optional(typed),
  email: v.optional(typed),
  mobile: v.optional(typed),
  contactName: v.optional(typed),
  contactMobile: v.optional(typed),
  idNumber: v.optional(v.unknown()),
})

/** Sets the cookie of an opened session; the token itself never stands in a body. */
function opened<E extends Env>(c: Context<E>, outcome: Outcome<Opened>) {
  if (!outcome.ok) return outcome
  writeToken(c, outcome.value.token, outcome.value.expiresAt)
  return ok(outcome.value.view)
}

/** What a browser says of a credential; the library checks its content to the last byte. */
const words = v.pipe(v.string(), v.maxLength(20_000))
const credential = {
  id: v.pipe(v.string(), v.maxLength(2000)),
  rawId: v.pipe(v.string(), v.maxLength(2000)),
  type: v.literal('public-key'),
  clientExtensionResults: v.record(v.string(), v.unknown()),
  authenticatorAttachment: v.optional(v.picklist(['platform', 'cross-platform'])),
}
const newPasskey = v.object({
  challengeId: id,
  response: v.object({
    ...credential,
    response: v.object({
      clientDataJSON: words,
      attestationObject: words,
      authenticatorData: v.optional(words),
      transports: v.optional(v.array(v.pipe(v.string(), v.maxLength(30)))),
      publicKeyAlgorithm: v.optional(v.number()),
      publicKey: v.optional(words),
    }),
  }),
})
const passkeySignIn = v.object({
  challengeId: id,
  response: v.object({
    ...credential,
    response: v.object({
      clientDataJSON: words,
      authenticatorData: words,
      signature: words,
      userHandle: v.optional(words),
    }),
  }),
})

/** A copy reads everything of a person: a few an hour are plenty. */
const copies: Limit = { name: 'account.copies', atMost: 10, seconds: 3600 }
const COPY_NAME = encodeURIComponent('我的数据.json')

/** Who works at a counter, where people come with their ID card. */
const atCounter = withRole('pointClerk', 'office')

/** Whom people call who have lost a phone or see a session they do not know. */
const atHelpDesk = withRole('admin')

export const accountRoutes = new Hono<Env>()
  .get('/captcha', query(v.object({ replaces: v.optional(id) })), async (c) =>
    respond(c, await createCaptcha(c, c.req.valid('query').replaces)),
  )
  .get('/captcha/work', query(v.object({ replaces: v.optional(id) })), async (c) =>
    respond(c, await createWork(c, c.req.valid('query').replaces)),
  )
  .post('/register', json(registration), async (c) =>
    respond(c, opened(c, await registerAccount(c, c.req.valid('json')))),
  )
  .post('/sign-in', json(v.object({ idNumber: typed, password: secret, ...captcha })), async (c) =>
    respond(c, opened(c, await signIn(c, c.req.valid('json'), readToken(c)))),
  )
  .post('/sign-out', async (c) => {
    const { who } = c.var
    if (who.kind === 'account') await act(c, (ctx) => signOut(ctx, who))
    clearToken(c)
    // what this browser kept of a person goes with him (ASVS 14.3.1); cookies are ours to clear above
    c.header('clear-site-data', '"cache"')
    return respond(c, ok())
  })
  .get('/session', async (c) => {
    const { who } = c.var
    return respond(c, ok(who.kind === 'account' ? ((await getSessionView(c, who)) ?? null) : null))
  })
  .post('/recover/start', json(v.object({ idNumber: typed, ...captcha })), async (c) =>
    respond(c, await startRecovery(c, c.req.valid('json'))),
  )
  .post('/recover/finish', json(v.object({ token: secret, method: v.literal('mobile') })), async (c) =>
    respond(c, await finishRecovery(c, c.req.valid('json').token)),
  )
  .post('/password', signedIn, json(v.object({ current: secret, next: secret })), async (c) =>
    respond(c, opened(c, await changePassword(c, c.var.who, c.req.valid('json')))),
  )
  .patch('/me', signedIn, json(changes), async (c) =>
    respond(
      c,
      await act(c, (ctx) => updatePersonalData(ctx, c.var.platform.secrets, c.var.who.accountId, c.req.valid('json'))),
    ),
  )
  .get('/me/data', signedIn, async (c) => {
    const { limiter, secrets } = c.var.platform
    const taken = await limiter.take(copies, c.var.who.accountId)
    if (taken.allowed) {
      c.header('content-disposition', `attachment; filename="my-data.json"; filename*=UTF-8''${COPY_NAME}`)
    }
    return respond(
      c,
      taken.allowed
        ? await act(c, async (ctx) => ok(await copyOwnData(ctx, secrets, c.var.who)))
        : refuse('request.too-many', { seconds: taken.retryAfter }),
    )
  })
  .get('/sessions', signedIn, async (c) => {
    const sessions = await listSessions(c.var.platform.database.db, c.var.who.accountId)
    return respond(c, ok(sessions.map((one) => ({ ...one, current: one.id === c.var.who.sessionId }))))
  })
  .delete('/sessions/:id', signedIn, param(v.object({ id })), async (c) =>
    respond(c, await act(c, (ctx) => endSession(ctx, c.var.who, c.req.valid('param').id))),
  )
  // the number stands in the body: addresses are logged
  .post('/sessions-of', atHelpDesk, json(v.object({ idNumber: typed })), async (c) =>
    respond(c, await sessionsOf(c, c.var.who, c.req.valid('json').idNumber)),
  )
  .delete('/sessions-of/:account', atHelpDesk, param(v.object({ account: id })), async (c) =>
    respond(c, await act(c, (ctx) => endSessionsOf(ctx, c.req.valid('param').account))),
  )
  .delete('/sessions-of/:account/:id', atHelpDesk, param(v.object({ account: id, id })), async (c) => {
    const { account, id: session } = c.req.valid('param')
    return respond(c, await act(c, (ctx) => endSessionOf(ctx, account, session)))
  })
  .get('/passkeys', signedIn, async (c) => respond(c, ok(await listPasskeys(c.var.platform.database.db, c.var.who))))
  .post('/passkeys/options', signedIn, json(v.object({ password: secret })), async (c) =>
    respond(c, await startPasskey(c, c.var.who, c.req.valid('json').password)),
  )
  .post('/passkeys', signedIn, json(newPasskey), async (c) =>
    respond(c, await addPasskey(c, c.var.who, c.req.valid('json') as Parameters<typeof addPasskey>[2])),
  )
  .delete('/passkeys/:id', signedIn, param(v.object({ id })), async (c) =>
    respond(c, await act(c, (ctx) => removePasskey(ctx, c.var.who, c.req.valid('param').id))),
  )
  .post('/passkeys/sign-in/options', async (c) => respond(c, await startPasskeySignIn(c)))
  .post('/passkeys/sign-in', json(passkeySignIn), async (c) =>
    respond(
      c,
      opened(c, await signInByPasskey(c, c.req.valid('json') as Parameters<typeof signInByPasskey>[1], readToken(c))),
    ),
  )
  .post('/me/mobile/code', signedIn, json(v.object({ mobile: typed, password: secret })), async (c) =>
    respond(c, await startMobileChange(c, c.var.who, c.req.valid('json'))),
  )
  .post('/me/mobile', signedIn, json(v.object({ challengeId: id, code: typed })), async (c) =>
    respond(c, await finishMobileChange(c, c.var.who, c.req.valid('json'))),
  )
  .get('/mobile-changes', atCounter, async (c) => {
    const { clock, database } = c.var.platform
    return respond(c, ok(await listMobileChanges(database.db, c.var.who, await clock.now(database.db))))
  })
  .post('/mobile-changes', atCounter, json(v.object({ idNumber: typed, mobile: typed, reason: typed })), async (c) =>
    respond(c, await askMobileChange(c, c.var.who, c.req.valid('json'))),
  )
  .post(
    '/mobile-changes/:id/decide',
    atCounter,
    param(v.object({ id })),
    json(v.object({ agrees: v.boolean() })),
    async (c) =>
      respond(
        c,
        await act(c, (ctx) =>
          decideMobileChange(ctx, c.var.platform.secrets, c.var.who, {
            ...c.req.valid('param'),
            ...c.req.valid('json'),
          }),
        ),
      ),
  )
  .post('/sign-out-everywhere', signedIn, async (c) => {
    const outcome = await act(c, (ctx) => signOutEverywhere(ctx, c.var.who))
    clearToken(c)
    return respond(c, outcome)
  })
