import { createHash } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import { title } from '#domain/code-lists/title.ts'
import type { AcceptancePointOffer, Facts, Option, SpecialtyOffer } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { canonicalJson, editionName, withOverrides } from '#domain/forms/edition.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import {
  type Batch,
  findBatch,
  findEdition,
  findReadingText,
  listBatches,
  listPoints,
  listSpecialties,
} from './queries.ts'
import type { AcceptancePointTable } from './tables.ts'

export type { Batch } from './queries.ts'
export { listPoints, pointsText } from './queries.ts'
type Db = Kysely<Database>

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** The name that a catalogue has or would have as an edition. */
export const editionIdOf = (type: ApplicationType): string => editionName(type, sha256(canonicalJson(type)))

/**
 * Stores a catalogue as an immutable edition and gives its name, `review@2026.1-5f3c9a01b2c4`. The name is made from the
 * content, so storing the same catalogue again changes nothing (DESIGN §3).
 */
export async function storeEdition(db: Db, type: ApplicationType): Promise<string> {
  const id = editionIdOf(type)
  const catalogue = canonicalJson(type)
  await db
    .insertInto('catalogueEdition')
    .values({ id, type: type.id, catalogue })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute()
  return id
}

/** Editions never change, so each process reads one once. */
const readEditions = new Map<string, ApplicationType>()

/** The catalogue of an edition as it was stored. */
export async function catalogueOf(db: Db, who: Who, editionId: string): Promise<Outcome<ApplicationType>> {
  const known = readEditions.get(editionId)
  if (known) return ok(known)
  const found = await findEdition(db, who, editionId)
  if (!found) return refuse('request.not-found')
  readEditions.set(editionId, found.catalogue)
  return ok(found.catalogue)
}

export async function getBatch(db: Db, who: Who, id: string): Promise<Outcome<Batch>> {
  const batch = await findBatch(db, who, id)
  return batch ? ok(batch) : refuse('request.not-found')
}

/** What some batches offer, by batch: for the names of specialties and titles. */
export async function offersOf(
  db: Db,
  who: Who,
  batchIds: readonly string[],
): Promise<ReadonlyMap<string, readonly SpecialtyOffer[]>> {
  const rows = await listSpecialties(db, who, batchIds)
  return new Map(rows.map(({ id, specialties }) => [id, specialties]))
}

export async function getReadingText(db: Db, who: Who, id: string) {
  const text = await findReadingText(db, who, id)
  return text ? ok(text) : refuse('request.not-found')
}

/** The form of an application: its own edition, with what its batch overrides (DESIGN §3). Throws where either is gone: both are referenced. */
export async function typeOf(db: Db, who: Who, editionId: string, batch: Batch): Promise<ApplicationType> {
  const catalogue = await catalogueOf(db, who, editionId)
  if (!catalogue.ok) throw new Error(`No edition ${editionId}`)
  return withOverrides(catalogue.value, batch.overrides)
}

/** What a person may hold already: 无 first, then every title under its series. */
const heldTitles: readonly Option[] = title.items.map(({ code, label, group }) => ({
  code,
  label,
  ...(group !== undefined && { group }),
}))

export type Point = Selectable<AcceptancePointTable>

const offerOf = (point: Point): AcceptancePointOffer => {
  const { id, label, region, accepts, address, phone, hours } = point
  return { id, label, region, accepts, address, phone, hours }
}

/** The columns of an account that a form shows or starts from. */
export interface AccountFacts {
  readonly fullName: string
  readonly idNumber: string
  readonly gender: string
  readonly birthDate: string
  readonly mobile: string
  readonly email: string
}

/**
 * The facts a form is filled and checked against: what the batch offers, the person, and today in Shanghai.
 * @param alsoPoint a 受理点 that is kept although it takes nothing new any more, so that old applications read
 */
export function factsOf(
  batch: Batch,
  account: AccountFacts,
  points: readonly Selectable<AcceptancePointTable>[],
  now: Date,
  alsoPoint: string | null = null,
): Facts {
  const { fullName, idNumber, gender, birthDate, mobile, email } = account
  return {
    today: dateInShanghai(now),
    account: { fullName, idNumber, gender, birthDate, mobile, email },
    batch: {
      batchName: batch.name,
      committeeName: batch.committeeName,
      specialties: batch.specialties,
      acceptancePoints: points.filter(({ active, id }) => active || id === alsoPoint).map(offerOf),
      heldTitles,
    },
  }
}

/** A batch as everybody may see it: what is needed to choose it, and to fill its form without a network. */
export function batchOffer(batch: Batch, points: readonly AcceptancePointOffer[]) {
  const { id, type, name, year, level, opensAt, closesAt, editionId, committeeName, hasDepartment, hasPublicity } =
    batch
  const { specialties, overrides, readingTextId, graceMinutes } = batch
  return {
    id,
    type,
    name,
    year,
    level,
    opensAt,
    closesAt,
    editionId,
    committeeName,
    hasDepartment,
    hasPublicity,
    specialties,
    overrides,
    readingTextId,
    graceMinutes,
    acceptancePoints: points,
    heldTitles,
  }
}

/** Open and recent batches (R20, R21, R50). */
export async function offeredBatches(db: Db, who: Who, now: Date) {
  const [batches, points] = await Promise.all([listBatches(db, who, now), listPoints(db, who, 'active')])
  const offers = points.map(offerOf)
  return batches.map((batch) => batchOffer(batch, offers))
}

export async function offeredBatch(db: Db, who: Who, id: string) {
  const [batch, points] = await Promise.all([findBatch(db, who, id), listPoints(db, who, 'active')])
  return batch ? ok(batchOffer(batch, points.map(offerOf))) : refuse('request.not-found')
}

/** The 受理点 with their contacts, for everybody (R113). */
export const directory = async (db: Db, who: Who) => (await listPoints(db, who, 'active')).map(offerOf)
