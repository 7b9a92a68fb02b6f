import { labelOf } from '#domain/code-lists/index.ts'
import type { SpecialtyOffer } from '#domain/forms/answers.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { publicityColumns } from '#domain/rosters/publicity-columns.ts'
import type { TransitionId } from '#domain/lifecycle/transitions.ts'
import { isReason } from '#domain/rules/reason.ts'
import { dateInShanghai, publicityEnds } from '#domain/working-days.ts'
import { nameOf } from '#server/applications/actions/notice-params.ts'
import { applyTransition } from '#server/applications/actions/apply-transition.ts'
import type { TransitionInput } from '#server/applications/actions/lifecycle-facts.ts'
import { shownWithoutObjection } from '#server/applications/shown-state.ts'
import { getBatch } from '#server/batches/actions.ts'
import { notify } from '#server/notices/actions.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import { holidayCalendar } from './calendar.ts'
import {
  countPublished,
  type CertificateFilter,
  findCertificates,
  findCertified,
  findList,
  findListOf,
  findPassed,
  findPublished,
  hasOtherObjection,
  listEntries,
  listLists,
  listObjections,
  listPassed,
  listPublicNames,
  listPublished,
  listToTell,
  lockList,
  lockObjection,
  type PublicityList,
  releaseFailed,
} from './queries.ts'

type Db = Kysely<Database>

/** Specialty and title in words, as the batch offers them. */
function inWords<Row extends { specialties: SpecialtyOffer[]; specialty: string | null; targetTitle: string | null }>({
  specialties,
  ...row
}: Row) {
  const specialty = specialties.find(({ id }) => id === row.specialty)
  return {
    ...row,
    specialty: specialty?.label ?? row.specialty,
    targetTitle: specialty?.titles.find(({ id }) => id === row.targetTitle)?.label ?? row.targetTitle,
  }
}

const placeInWords = <Row extends { region: string | null; gender: string; exceptionType: string | null }>(
  row: Row,
) => ({
  ...row,
  region: row.region === null ? '' : labelOf('region', row.region),
  gender: labelOf('gender', row.gender),
  exceptionType: row.exceptionType === null || row.exceptionType === 'NORMAL' ? '' : '破格',
})

// ---- for everybody (R111, E12)

/** The head of a list without who drafted it. */
function headOf(list: NonNullable<Awaited<ReturnType<typeof findPublished>>>) {
  const { createdBy: _, createdAt: __, ...head } = list
  return head
}

/** Published lists, newest first. */
export async function publishedLists(db: Db, who: Who, page: number, pageSize: number) {
  const [items, total] = await Promise.all([
    listPublished(db, who, { limit: pageSize, offset: (page - 1) * pageSize }),
    countPublished(db, who),
  ])
  return { items: items.map(headOf), total, page, pages: Math.max(1, Math.ceil(total / pageSize)) }
}

/** One published list with its names (D8). Whoever is no longer entitled stands on it no more. */
export async function publishedList(db: Db, who: Who, id: string) {
  const list = await findPublished(db, who, id)
  if (!list) return refuse('request.not-found')
  const names = await listPublicNames(db, who, id)
  return ok({ ...headOf(list), names: names.map((row) => placeInWords(inWords(row))) })
}

// ---- for the office

export const lists = (db: Db, who: Signed) => listLists(db, who)

/**
 * A list as the office works on it: everybody on it with his state, and the objections. The person's own entry is told as he may know
 * it: none before it is published (A30), and nothing of an objection (T18).
 */
export async function viewList(db: Db, who: Signed, id: string) {
  const list = await findList(db, who, id)
  if (!list) return refuse('request.not-found')
  const [entries, objections] = await Promise.all([listEntries(db, who, id), listObjections(db, who, id)])
  const shown = entries
    .filter(({ own }) => !own || list.publishedAt !== null)
    .map(({ own, ...row }) => (own ? { ...row, state: shownWithoutObjection(row.state) } : row))
  return ok({ ...list, people: shown.map((row) => placeInWords(inWords(row))), objections })
}

/**
 * The list as a workbook (D8): a draft as it is, a published one with those who are still entitled, as everybody reads it. That it left
 * the house is on record.
 * @returns its name and its rows
 */
export async function listAsRows(ctx: Act, who: Signed, id: string) {
  const { db } = ctx
  const list = await findList(db, who, id)
  if (!list) return refuse('request.not-found')
  const names =
    list.publishedAt === null
      ? (await listEntries(db, who, id)).filter(({ own }) => !own)
      : await listPublicNames(db, who, id)
  const people = names.map((row) => placeInWords(inWords(row)))
  ctx.audit({ action: 'publicity.exported', subject: `list:${id}`, details: { published: list.publishedAt !== null } })
  return ok({
    title: list.title,
    rows: people.map((person, at) => publicityColumns.map(({ value }) => value(person, at + 1))),
  })
}

/** When a list would end if it were published now (A31). */
export async function endIfPublished(db: Db, who: Signed, now: Date) {
  return publicityEnds(now, await holidayCalendar(db, who))
}

export interface ListWords {
  readonly title: string
  readonly officeName: string
  readonly phone: string
  readonly email: string
  readonly address: string
}

/** A draft of a list: all of the batch who passed and stand on none. Refused: nobody waits for one. */
export async function draftList(
  ctx: Act,
  who: Signed,
  batchId: string,
  words: ListWords,
): Promise<Outcome<{ id: string }>> {
  const batch = await getBatch(ctx.db, who, batchId)
  if (!batch.ok) return batch
  if (!batch.value.hasPublicity || batch.value.type === 'reissue') return refuse('publicity.empty')
  const passed = await listPassed(ctx.db, who, batchId)
  if (passed.length === 0) return refuse('publicity.empty')
  const id = ctx.newId()
  await ctx.db
    .insertInto('publicityList')
    .values({
      id,
      batchId,
      ...words,
      publishedAt: null,
      endsAt: null,
      documentNumber: null,
      createdBy: who.accountId,
      createdAt: ctx.now,
    })
    .execute()
  await ctx.db
    .insertInto('publicityEntry')
    .values(passed.map(({ id: applicationId }) => ({ listId: id, applicationId })))
    .execute()
  ctx.audit({ action: 'publicity.drafted', subject: `list:${id}`, details: { batchId, entries: passed.length } })
  return ok({ id })
}

async function draftOf(ctx: Act, who: Signed, id: string): Promise<Outcome<PublicityList>> {
  const list = await lockList(ctx.db, who, id)
  if (!list) return refuse('request.not-found')
  return list.publishedAt === null ? ok(list) : refuse('publicity.published')
}

/** Changes the words of a draft, and takes people off it. */
export async function changeDraft(
  ctx: Act,
  who: Signed,
  id: string,
  change: { readonly words?: ListWords | undefined; readonly without?: readonly string[] | undefined },
): Promise<Outcome<undefined>> {
  const draft = await draftOf(ctx, who, id)
  if (!draft.ok) return draft
  if (change.words) await ctx.db.updateTable('publicityList').set(change.words).where('id', '=', id).execute()
  if (change.without && change.without.length > 0) {
    await ctx.db
      .deleteFrom('publicityEntry')
      .where('listId', '=', id)
      .where('applicationId', 'in', change.without)
      .execute()
  }
  return ok()
}

/** Throws a draft away; those on it wait for the next one. */
export async function dropDraft(ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> {
  const draft = await draftOf(ctx, who, id)
  if (!draft.ok) return draft
  await ctx.db.deleteFrom('publicityList').where('id', '=', id).execute()
  ctx.audit({ action: 'publicity.dropped', subject: `list:${id}` })
  return ok()
}

/**
 * Publishes a list: everybody on it enters the publicity until 24:00 of the fifth working day at the least (T17, E9, A31),
 * and who failed beside them is told now (T15).
 * @param endsAt a later end that the office wishes
 */
export async function publishList(
  ctx: Act,
  who: Signed,
  id: string,
  endsAt?: Date,
): Promise<Outcome<{ published: number; endsAt: Date }>> {
  const draft = await draftOf(ctx, who, id)
  if (!draft.ok) return draft
  const { batchId } = draft.value
  const shortest = (await endIfPublished(ctx.db, who, ctx.now)).endsAt
  const end = endsAt ?? shortest
  if (end < shortest) return refuse('application.publicity-running', undefined, { path: 'endsAt' })
  const entries = await listEntries(ctx.db, who, id)
  if (entries.length === 0) return refuse('publicity.empty')
  await ctx.db.updateTable('publicityList').set({ publishedAt: ctx.now, endsAt: end }).where('id', '=', id).execute()
  // Who was cancelled since the list was drafted is not published.
  const published = entries.filter(({ state }) => state !== 'CANCELLED').map((entry) => entry.id)
  for (const applicationId of published) {
    const done = await applyTransition(ctx, applicationId, 'publish', { publicityEndsAt: end })
    if (!done.ok) return done
  }
  await tellFailed(ctx, await releaseFailed(ctx.db, who, batchId, { published }))
  ctx.audit({ action: 'publicity.published', subject: `list:${id}`, details: { batchId, endsAt: end.toISOString() } })
  return ok({ published: published.length, endsAt: end })
}

/**
 * Takes a transition at a case. Where the last who passed in a session is cancelled before he is published, no list will tell those
 * who failed in it: they are told now (T15, T24).
 */
export async function takeTransition(
  ctx: Act,
  who: Signed,
  id: string,
  transition: TransitionId,
  input: TransitionInput,
): ReturnType<typeof applyTransition> {
  const before = transition === 'cancel' ? await findPassed(ctx.db, who, id) : undefined
  const done = await applyTransition(ctx, id, transition, input)
  if (done.ok && before) await tellFailed(ctx, await releaseFailed(ctx.db, who, before.batchId, { cancelled: [id] }))
  return done
}

/** Tells people that they failed (T15): from then on they see it (A30). */
async function tellFailed(ctx: Act, failed: Awaited<ReturnType<typeof listToTell>>): Promise<void> {
  for (const { id: applicationId, accountId, type, year } of failed) {
    await notify(ctx, {
      accountId,
      notice: 'failed',
      params: { application: `${nameOf({ type }, { year })}申报` },
      applicationId,
      link: `/applications/${applicationId}`,
      sms: true,
    })
  }
}

/** Those who failed in a session after which nobody is published: no list will tell them (T15). */
export async function tellWithoutList(ctx: Act, who: Signed, failed: readonly string[]): Promise<void> {
  if (failed.length > 0) await tellFailed(ctx, await listToTell(ctx.db, who, failed))
}

/**
 * Registers an objection with the real name of who objects, while the publicity runs (T18).
 * @param id made by who asks: asked again, because the answer did not come, it is one objection still
 */
export async function registerObjection(
  ctx: Act,
  who: Signed,
  applicationId: string,
  {
    id,
    ...objection
  }: { readonly id: string; readonly objectorName: string; readonly objectorContact: string; readonly content: string },
): Promise<Outcome<{ id: string }>> {
  const known = await lockObjection(ctx.db, who, id)
  if (known) return known.registeredBy === who.accountId ? ok({ id }) : refuse('request.not-found')
  if (!(await findListOf(ctx.db, who, applicationId))) return refuse('request.not-found')
  const done = await applyTransition(ctx, applicationId, 'registerObjection', { reason: objection.content })
  if (!done.ok) return done
  await ctx.db
    .insertInto('objection')
    .values({
      id,
      applicationId,
      ...objection,
      receivedAt: ctx.now,
      registeredBy: who.accountId,
      upheld: null,
      opinion: null,
      decidedBy: null,
      decidedAt: null,
    })
    .execute()
  return ok({ id })
}

/**
 * What came of an objection: the application goes on when none is left that is looked into, or is cancelled (T19). Where it was
 * cancelled meanwhile, only what was found is noted.
 */
export async function decideObjection(
  ctx: Act,
  who: Signed,
  id: string,
  decision: { readonly upheld: boolean; readonly opinion: string },
): Promise<Outcome<undefined>> {
  const objection = await lockObjection(ctx.db, who, id)
  if (!objection) return refuse('request.not-found')
  if (objection.accountId === who.accountId) return refuse('account.own-application')
  if (objection.upheld !== null) return refuse('application.handled-by-other')
  const { upheld, opinion } = decision
  if (!isReason(opinion)) return refuse('application.reason-required')
  const { applicationId } = objection
  const goesOn = !upheld && (await hasOtherObjection(ctx.db, who, objection))
  if (objection.state === 'OBJECTION' && !goesOn) {
    const transition = upheld ? 'upholdObjection' : 'dismissObjection'
    const done = await applyTransition(ctx, applicationId, transition, { reason: opinion })
    if (!done.ok) return done
  } else {
    // not at the application: who it is about reads what is written there
    ctx.audit({ action: 'publicity.objection-decided', subject: `objection:${id}`, details: { upheld } })
  }
  await ctx.db
    .updateTable('objection')
    .set({ upheld, opinion: opinion.trim(), decidedBy: who.accountId, decidedAt: ctx.now })
    .where('id', '=', id)
    .execute()
  return ok()
}

/** The period is over: everybody on the list without an open objection is confirmed under this 文号 (T20). */
export async function confirmList(
  ctx: Act,
  who: Signed,
  id: string,
  documentNumber: string,
): Promise<Outcome<{ confirmed: number; open: number }>> {
  const list = await lockList(ctx.db, who, id)
  if (!list) return refuse('request.not-found')
  const entries = await listEntries(ctx.db, who, id)
  const ready = entries.filter(({ state }) => state === 'PUBLICITY')
  if (list.publishedAt === null || ready.length === 0) return refuse('application.publicity-running')
  for (const { id: applicationId } of ready) {
    const done = await applyTransition(ctx, applicationId, 'confirm', { documentNumber })
    if (!done.ok) return done
  }
  await ctx.db.updateTable('publicityList').set({ documentNumber }).where('id', '=', id).execute()
  ctx.audit({ action: 'publicity.confirmed', subject: `list:${id}`, details: { confirmed: ready.length } })
  return ok({ confirmed: ready.length, open: entries.filter(({ state }) => state === 'OBJECTION').length })
}

// ---- certificates

/** A page of the certificates that the person may reach. */
export async function certificates(db: Db, who: Signed, filter: CertificateFilter) {
  const rows = await findCertificates(db, who, filter)
  return {
    pageSize: filter.pageSize,
    total: rows[0]?.total ?? 0,
    rows: rows.map(inWords),
  }
}

/** Gives a certificate its number and its day (T21). Refused: a number that another certificate carries. */
export async function certify(
  ctx: Act,
  _who: Signed,
  applicationId: string,
  certificate: { readonly number: string; readonly issuedOn: string },
): Promise<Outcome<undefined>> {
  const done = await applyTransition(ctx, applicationId, 'certify', { certificateNumber: certificate.number })
  if (!done.ok) return done
  await ctx.db
    .insertInto('certificate')
    .values({
      applicationId,
      number: certificate.number.trim(),
      issuedOn: certificate.issuedOn,
      pickedUpOn: null,
      pickedUpBy: null,
      createdAt: ctx.now,
    })
    .execute()
  return ok()
}

/** Notes who took a certificate, and when. What was noted once stands: another one who hands it out is told so. */
export async function pickUp(
  ctx: Act,
  who: Signed,
  applicationId: string,
  { on, by }: { readonly on: string; readonly by: string },
): Promise<Outcome<undefined>> {
  const found = await findCertified(ctx.db, who, applicationId)
  if (!found?.certificateNumber) return refuse('result.pick-up-missing')
  const today = dateInShanghai(ctx.now)
  if (on > today) return refuse('answer.in-future', { label: '领取日期', today }, { path: 'on' })
  const pickedUp = { pickedUpOn: on, pickedUpBy: by }
  // A certificate numbered at the case has no row of its own yet.
  const noted = await ctx.db
    .insertInto('certificate')
    .values({
      applicationId,
      number: found.certificateNumber,
      issuedOn: dateInShanghai(found.stateSince),
      createdAt: ctx.now,
      ...pickedUp,
    })
    .onConflict((conflict) =>
      conflict
        .column('applicationId')
        .doUpdateSet(pickedUp)
        .where((eb) =>
          eb.or([
            eb('certificate.pickedUpOn', 'is', null),
            eb.and([eb('certificate.pickedUpOn', '=', on), eb('certificate.pickedUpBy', '=', by)]),
          ]),
        ),
    )
    .returning('applicationId')
    .executeTakeFirst()
  if (!noted) return refuse('application.handled-by-other')
  ctx.audit({ action: 'certificate.picked-up', applicationId, details: { on } })
  return ok()
}
