import { applicationTypes } from '#domain/forms/index.ts'
import { maskIdNumber, parseIdNumber } from '#domain/identity/id-number.ts'
import { ok } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { CONSENT_VERSION } from '#domain/identity/consent.ts'
import { idNumberIndex, sealIdNumber } from '#server/accounts/identity-seal.ts'
import { hashPassword } from '#server/accounts/password-hash.ts'
import { storeEdition } from '#server/batches/actions.ts'
import { newestReadingText } from '#server/batches/reading-texts.ts'
import type { Act, Dependencies } from '#server/platform/environment.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { acceptancePoints } from './acceptance-points.ts'
import { demoBatches } from './batches.ts'
import { columnsOf } from '#server/bulletin/actions.ts'
import { demoBulletins } from './bulletins.ts'
import { DEMO_PASSWORD, demoPeople } from './people.ts'

const DAY = 86_400_000

/**
 * Fills a database that holds nobody and nothing with the demonstration world (DESIGN §10): open batches of all three types, 受理点 in every
 * region, reading texts, an account a role, announcements and policies. In one transaction: it is there whole or not at all.
 * @returns whether the database holds the demonstration world now
 */
export async function fillWithDemo(platform: Dependencies): Promise<boolean> {
  const { db } = platform.database
  const first = idNumberIndex(platform.secrets, demoPeople[0]!.idNumber)
  const somebodys = await Promise.all(
    (['account', 'batch', 'acceptancePoint', 'bulletin'] as const).map((table) =>
      db.selectFrom(table).select('id').limit(1).executeTakeFirst(),
    ),
  )
  if (somebodys.some((row) => row !== undefined)) {
    return (
      (await db.selectFrom('account').where('idNumberIndex', '=', first).select('id').executeTakeFirst()) !== undefined
    )
  }
  const hashed = await hashPassword(DEMO_PASSWORD)
  if (!hashed.ok) throw new Error('The password of the demonstration cannot be hashed')
  await actAs(platform, systemWho('demo'), async (ctx: Act) => {
    const editions = await insertEditions(ctx)
    await ctx.db.insertInto('acceptancePoint').values(acceptancePoints).execute()
    await insertBatches(ctx, editions)
    await insertPeople(ctx, platform, hashed.value)
    await insertBulletins(ctx)
    ctx.audit({ action: 'demo.filled' })
    return ok()
  })
  return true
}

async function insertEditions(ctx: Act) {
  const { initial, review, reissue } = applicationTypes
  return {
    initial: await storeEdition(ctx.db, initial),
    review: await storeEdition(ctx.db, review),
    reissue: await storeEdition(ctx.db, reissue),
  }
}

async function insertBatches(ctx: Act, editions: Record<keyof typeof applicationTypes, string>) {
  const serials = new Map<string, number>()
  const rows = []
  for (const { specialties, ...batch } of demoBatches(ctx.now)) {
    const serial = (serials.get(batch.type) ?? 0) + 1
    serials.set(batch.type, serial)
    rows.push({
      id: ctx.newId(),
      ...batch,
      serial,
      editionId: editions[batch.type],
      readingTextId: await newestReadingText(ctx, applicationTypes[batch.type].gate.text),
      specialties: JSON.stringify(specialties),
      createdAt: ctx.now,
    })
  }
  await ctx.db.insertInto('batch').values(rows).execute()
}

async function insertPeople(ctx: Act, { secrets }: Dependencies, passwordHash: string) {
  const today = dateInShanghai(ctx.now)
  const accounts = demoPeople.map(({ fullName, idNumber, mobile, email }) => {
    const read = parseIdNumber(idNumber, today)
    if (!read.ok) throw new Error(`Not an ID number in the demonstration: ${idNumber}`)
    const id = ctx.newId()
    return {
      id,
      idNumberIndex: idNumberIndex(secrets, idNumber),
      idNumberCipher: sealIdNumber(secrets, idNumber, id),
      idNumberMasked: maskIdNumber(idNumber),
      fullName,
      gender: read.value.gender,
      birthDate: read.value.birthDate,
      email,
      mobile,
      contactName: null,
      contactMobile: null,
      passwordHash,
      temporaryPasswordHash: null,
      temporaryPasswordExpiresAt: null,
      lockedUntil: null,
      disabledAt: null,
      consentVersion: CONSENT_VERSION,
      consentAt: ctx.now,
      createdAt: ctx.now,
    }
  })
  await ctx.db.insertInto('account').values(accounts).execute()
  const grants = demoPeople.map(({ grant }, place) => ({
    id: ctx.newId(),
    accountId: accounts[place]!.id,
    role: grant.role,
    region: grant.region ?? null,
    acceptancePoint: grant.acceptancePoint ?? null,
    createdAt: ctx.now,
  }))
  await ctx.db.insertInto('accountGrant').values(grants).execute()
}

async function insertBulletins(ctx: Act) {
  const year = Number(dateInShanghai(ctx.now).slice(0, 4))
  const rows = demoBulletins(year).map(({ daysAgo, text, ...bulletin }) => ({
    id: ctx.newId(),
    ...columnsOf({
      documentNumber: '',
      issuer: '',
      regions: [],
      batches: [],
      pinned: false,
      ...bulletin,
      body: text.join('\n\n'),
    }),
    publishedAt: new Date(ctx.now.getTime() - daysAgo * DAY),
    withdrawnAt: null,
    authorId: null,
    createdAt: ctx.now,
    changedAt: new Date(ctx.now.getTime() - daysAgo * DAY),
  }))
  await ctx.db.insertInto('bulletin').values(rows).execute()
}
