import { Hono } from 'hono'
import * as v from 'valibot'
import { roles } from '#domain/lifecycle/roles.ts'
import { ok, refuse } from '#domain/problems.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import type { Limit } from '#server/platform/limits.ts'
import { withRole } from '#server/platform/permit.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param } from '#server/platform/validate.ts'
import {
  accessLog,
  createStaff,
  grantRole,
  sendFirstPassword,
  setLocked,
  staff,
  type StaffRole,
  withdrawRole,
} from './staff.ts'

const typed = v.pipe(v.string(), v.maxLength(200))
const uuid = v.pipe(v.string(), v.uuid())
const byId = param(v.object({ id: uuid }))
const staffRoles = (Object.keys(roles) as (keyof typeof roles)[]).filter(
  (role): role is StaffRole => role !== 'applicant',
)
const grant = {
  role: v.picklist(staffRoles),
  region: v.optional(v.pipe(v.string(), v.maxLength(20))),
  acceptancePoint: v.optional(v.pipe(v.string(), v.maxLength(100))),
}

/** Each sends an SMS, which costs. */
const firstPasswords: Limit = { name: 'account.first-password', atMost: 5, seconds: 86_400 }

/** 人员与权限: who works in the back office, and as what. The administrator decides nothing about applications. */
export const staffRoutes = new Hono<SignedEnv>()
  .use(withRole('admin'))
  .get('/', async (c) => respond(c, ok(await staff(c.var.platform.database.db, c.var.who))))
  .post('/', json(v.object({ idNumber: typed, fullName: typed, email: typed, mobile: typed, ...grant })), async (c) =>
    respond(c, await createStaff(c, c.req.valid('json'))),
  )
  .get('/:id/log', byId, async (c) =>
    respond(c, ok(await accessLog(c.var.platform.database.db, c.var.who, c.req.valid('param').id))),
  )
  .post('/:id/grants', byId, json(v.object(grant)), async (c) =>
    respond(c, await act(c, (ctx) => grantRole(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .delete('/:id/grants/:grantId', param(v.object({ id: uuid, grantId: uuid })), async (c) => {
    const { id, grantId } = c.req.valid('param')
    return respond(c, await act(c, (ctx) => withdrawRole(ctx, c.var.who, id, grantId)))
  })
  .post(
    '/:id/lock',
    byId,
    json(v.object({ locked: v.boolean(), reason: v.pipe(v.string(), v.trim(), v.maxLength(200)) })),
    async (c) =>
      respond(c, await act(c, (ctx) => setLocked(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .post('/:id/password', byId, async (c) => {
    const { id } = c.req.valid('param')
    const taken = await c.var.platform.limiter.take(firstPasswords, id)
    if (!taken.allowed) return problem(refuse('request.too-many', { seconds: taken.retryAfter }))
    return respond(c, await sendFirstPassword(c, c.var.who, id))
  })
