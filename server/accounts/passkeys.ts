import { randomBytes, randomUUID } from 'node:crypto'
import type {
  AuthenticationResponseJSON,
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
  RegistrationResponseJSON,
} from '@simplewebauthn/server'
import type { Kysely } from 'kysely'
import type { Outcome } from '#domain/problems.ts'
import { ok, refuse } from '#domain/problems.ts'
import type { Act, Asked } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import { act } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { insertChallenge, takeChallenge } from './challenges.ts'
import { deviceName } from './device.ts'
import { deleteSessionOfToken, findAccount, lockAccount } from './queries.ts'
import { tokenHash } from './session.ts'
import { checkCurrentPassword, openSession } from './sign-in.ts'
import type { Opened } from './sign-in.ts'

/** Only when somebody uses a passkey: the library and its parsers of certificates would make every start slower. */
const webauthn = () => import('@simplewebauthn/server')

const CHALLENGE_LASTS = 5 * 60_000
const PASSKEYS_AT_MOST = 10

/** Signing in by passkey needs no captcha: a signature cannot be guessed. The limit keeps the challenges few. */
const challenges: Limit = { name: 'passkey.challenges', atMost: 300, seconds: 900 }

/** The site for which a passkey is good: the host under which people reach us (WebAuthn §5.1.2). */
const siteOf = (asked: Asked) => {
  const { publicOrigin } = asked.var.platform.config
  return { origin: publicOrigin, id: new URL(publicOrigin).hostname }
}

const newChallenge = () => new Uint8Array(randomBytes(32))
const textOf = (challenge: Uint8Array) => Buffer.from(challenge).toString('base64url')

export interface PasskeyView {
  readonly id: string
  /** by what the person recognises it, e.g. `安卓手机 · Chrome` */
  readonly device: string
  /** kept by the maker of the phone, so that another phone has it too */
  readonly backedUp: boolean
  readonly createdAt: Date
  readonly lastUsedAt: Date | null
}

/** The person's own passkeys, the newest first. */
export const listPasskeys = (db: Kysely<Database>, who: Signed): Promise<PasskeyView[]> =>
  db
    .selectFrom('passkey')
    .where('accountId', '=', who.accountId)
    .select(['id', 'device', 'backedUp', 'createdAt', 'lastUsedAt'])
    .orderBy('createdAt', 'desc')
    .orderBy('id')
    .execute()

const knownPasskeys = (db: Kysely<Database>, who: Signed) =>
  db.selectFrom('passkey').where('accountId', '=', who.accountId).select(['credentialId', 'transports']).execute()

const tooMany = refuse('account.too-many-passkeys', { atMost: PASSKEYS_AT_MOST })

/** What the browser needs to make a passkey. The password is asked for once more: a phone left open must not gain a second key (ASVS 7.5.1). */
export async function startPasskey(
  asked: Asked,
  who: Signed,
  password: string,
): Promise<Outcome<{ readonly challengeId: string; readonly options: PublicKeyCredentialCreationOptionsJSON }>> {
  const { clock, database } = asked.var.platform
  const fits = await checkCurrentPassword(asked, who, password, 'password')
  if (!fits.ok) return fits
  const account = (await findAccount(database.db, who.accountId))!
  const known = await knownPasskeys(database.db, who)
  if (known.length >= PASSKEYS_AT_MOST) return tooMany
  const challenge = newChallenge()
  const { generateRegistrationOptions } = await webauthn()
  const options = await generateRegistrationOptions({
    rpName: '泰州职称申报',
    rpID: siteOf(asked).id,
    // What the phone shows in its list of passkeys: never the whole ID number.
    userName: `${account.fullName} ${account.idNumberMasked.slice(-4)}`,
    userDisplayName: account.fullName,
    userID: new Uint8Array(Buffer.from(who.accountId)),
    challenge: challenge as Uint8Array<ArrayBuffer>,
    timeout: CHALLENGE_LASTS,
    attestationType: 'none',
    excludeCredentials: known.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: [...transports],
    })),
    // Found without typing a number, and only with a finger, a face or a code: two factors in one (ASVS 6.3.3).
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  })
  const challengeId = randomUUID()
  await insertChallenge(database.db, {
    id: challengeId,
    purpose: 'passkey.add',
    accountId: who.accountId,
    digest: textOf(challenge),
    expiresAt: new Date((await clock.now(database.db)).getTime() + CHALLENGE_LASTS),
  })
  return ok({ challengeId, options })
}

/** Keeps the passkey that the browser made. */
export async function addPasskey(
  asked: Asked,
  who: Signed,
  { challengeId, response }: { readonly challengeId: string; readonly response: RegistrationResponseJSON },
): Promise<Outcome<PasskeyView>> {
  const { clock, database } = asked.var.platform
  const now = await clock.now(database.db)
  const challenge = await takeChallenge(database.db, {
    id: challengeId,
    purpose: 'passkey.add',
    accountId: who.accountId,
    now,
  })
  if (!challenge) return refuse('account.passkey-wrong')
  const { verifyRegistrationResponse } = await webauthn()
  const { origin, id: rpID } = siteOf(asked)
  const verified = await verifyRegistrationResponse({
    response,
    expectedChallenge: challenge.digest,
    expectedOrigin: origin,
    expectedRPID: rpID,
    requireUserVerification: true,
  }).catch(() => undefined)
  if (!verified?.verified) return refuse('account.passkey-wrong')
  const { credential, credentialBackedUp } = verified.registrationInfo
  return act(asked, async (ctx: Act) => {
    // Several may have been begun at once: one after another they are counted again.
    await lockAccount(ctx.db, who.accountId)
    if ((await knownPasskeys(ctx.db, who)).length >= PASSKEYS_AT_MOST) return tooMany
    const view: PasskeyView = {
      id: ctx.newId(),
      device: deviceName(who.userAgent),
      backedUp: credentialBackedUp,
      createdAt: ctx.now,
      lastUsedAt: null,
    }
    const kept = await ctx.db
      .insertInto('passkey')
      .values({
        ...view,
        accountId: who.accountId,
        credentialId: credential.id,
        publicKey: credential.publicKey,
        counter: credential.counter,
        transports: JSON.stringify(credential.transports ?? []),
      })
      .onConflict((conflict) => conflict.column('credentialId').doNothing())
      .returning('id')
      .executeTakeFirst()
    if (!kept) return refuse('account.passkey-known')
    ctx.audit({ action: 'account.passkey-added', subject: `account:${who.accountId}`, details: { passkey: view.id } })
    return ok(view)
  })
}

/** Forgets one passkey of the person. */
export async function removePasskey(ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> {
  const gone = await ctx.db
    .deleteFrom('passkey')
    .where('id', '=', id)
    .where('accountId', '=', who.accountId)
    .returning('id')
    .executeTakeFirst()
  if (!gone) return refuse('request.not-found')
  ctx.audit({ action: 'account.passkey-removed', subject: `account:${who.accountId}`, details: { passkey: id } })
  return ok()
}

/** What the browser needs to sign in: nobody is named, so nothing is told of anybody. */
export async function startPasskeySignIn(
  asked: Asked,
): Promise<Outcome<{ readonly challengeId: string; readonly options: PublicKeyCredentialRequestOptionsJSON }>> {
  const { clock, database, limiter } = asked.var.platform
  const taken = await limiter.take(challenges, asked.var.who.ip)
  if (!taken.allowed) return refuse('request.too-many', { seconds: taken.retryAfter })
  const challenge = newChallenge()
  const { generateAuthenticationOptions } = await webauthn()
  const options = await generateAuthenticationOptions({
    rpID: siteOf(asked).id,
    challenge: challenge as Uint8Array<ArrayBuffer>,
    userVerification: 'required',
    timeout: CHALLENGE_LASTS,
  })
  const challengeId = randomUUID()
  await insertChallenge(database.db, {
    id: challengeId,
    purpose: 'passkey.sign-in',
    accountId: null,
    digest: textOf(challenge),
    expiresAt: new Date((await clock.now(database.db)).getTime() + CHALLENGE_LASTS),
  })
  return ok({ challengeId, options })
}

/**
 * Signs in by a passkey, instead of number, password and captcha. A count that does not go up is a copy of the key: refused (WebAuthn §6.1.1).
 * @param replaces the token the browser came with; its session ends
 */
export async function signInByPasskey(
  asked: Asked,
  { challengeId, response }: { readonly challengeId: string; readonly response: AuthenticationResponseJSON },
  replaces: string | undefined,
): Promise<Outcome<Opened>> {
  const { clock, database, secrets } = asked.var.platform
  const now = await clock.now(database.db)
  const challenge = await takeChallenge(database.db, {
    id: challengeId,
    purpose: 'passkey.sign-in',
    accountId: null,
    now,
  })
  if (!challenge) return refuse('account.passkey-wrong')
  const passkey = await database.db
    .selectFrom('passkey')
    .innerJoin('account', 'account.id', 'passkey.accountId')
    .where('passkey.credentialId', '=', response.id)
    .select([
      'passkey.id',
      'passkey.accountId',
      'passkey.credentialId',
      'passkey.publicKey',
      'passkey.counter',
      'passkey.transports',
      'account.disabledAt',
    ])
    .executeTakeFirst()
  const { verifyAuthenticationResponse } = await webauthn()
  const { origin, id: rpID } = siteOf(asked)
  const verified =
    passkey &&
    (await verifyAuthenticationResponse({
      response,
      expectedChallenge: challenge.digest,
      expectedOrigin: origin,
      expectedRPID: rpID,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: new Uint8Array(passkey.publicKey),
        counter: passkey.counter,
        transports: [...passkey.transports],
      },
    }).catch(() => undefined))
  if (!passkey || !verified?.verified) {
    await act(asked, async (ctx: Act) => {
      ctx.audit({
        action: 'account.passkey-refused',
        ...(passkey && { subject: `account:${passkey.accountId}` }),
      })
      return ok()
    })
    return refuse('account.passkey-wrong')
  }
  if (passkey.disabledAt) return refuse('account.not-allowed')
  return act(asked, async (ctx: Act) => {
    await ctx.db
      .updateTable('passkey')
      .set({ counter: verified.authenticationInfo.newCounter, lastUsedAt: ctx.now })
      .where('id', '=', passkey.id)
      .execute()
    if (replaces !== undefined) await deleteSessionOfToken(ctx.db, tokenHash(replaces))
    ctx.audit({
      action: 'account.signed-in-with-passkey',
      subject: `account:${passkey.accountId}`,
      details: { passkey: passkey.id },
    })
    return openSession(ctx, secrets, passkey.accountId)
  })
}
