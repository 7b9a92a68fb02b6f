import { Hono } from 'hono'
import * as v from 'valibot'
import { ENTRIES_AT_MOST, officeListIds } from '#domain/code-lists/office-lists.ts'
import { ok } from '#domain/problems.ts'
import { READING_BODY_AT_MOST, readingKinds } from '#domain/rules/reading-text.ts'
import type { Env, SignedEnv } from '#server/platform/environment.ts'
import { withRole } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param } from '#server/platform/validate.ts'
import { allPoints, changePoint, openPoint } from './acceptance-points.ts'
import { catalogueOf, directory, offeredBatch, offeredBatches } from './actions.ts'
import { dictionaries, renewBatches, writeList } from './code-lists.ts'
import { changeReadingText, openReadingText, readingTextsOnDesk, writeNewReadingText } from './reading-texts.ts'
import { batchCalendar, batchDays, createBatch, updateBatch } from './settings.ts'

const byId = v.object({ id: v.pipe(v.string(), v.uuid()) })
const byName = v.object({ id: v.pipe(v.string(), v.regex(/^[a-z]+@[\w.-]{1,60}$/)) })

const instant = v.pipe(
  v.string(),
  v.isoTimestamp(),
  v.transform((text) => new Date(text)),
)
const short = v.pipe(v.string(), v.trim(), v.maxLength(100))
const byItem = <Value extends v.GenericSchema>(value: Value) =>
  v.pipe(
    v.record(v.pipe(v.string(), v.maxLength(100)), value),
    v.check((all) => Object.keys(all).length <= 500),
  )
const overrides = v.object({
  required: v.exactOptional(byItem(v.boolean())),
  atMost: v.exactOptional(byItem(v.number())),
  hints: v.exactOptional(byItem(v.pipe(v.string(), v.maxLength(500)))),
  helps: v.exactOptional(byItem(v.pipe(v.string(), v.maxLength(2000)))),
})
const settings = {
  type: v.picklist(['initial', 'review', 'reissue']),
  name: short,
  year: v.pipe(v.number(), v.integer(), v.minValue(2000), v.maxValue(2100)),
  level: v.nullable(short),
  opensAt: instant,
  closesAt: v.nullable(instant),
  committeeName: short,
  hasDepartment: v.boolean(),
  hasPublicity: v.boolean(),
  recognitionByApproval: v.boolean(),
  graceMinutes: v.number(),
  specialties: v.pipe(
    v.array(v.object({ id: short, titles: v.pipe(v.array(short), v.maxLength(20)) })),
    v.maxLength(300),
  ),
  readingTextId: v.exactOptional(v.pipe(v.string(), v.uuid())),
}

/** The batches as the office keeps them: mounted before the public ones. */
const deskRoutes = new Hono<SignedEnv>()
  .get('/', withRole('office', 'secretary', 'auditor', 'admin'), async (c) =>
    respond(c, ok(await batchCalendar(c.var.platform.database.db, c.var.who))),
  )
  .post('/', withRole('office'), json(v.object({ ...settings, overrides: v.optional(overrides, {}) })), async (c) =>
    respond(c, await act(c, (ctx) => createBatch(ctx, c.var.who, c.req.valid('json')))),
  )
  .patch('/:id', withRole('office'), param(byId), json(v.partial(v.object({ ...settings, overrides }))), async (c) =>
    respond(c, await act(c, (ctx) => updateBatch(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .get('/:id/days', withRole('office', 'secretary', 'auditor', 'admin'), param(byId), async (c) =>
    respond(c, ok(await batchDays(c.var.platform.database.db, c.var.who, c.req.valid('param').id))),
  )

/** Public data: what can be applied for, and where. */
export const batchRoutes = new Hono<Env>()
  .route('/desk', deskRoutes)
  .get('/', async (c) => {
    const { database, clock } = c.var.platform
    return respond(c, ok(await offeredBatches(database.db, c.var.who, await clock.now(database.db))))
  })
  .get('/:id', param(byId), async (c) =>
    respond(c, await offeredBatch(c.var.platform.database.db, c.var.who, c.req.valid('param').id)),
  )

/** Catalogues by name. The name is made from the content, so an answer is good for ever (DESIGN §3). */
export const editionRoutes = new Hono<Env>().get('/:id', param(byName), async (c) => {
  const found = await catalogueOf(c.var.platform.database.db, c.var.who, c.req.valid('param').id)
  const answer = respond(c, found)
  if (found.ok) answer.headers.set('cache-control', 'public, max-age=31536000, immutable')
  return answer
})

const filled = (atMost: number) => v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(atMost))
const point = {
  label: filled(100),
  accepts: filled(200),
  address: filled(200),
  phone: filled(50),
  hours: filled(100),
}

/** The directory as the office keeps it. */
const pointRoutes = new Hono<SignedEnv>()
  .use(withRole('office', 'admin'))
  .get('/', async (c) => respond(c, ok(await allPoints(c.var.platform.database.db, c.var.who))))
  .post('/', json(v.object({ region: filled(20), ...point })), async (c) =>
    respond(c, await act(c, (ctx) => openPoint(ctx, c.var.who, c.req.valid('json')))),
  )
  .patch(
    '/:id',
    param(v.object({ id: filled(100) })),
    json(v.partial(v.object({ ...point, active: v.boolean() }))),
    async (c) =>
      respond(c, await act(c, (ctx) => changePoint(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )

/** 受理点 and their contacts (R113). */
export const directoryRoutes = new Hono<Env>()
  .route('/desk', pointRoutes)
  .get('/', async (c) => respond(c, ok(await directory(c.var.platform.database.db, c.var.who))))

const entry = v.object({
  code: v.exactOptional(short),
  label: v.pipe(v.string(), v.maxLength(200)),
  offered: v.boolean(),
  series: v.exactOptional(short),
  level: v.exactOptional(short),
})

/** The lists that the office keeps from year to year. */
export const dictionaryRoutes = new Hono<SignedEnv>()
  .use(withRole('office', 'admin'))
  .get('/', async (c) => {
    const { database, clock } = c.var.platform
    return respond(c, ok(await dictionaries(database.db, c.var.who, await clock.now(database.db))))
  })
  .put(
    '/:list',
    param(v.object({ list: v.picklist(officeListIds) })),
    json(
      v.object({
        version: v.pipe(v.number(), v.integer(), v.minValue(0)),
        items: v.pipe(v.array(entry), v.maxLength(ENTRIES_AT_MOST)),
      }),
    ),
    async (c) =>
      respond(c, await act(c, (ctx) => writeList(ctx, c.var.who, c.req.valid('param').list, c.req.valid('json')))),
  )
  .post('/renew-batches', async (c) => respond(c, await act(c, (ctx) => renewBatches(ctx, c.var.who))))

// Longer than the rule allows, so that the rule says how much too long a text is.
const words = {
  title: v.pipe(v.string(), v.maxLength(1000)),
  body: v.pipe(v.string(), v.maxLength(READING_BODY_AT_MOST * 4)),
}
const textId = param(v.object({ textId: v.union([v.picklist(readingKinds), v.pipe(v.string(), v.uuid())]) }))
const batchReaders = ['office', 'secretary', 'auditor', 'admin'] as const

/** The texts that are read before an application starts (R28–R30), for those who see the batches; the office writes them. */
export const readingTextRoutes = new Hono<SignedEnv>()
  .get('/', withRole(...batchReaders), async (c) =>
    respond(c, ok(await readingTextsOnDesk(c.var.platform.database.db, c.var.who))),
  )
  .post('/', withRole('office'), json(v.object({ kind: v.picklist(readingKinds), ...words })), async (c) =>
    respond(c, await act(c, (ctx) => writeNewReadingText(ctx, c.var.who, c.req.valid('json')))),
  )
  .get('/:textId', withRole(...batchReaders), textId, async (c) =>
    respond(c, await openReadingText(c.var.platform.database.db, c.var.who, c.req.valid('param').textId)),
  )
  .put(
    '/:textId',
    withRole('office'),
    textId,
    json(v.object({ ...words, version: v.pipe(v.number(), v.integer(), v.minValue(0)) })),
    async (c) => {
      const { textId: of } = c.req.valid('param')
      return respond(c, await act(c, (ctx) => changeReadingText(ctx, c.var.who, of, c.req.valid('json'))))
    },
  )
