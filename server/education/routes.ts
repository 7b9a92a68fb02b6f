import { Hono } from 'hono'
import * as v from 'valibot'
import { cellValueSchema } from '#domain/forms/schema.ts'
import { ok, refuse } from '#domain/problems.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { bodyFor, contentKey } from '#server/platform/files/file-store.ts'
import { guarded } from '#server/platform/files/guarded.ts'
import { signedIn, withRole } from '#server/platform/permit.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { decideEducationChange, recordsOf, requestEducationChange } from './actions.ts'
import { findProof, listChanges, listOwnChanges } from './queries.ts'

const uuid = v.pipe(v.string(), v.uuid())
const whole = v.pipe(v.string(), v.regex(/^\d{1,6}$/), v.transform(Number), v.minValue(1))
const fieldId = v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9]{0,40}$/))

const changeRequest = v.object({
  id: uuid,
  rowId: uuid,
  proposed: v.record(fieldId, cellValueSchema),
  reason: v.pipe(v.string(), v.maxLength(500)),
  proof: v.array(
    v.object({
      id: uuid,
      uploadId: v.pipe(v.string(), v.maxLength(80)),
      name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
      sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)),
    }),
  ),
})

const changesQuery = v.object({
  state: v.optional(v.picklist(['pending', 'approved', 'rejected'])),
  page: v.optional(whole, '1'),
  pageSize: v.optional(v.pipe(whole, v.maxValue(200)), '50'),
})

const decision = v.object({ approve: v.boolean(), opinion: v.pipe(v.string(), v.maxLength(500)) })

/** A person's education over the years, and 申请修改学历 (R65–R67). */
export const educationRoutes = new Hono<SignedEnv>()
  .use(signedIn)
  .get('/', async (c) => {
    const { db } = c.var.platform.database
    const [records, changes] = await Promise.all([
      recordsOf(db, c.var.who, c.var.who.accountId),
      listOwnChanges(db, c.var.who),
    ])
    return respond(c, ok({ records, changes }))
  })
  .post('/changes', json(changeRequest), async (c) =>
    respond(c, await act(c, (ctx) => requestEducationChange(ctx, c.var.who, c.req.valid('json')))),
  )
  .get('/changes/:id/proof/:fileId', param(v.object({ id: uuid, fileId: uuid })), async (c) => {
    const { database, files } = c.var.platform
    const { id, fileId } = c.req.valid('param')
    const proof = await findProof(database.db, c.var.who, id, fileId)
    if (!proof) return problem(refuse('request.not-found'))
    // Before the file is open, and not for a HEAD: every opening is on record (E14).
    if (c.req.method !== 'HEAD') {
      await act(c, async (ctx) => {
        ctx.audit({ action: 'education.proof-opened', subject: `education-change:${id}`, details: { fileId } })
        return ok()
      })
    }
    const stored = await bodyFor(c.req, files, contentKey(proof.sha256))
    if (!stored) throw new Error(`The bytes of proof ${fileId} are gone`)
    return c.body(stored.stream, 200, {
      ...guarded,
      'content-type': 'application/pdf',
      'content-length': String(stored.length),
      'content-disposition': 'inline',
    })
  })
  .get('/changes', withRole('office'), query(changesQuery), async (c) => {
    const { page, pageSize, state } = c.req.valid('query')
    const rows = await listChanges(c.var.platform.database.db, c.var.who, { state, page, pageSize })
    return respond(c, ok({ rows, total: rows[0]?.total ?? 0, page, pageSize }))
  })
  .post('/changes/:id/decide', withRole('office'), param(v.object({ id: uuid })), json(decision), async (c) =>
    respond(
      c,
      await act(c, (ctx) => decideEducationChange(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json'))),
    ),
  )
