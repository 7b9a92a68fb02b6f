import { Hono } from 'hono'
import * as v from 'valibot'
import { titleLevels } from '#domain/code-lists/title-level.ts'
import { memberPositions, type MemberPosition } from '#domain/rules/committee.ts'
import { isRealDate } from '#domain/working-days.ts'
import { ok } from '#domain/problems.ts'
import { isReason } from '#domain/rules/reason.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { withRole } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param } from '#server/platform/validate.ts'
import {
  addCases,
  cancelSession,
  candidates,
  committees,
  confirmSession,
  openSession,
  recordBallot,
  saveCommittee,
  sessions,
  setAttendance,
  takeOffAgenda,
  viewSession,
  writeMinutes,
} from './actions.ts'

const uuid = v.pipe(v.string(), v.uuid())
const byId = param(v.object({ id: uuid }))
const words = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100))
const perhaps = v.pipe(v.string(), v.trim(), v.maxLength(100))
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999))

const committee = v.object({
  name: words,
  level: v.picklist(titleLevels),
  scope: v.picklist(['series', 'specialty']),
  active: v.boolean(),
  members: v.pipe(
    v.array(
      v.object({
        id: v.optional(uuid),
        fullName: words,
        employer: words,
        title: perhaps,
        position: v.picklist(Object.keys(memberPositions) as MemberPosition[]),
      }),
    ),
    v.maxLength(200),
  ),
})
const session = v.object({
  id: uuid,
  committeeId: uuid,
  batchId: uuid,
  name: words,
  heldOn: v.pipe(v.string(), v.check(isRealDate)),
})
const ballot = v.object({
  yes: count,
  no: count,
  abstain: count,
  opinion: v.optional(v.pipe(v.string(), v.maxLength(500)), ''),
  recused: v.optional(v.pipe(v.array(uuid), v.maxLength(200)), []),
})

const version = v.pipe(v.number(), v.integer(), v.minValue(0))
const takingOff = v.object({ reason: v.pipe(v.string(), v.trim(), v.check(isReason), v.maxLength(1000)), version })
const ofCase = param(v.object({ id: uuid, applicationId: uuid }))

/** Committees keep their files with the secretary; the office arranges, the auditor reads. Nobody else sees a ballot (§3.4). */
const reading = withRole('secretary', 'office', 'auditor')
const arranging = withRole('secretary', 'office')
const recording = withRole('secretary')

export const committeeRoutes = new Hono<SignedEnv>()
  .get('/', reading, async (c) => respond(c, ok(await committees(c.var.platform.database.db, c.var.who))))
  .post('/', arranging, json(committee), async (c) =>
    respond(c, await act(c, (ctx) => saveCommittee(ctx, c.var.who, null, c.req.valid('json')))),
  )
  .get('/sessions', reading, async (c) => respond(c, ok(await sessions(c.var.platform.database.db, c.var.who))))
  .post('/sessions', arranging, json(session), async (c) =>
    respond(c, await act(c, (ctx) => openSession(ctx, c.var.who, c.req.valid('json')))),
  )
  .get('/sessions/:id', reading, byId, async (c) =>
    respond(c, await viewSession(c.var.platform.database.db, c.var.who, c.req.valid('param').id)),
  )
  .delete('/sessions/:id', arranging, byId, async (c) =>
    respond(c, await act(c, (ctx) => cancelSession(ctx, c.var.who, c.req.valid('param').id))),
  )
  .get('/sessions/:id/candidates', arranging, byId, async (c) =>
    respond(c, await candidates(c.var.platform.database.db, c.var.who, c.req.valid('param').id)),
  )
  .post(
    '/sessions/:id/cases',
    arranging,
    byId,
    json(v.object({ applicationIds: v.pipe(v.array(uuid), v.minLength(1), v.maxLength(500)) })),
    async (c) =>
      respond(
        c,
        await act(c, (ctx) => addCases(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').applicationIds)),
      ),
  )
  .put(
    '/sessions/:id/attendance',
    recording,
    byId,
    json(v.object({ memberId: uuid, present: v.boolean() })),
    async (c) =>
      respond(c, await act(c, (ctx) => setAttendance(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .put('/sessions/:id/cases/:applicationId', recording, ofCase, json(ballot), async (c) => {
    const { id, applicationId } = c.req.valid('param')
    return respond(c, await act(c, (ctx) => recordBallot(ctx, c.var.who, id, applicationId, c.req.valid('json'))))
  })
  .post('/sessions/:id/cases/:applicationId/take-off', arranging, ofCase, json(takingOff), async (c) => {
    const { id, applicationId } = c.req.valid('param')
    return respond(c, await act(c, (ctx) => takeOffAgenda(ctx, c.var.who, id, applicationId, c.req.valid('json'))))
  })
  .put(
    '/sessions/:id/minutes',
    recording,
    byId,
    json(v.object({ minutes: v.pipe(v.string(), v.maxLength(10_000)), version })),
    async (c) =>
      respond(c, await act(c, (ctx) => writeMinutes(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .post('/sessions/:id/confirm', recording, byId, json(v.object({ chairId: uuid })), async (c) =>
    respond(
      c,
      await act(c, (ctx) => confirmSession(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').chairId)),
    ),
  )
  .put('/:id', arranging, byId, json(committee), async (c) =>
    respond(c, await act(c, (ctx) => saveCommittee(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
