import { Hono } from 'hono'
import * as v from 'valibot'
import { certificateStepIds } from '#domain/lifecycle/certificate-steps.ts'
import { isRealDate } from '#domain/working-days.ts'
import { ok, refuse } from '#domain/problems.ts'
import { publicityColumns } from '#domain/rosters/publicity-columns.ts'
import { isReason } from '#domain/rules/reason.ts'
import type { Env, SignedEnv } from '#server/platform/environment.ts'
import { withRole } from '#server/platform/permit.ts'
import { downloadHeaders } from '#server/platform/download.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { SPREADSHEET, workbook } from '#server/platform/workbook.ts'
import {
  certificates,
  certify,
  changeDraft,
  confirmList,
  decideObjection,
  draftList,
  dropDraft,
  endIfPublished,
  listAsRows,
  lists,
  pickUp,
  publishedList,
  publishedLists,
  publishList,
  registerObjection,
  viewList,
} from './actions.ts'
import { daysOff, saveDaysOff } from './calendar.ts'

const uuid = v.pipe(v.string(), v.uuid())
const byId = param(v.object({ id: uuid }))
const short = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100))
const perhaps = v.pipe(v.string(), v.trim(), v.maxLength(100))
const long = v.pipe(v.string(), v.trim(), v.check(isReason), v.maxLength(1000))
const date = v.pipe(v.string(), v.check(isRealDate))
const words = v.object({ title: short, officeName: short, phone: short, email: perhaps, address: perhaps })
const instant = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
)
const whole = v.pipe(v.string(), v.regex(/^[1-9]\d{0,4}$/), v.transform(Number))

/** Names, reasons and contacts of those who object are for the office alone (T18). */
const deskRoutes = new Hono<SignedEnv>()
  .use(withRole('office'))
  .get('/', async (c) => respond(c, ok(await lists(c.var.platform.database.db, c.var.who))))
  .get('/end', async (c) => {
    const { database, clock } = c.var.platform
    return respond(c, ok(await endIfPublished(database.db, c.var.who, await clock.now(database.db))))
  })
  .post('/', json(v.object({ batchId: uuid, words })), async (c) => {
    const { batchId, words: said } = c.req.valid('json')
    return respond(c, await act(c, (ctx) => draftList(ctx, c.var.who, batchId, said)))
  })
  .get('/:id', byId, async (c) =>
    respond(c, await viewList(c.var.platform.database.db, c.var.who, c.req.valid('param').id)),
  )
  .get('/:id/workbook', byId, async (c) => {
    const made = await act(c, (ctx) => listAsRows(ctx, c.var.who, c.req.valid('param').id))
    if (!made.ok) return problem(made)
    const { title, rows } = made.value
    return c.body(workbook('公示名单', publicityColumns, rows), 200, downloadHeaders(`${title}.xlsx`, SPREADSHEET))
  })
  .patch(
    '/:id',
    byId,
    json(v.object({ words: v.optional(words), without: v.optional(v.pipe(v.array(uuid), v.maxLength(2000))) })),
    async (c) =>
      respond(c, await act(c, (ctx) => changeDraft(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .delete('/:id', byId, async (c) =>
    respond(c, await act(c, (ctx) => dropDraft(ctx, c.var.who, c.req.valid('param').id))),
  )
  .post('/:id/publish', byId, json(v.object({ endsAt: v.optional(instant) })), async (c) =>
    respond(c, await act(c, (ctx) => publishList(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').endsAt))),
  )
  .post('/:id/confirm', byId, json(v.object({ documentNumber: short })), async (c) =>
    respond(
      c,
      await act(c, (ctx) => confirmList(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json').documentNumber)),
    ),
  )
  .post(
    '/objections',
    json(v.object({ id: uuid, applicationId: uuid, objectorName: short, objectorContact: short, content: long })),
    async (c) => {
      const { applicationId, ...objection } = c.req.valid('json')
      return respond(c, await act(c, (ctx) => registerObjection(ctx, c.var.who, applicationId, objection)))
    },
  )
  .post('/objections/:id/decide', byId, json(v.object({ upheld: v.boolean(), opinion: long })), async (c) =>
    respond(c, await act(c, (ctx) => decideObjection(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )

/** 公示 for everybody, without a session (R111, E12); the office's desk is mounted before. */
export const publicityRoutes = new Hono<Env>()
  .route('/desk', deskRoutes)
  .get('/', query(v.object({ page: v.optional(whole, '1') })), async (c) =>
    respond(c, ok(await publishedLists(c.var.platform.database.db, c.var.who, c.req.valid('query').page, 20))),
  )
  .get('/:id', byId, async (c) =>
    respond(c, await publishedList(c.var.platform.database.db, c.var.who, c.req.valid('param').id)),
  )

const CERTIFICATES_A_PAGE = 100
const certificateFilter = v.object({
  batch: v.optional(uuid),
  step: v.optional(v.picklist(certificateStepIds)),
  q: v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100))),
  page: v.optional(whole, '1'),
})

/** Certificates: the office numbers them, the 受理点 hands them out. */
export const certificateRoutes = new Hono<SignedEnv>()
  .get('/', withRole('office', 'pointClerk', 'auditor'), query(certificateFilter), async (c) => {
    const filter = { ...c.req.valid('query'), pageSize: CERTIFICATES_A_PAGE }
    return respond(c, ok(await certificates(c.var.platform.database.db, c.var.who, filter)))
  })
  .post('/:id', withRole('office'), byId, json(v.object({ number: short, issuedOn: date })), async (c) =>
    respond(c, await act(c, (ctx) => certify(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .post('/:id/picked-up', withRole('office', 'pointClerk'), byId, json(v.object({ on: date, by: short })), async (c) =>
    respond(c, await act(c, (ctx) => pickUp(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )

/** Days off and days worked in exchange (A31): public as every calendar, written by the office and the administrator. */
export const calendarRoutes = new Hono<Env>()
  .get('/', query(v.object({ year: v.optional(whole) })), async (c) =>
    respond(c, ok(await daysOff(c.var.platform.database.db, c.var.who, c.req.valid('query').year))),
  )
  .route(
    '/',
    new Hono<SignedEnv>().put(
      '/:year',
      withRole('office', 'admin'),
      param(v.object({ year: v.pipe(v.string(), v.regex(/^20\d\d$/), v.transform(Number)) })),
      json(
        v.object({
          days: v.pipe(
            v.array(v.object({ day: date, kind: v.picklist(['holiday', 'workday']), name: perhaps })),
            v.maxLength(366),
          ),
        }),
      ),
      async (c) => {
        const { year } = c.req.valid('param')
        const { days } = c.req.valid('json')
        if (!days.every(({ day }) => day.startsWith(`${year}-`))) {
          return respond(c, refuse('request.invalid', undefined, { path: 'days' }))
        }
        return respond(c, await act(c, (ctx) => saveDaysOff(ctx, c.var.who, year, days)))
      },
    ),
  )
