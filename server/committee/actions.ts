import type { TitleLevel } from '#domain/code-lists/title-level.ts'
import { ballotOf, conflicted, hasQuorum, mayChair, type MemberPosition } from '#domain/rules/committee.ts'
import { committeeAdvice, votesDecide } from '#domain/rules/voting.ts'
import { guards } from '#domain/lifecycle/guards.ts'
import { decidedStates, type State } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { applyTransition } from '#server/applications/actions/apply-transition.ts'
import { getBatch } from '#server/batches/actions.ts'
import { tellWithoutList } from '#server/publicity/actions.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import {
  countCases,
  findSession,
  isNameTaken,
  listCandidates,
  listCases,
  listCommittees,
  listMembers,
  listRecusals,
  listSessionMembers,
  listSessions,
  lockCommittee,
  lockSession,
  type Session,
} from './queries.ts'

type Db = Kysely<Database>

export interface CommitteeSettings {
  readonly name: string
  readonly level: TitleLevel
  readonly scope: 'series' | 'specialty'
  readonly active: boolean
  readonly members: readonly {
    readonly id?: string | undefined
    readonly fullName: string
    readonly employer: string
    readonly title: string
    readonly position: MemberPosition
  }[]
}

/** All committees with who sits in them, and what is unusual about how they are made up (§3.6). */
export async function committees(db: Db, who: Signed) {
  const [all, members] = await Promise.all([listCommittees(db, who), listMembers(db, who)])
  return all.map((committee) => {
    const own = members.filter(({ committeeId }) => committeeId === committee.id)
    const { id, name, level, scope, active } = committee
    return {
      id,
      name,
      level: level as TitleLevel,
      scope,
      active,
      members: own.map(({ id: memberId, fullName, employer, title, position }) => ({
        id: memberId,
        fullName,
        employer,
        title,
        position,
      })),
      advice: committeeAdvice({ members: own.length, level: level as TitleLevel, scope }),
    }
  })
}

/** Writes a committee and its members; who is no longer named leaves it, and stays in the sessions he sat in. */
export async function saveCommittee(
  ctx: Act,
  who: Signed,
  id: string | null,
  settings: CommitteeSettings,
): Promise<Outcome<{ id: string }>> {
  const committeeId = id ?? ctx.newId()
  const { name, level, scope, active } = settings
  if (await isNameTaken(ctx.db, who, name, committeeId)) {
    return refuse('answer.duplicate', { label: '评委会名称' }, { path: 'name' })
  }
  if (id === null) {
    await ctx.db
      .insertInto('committee')
      .values({ id: committeeId, name, level, scope, active, createdAt: ctx.now })
      .execute()
  } else {
    if (!(await lockCommittee(ctx.db, who, id))) return refuse('request.not-found')
    await ctx.db.updateTable('committee').set({ name, level, scope, active }).where('id', '=', id).execute()
  }
  const known = new Set((await listMembers(ctx.db, who, committeeId)).map((one) => one.id))
  await ctx.db.updateTable('committeeMember').set({ active: false }).where('committeeId', '=', committeeId).execute()
  for (const [place, { id: memberId, ...member }] of settings.members.entries()) {
    if (memberId !== undefined && known.has(memberId)) {
      const change = { ...member, place, active: true }
      await ctx.db.updateTable('committeeMember').set(change).where('id', '=', memberId).execute()
    } else {
      await ctx.db
        .insertInto('committeeMember')
        .values({ id: ctx.newId(), committeeId, place, active: true, ...member })
        .execute()
    }
  }
  ctx.audit({ action: 'committee.saved', subject: `committee:${committeeId}` })
  return ok({ id: committeeId })
}

/** Sessions, the latest first. */
export const sessions = async (db: Db, who: Signed) =>
  (await listSessions(db, who)).map(({ cases, ...session }) => ({ ...session, cases: Number(cases ?? 0) }))

export interface SessionWish {
  readonly committeeId: string
  readonly batchId: string
  readonly name: string
  readonly heldOn: string
}

/**
 * A session of a committee for a batch, with its members as they are today. Refused: nobody sits in the committee.
 * @param id made by who asks: asked again, because the answer did not come, it is one session still
 */
export async function openSession(
  ctx: Act,
  who: Signed,
  { id, ...wish }: SessionWish & { readonly id: string },
): Promise<Outcome<{ id: string }>> {
  const batch = await getBatch(ctx.db, who, wish.batchId)
  if (!batch.ok) return batch
  // locked: of two that come at once the second finds what the first has made
  if (!(await lockCommittee(ctx.db, who, wish.committeeId))) return refuse('request.not-found')
  const known = await findSession(ctx.db, who, id)
  if (known) {
    if (known.createdBy !== who.accountId) return refuse('request.not-found')
    const same = (Object.keys(wish) as (keyof SessionWish)[]).every((key) => known[key] === wish[key])
    return same ? ok({ id }) : refuse('committee.session-arranged')
  }
  const members = await listMembers(ctx.db, who, wish.committeeId)
  if (members.length === 0) {
    return refuse('application.votes-invalid', { reason: '评委会没有组成人员' }, { path: 'committeeId' })
  }
  await ctx.db
    .insertInto('committeeSession')
    .values({
      id,
      ...wish,
      chairId: null,
      confirmedAt: null,
      confirmedBy: null,
      createdBy: who.accountId,
      createdAt: ctx.now,
    })
    .execute()
  await ctx.db
    .insertInto('sessionMember')
    .values(
      members.map(({ id: memberId, fullName, employer, position, place }) => ({
        sessionId: id,
        memberId,
        fullName,
        employer,
        position,
        place,
      })),
    )
    .execute()
  ctx.audit({ action: 'committee.session-opened', subject: `session:${id}`, details: { batchId: wish.batchId } })
  return ok({ id })
}

/** A session with its members, its agenda and what each ballot means. Ballots of one's own application are not shown. */
export async function viewSession(db: Db, who: Signed, id: string) {
  const session = await findSession(db, who, id)
  if (!session) return refuse('request.not-found')
  const batch = await getBatch(db, who, session.batchId)
  if (!batch.ok) return batch
  const [members, cases, recusals] = await Promise.all([
    listSessionMembers(db, who, id),
    listCases(db, who, id),
    listRecusals(db, who, id),
  ])
  const { specialties } = batch.value
  return ok({
    id,
    name: session.name,
    heldOn: session.heldOn,
    batchId: session.batchId,
    batchName: batch.value.name,
    minutes: session.minutes,
    minutesVersion: session.minutesVersion,
    chairId: session.chairId,
    confirmedAt: session.confirmedAt,
    quorum: hasQuorum(members),
    members: members.map(({ memberId, fullName, employer, position, present }) => ({
      memberId,
      fullName,
      employer,
      position,
      present,
    })),
    cases: cases.map(({ yes, no, abstain, accountId, ...one }) => {
      const recused = recusals.flatMap((two) => (two.applicationId === one.applicationId ? [two.memberId] : []))
      const own = accountId === who.accountId
      const counted = !own && yes !== null && no !== null && abstain !== null ? { yes, no, abstain } : null
      const ballot = ballotOf(members, recused, counted ?? { yes: 0, no: 0, abstain: 0 })
      const decided = counted && votesDecide(ballot)
      const specialty = specialties.find((two) => two.id === one.specialty)
      return {
        ...one,
        opinion: own ? '' : one.opinion,
        state: own ? ('COMMITTEE' as const) : one.state,
        specialty: specialty?.label ?? one.specialty,
        targetTitle: specialty?.titles.find((two) => two.id === one.targetTitle)?.label ?? one.targetTitle,
        recused,
        mustAvoid: conflicted(members, one).map(({ memberId }) => memberId),
        attending: ballot.attending,
        votes: counted,
        result: decided?.ok ? decided.value : null,
      }
    }),
  })
}

/** What can be put on the agenda: papers are in, a committee decides, and no session has it yet (T13). */
export async function candidates(db: Db, who: Signed, id: string) {
  const session = await findSession(db, who, id)
  if (!session) return refuse('request.not-found')
  return ok(await listCandidates(db, who, session.batchId))
}

/** A session that is not sealed yet, locked. */
async function openOne(ctx: Act, who: Signed, id: string): Promise<Outcome<Session>> {
  const session = await lockSession(ctx.db, who, id)
  if (!session) return refuse('request.not-found')
  return session.confirmedAt === null ? ok(session) : refuse('committee.confirmed')
}

/** Calls a session off. Refused once something stands on its agenda: what is to be decided is taken off first (T23). */
export async function cancelSession(ctx: Act, who: Signed, id: string): Promise<Outcome<undefined>> {
  const session = await openOne(ctx, who, id)
  if (!session.ok) return session
  if ((await countCases(ctx.db, who, id)) > 0) return refuse('committee.agenda-not-empty')
  await ctx.db.deleteFrom('committeeSession').where('id', '=', id).execute()
  const { committeeId, batchId, heldOn } = session.value
  const details = { committeeId, batchId, heldOn }
  ctx.audit({ action: 'committee.session-cancelled', subject: `session:${id}`, details })
  return ok()
}

/** Puts applications on the agenda; each goes to the committee by it (T13). Those that stand on it already stay there. */
export async function addCases(
  ctx: Act,
  who: Signed,
  id: string,
  applicationIds: readonly string[],
): Promise<Outcome<undefined>> {
  const session = await openOne(ctx, who, id)
  if (!session.ok) return session
  const there = new Set((await listCases(ctx.db, who, id)).map((one) => one.applicationId))
  const added = [...new Set(applicationIds)].filter((one) => !there.has(one))
  if (added.length === 0) return ok()
  const allowed = new Set((await listCandidates(ctx.db, who, session.value.batchId)).map((one) => one.id))
  if (added.some((one) => !allowed.has(one))) return refuse('application.handled-by-other')
  const before = await countCases(ctx.db, who, id)
  await ctx.db
    .insertInto('sessionCase')
    .values(
      added.map((applicationId, at) => ({
        applicationId,
        sessionId: id,
        place: before + at + 1,
        yes: null,
        no: null,
        abstain: null,
      })),
    )
    .execute()
  for (const applicationId of added) {
    const done = await applyTransition(ctx, applicationId, 'assignToCommittee', {})
    if (!done.ok) return done
  }
  return ok()
}

/**
 * Takes an application off the agenda before anything was voted on it: it waits again as it did before (T23). What was cancelled
 * meanwhile leaves the agenda and stays cancelled.
 * @param version of the application as who asks has seen it
 */
export async function takeOffAgenda(
  ctx: Act,
  who: Signed,
  id: string,
  applicationId: string,
  { reason, version }: { readonly reason: string; readonly version: number },
): Promise<Outcome<undefined>> {
  const session = await openOne(ctx, who, id)
  if (!session.ok) return session
  const found = (await listCases(ctx.db, who, id)).find((one) => one.applicationId === applicationId)
  if (!found) return refuse('request.not-found')
  if (found.accountId === who.accountId) return refuse('account.own-application')
  const cancelled = found.state === 'CANCELLED'
  if (cancelled) {
    const bound = guards.noBallotNoted({ ballotNoted: found.yes !== null })
    if (bound) return bound
  } else {
    const done = await applyTransition(ctx, applicationId, 'takeOffAgenda', { reason, version })
    if (!done.ok) return done
  }
  await ctx.db.deleteFrom('sessionCase').where('applicationId', '=', applicationId).execute()
  await ctx.db
    .updateTable('sessionCase')
    .set((eb) => ({ place: eb('place', '-', 1) }))
    .where('sessionId', '=', id)
    .where('place', '>', found.place)
    .execute()
  // at the session: whom it is about reads what stands at his application
  ctx.audit({
    action: 'committee.taken-off',
    subject: `session:${id}`,
    details: { applicationId, ...(cancelled && { reason }) },
  })
  return ok()
}

/**
 * Whether a member is there; each by himself, so that two who tick undo nothing of one another. Absentees cannot delegate or vote
 * later, so ballots already counted are judged again by the new attendance.
 */
export async function setAttendance(
  ctx: Act,
  who: Signed,
  id: string,
  { memberId, present }: { readonly memberId: string; readonly present: boolean },
): Promise<Outcome<undefined>> {
  const session = await openOne(ctx, who, id)
  if (!session.ok) return session
  const member = (await listSessionMembers(ctx.db, who, id)).find((one) => one.memberId === memberId)
  if (!member) return refuse('request.not-found')
  if (member.present === present) return ok()
  await ctx.db
    .updateTable('sessionMember')
    .set({ present })
    .where('sessionId', '=', id)
    .where('memberId', '=', memberId)
    .execute()
  ctx.audit({ action: 'committee.attendance', subject: `session:${id}`, details: { memberId, present } })
  return ok()
}

export interface Ballot {
  readonly yes: number
  readonly no: number
  readonly abstain: number
  readonly opinion: string
  /** members who stay away from this application */
  readonly recused: readonly string[]
}

/**
 * Notes the secret ballot on one application as it was counted (E10). Refused: numbers that cannot be, and a present member
 * who has to stay away and is not noted as doing so (E11).
 */
export async function recordBallot(
  ctx: Act,
  who: Signed,
  id: string,
  applicationId: string,
  ballot: Ballot,
): Promise<Outcome<undefined>> {
  const session = await openOne(ctx, who, id)
  if (!session.ok) return session
  const members = await listSessionMembers(ctx.db, who, id)
  const found = (await listCases(ctx.db, who, id)).find((one) => one.applicationId === applicationId)
  if (!found) return refuse('request.not-found')
  const recused = [...new Set(ballot.recused)].filter((one) => members.some(({ memberId }) => memberId === one))
  const avoids = conflicted(members, found).find((one) => one.present && !recused.includes(one.memberId))
  if (avoids) return refuse('committee.member-avoids', { member: avoids.fullName })
  const { yes, no, abstain, opinion } = ballot
  const decided = votesDecide(ballotOf(members, recused, { yes, no, abstain }))
  if (!decided.ok) return decided
  await ctx.db
    .updateTable('sessionCase')
    .set({ yes, no, abstain, opinion: opinion.trim() })
    .where('applicationId', '=', applicationId)
    .execute()
  await ctx.db.deleteFrom('sessionRecusal').where('applicationId', '=', applicationId).execute()
  if (recused.length > 0) {
    await ctx.db
      .insertInto('sessionRecusal')
      .values(recused.map((memberId) => ({ applicationId, memberId })))
      .execute()
  }
  ctx.audit({ action: 'committee.ballot', applicationId, details: { sessionId: id, yes, no, abstain } })
  return ok()
}

/**
 * Writes the minutes over the version that who writes has seen. Refused where somebody else has written since; the same words once
 * more are no other ones.
 */
export async function writeMinutes(
  ctx: Act,
  who: Signed,
  id: string,
  { minutes, version }: { readonly minutes: string; readonly version: number },
): Promise<Outcome<{ version: number }>> {
  const session = await openOne(ctx, who, id)
  if (!session.ok) return session
  const { minutes: before, minutesVersion } = session.value
  if (minutes === before) return ok({ version: minutesVersion })
  if (version !== minutesVersion) return refuse('committee.minutes-changed')
  const next = minutesVersion + 1
  await ctx.db.updateTable('committeeSession').set({ minutes, minutesVersion: next }).where('id', '=', id).execute()
  ctx.audit({ action: 'committee.minutes-written', subject: `session:${id}`, details: { version: next } })
  return ok({ version: next })
}

interface Results {
  readonly passed: number
  readonly failed: number
}

/** What came of a session that is sealed, as far as nobody was cancelled since. */
function resultsOf(cases: readonly { readonly state: State }[]): Results {
  const decided = cases.filter(({ state }) => decidedStates.includes(state))
  const failed = decided.filter(({ state }) => state === 'FAILED').length
  return { passed: decided.length - failed, failed }
}

/**
 * The chair confirms what was decided: the ballots are sealed, and each application passes or fails by them (T15). All of it
 * or nothing. Refused: a ballot missing or no longer possible, or a chair who was not there. Confirmed once more by the same person
 * with the same chair, because the answer did not come, it is told again what came of it. Where all were cancelled meanwhile the
 * ballots are sealed none the less.
 */
export async function confirmSession(ctx: Act, who: Signed, id: string, chairId: string): Promise<Outcome<Results>> {
  const session = await lockSession(ctx.db, who, id)
  if (!session) return refuse('request.not-found')
  const cases = await listCases(ctx.db, who, id)
  if (session.confirmedAt !== null) {
    const again = session.confirmedBy === who.accountId && session.chairId === chairId
    return again ? ok(resultsOf(cases)) : refuse('committee.confirmed')
  }
  const members = await listSessionMembers(ctx.db, who, id)
  const chair = members.find(({ memberId }) => memberId === chairId)
  if (!chair?.present || !mayChair(chair.position)) return refuse('committee.chair-absent')
  if (cases.length === 0) return refuse('committee.agenda-empty')
  const open = cases.filter(({ state }) => state === 'COMMITTEE')
  const missing = open.filter(({ yes }) => yes === null).length
  if (missing > 0) return refuse('committee.votes-missing', { count: missing })
  const recusals = await listRecusals(ctx.db, who, id)
  await ctx.db
    .updateTable('committeeSession')
    .set({ chairId, confirmedAt: ctx.now, confirmedBy: who.accountId })
    .where('id', '=', id)
    .execute()
  const batch = await getBatch(ctx.db, who, session.batchId)
  if (!batch.ok) return batch
  const results = { passed: 0, failed: 0 }
  const failed: string[] = []
  for (const { applicationId, yes, no, abstain } of open) {
    const recused = recusals.flatMap((one) => (one.applicationId === applicationId ? [one.memberId] : []))
    const decided = votesDecide(ballotOf(members, recused, { yes: yes!, no: no!, abstain: abstain! }))
    if (!decided.ok) return decided
    const done = await applyTransition(
      ctx,
      applicationId,
      decided.value === 'passed' ? 'passCommittee' : 'failCommittee',
      {},
    )
    if (!done.ok) return done
    results[decided.value]++
    if (decided.value === 'failed') failed.push(applicationId)
  }
  if (results.passed === 0 || !batch.value.hasPublicity) await tellWithoutList(ctx, who, failed)
  ctx.audit({ action: 'committee.confirmed', subject: `session:${id}`, details: results })
  return ok(results)
}
