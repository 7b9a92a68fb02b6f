import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import * as v from 'valibot'
import {
  audiences,
  type Audience,
  BATCHES_AT_MOST,
  bulletinDesk,
  bulletinKinds,
  bulletinStateAt,
  bulletinStates,
  type BulletinKind,
  type BulletinState,
  publishers,
} from '#domain/bulletin/bulletin.ts'
import { EVIDENCE_LIMIT, formatLimit } from '#domain/attachment.ts'
import { ok, refuse } from '#domain/problems.ts'
import { fileName } from '#server/attachments/file-name.ts'
import { bodyFor, contentKey } from '#server/platform/files/file-store.ts'
import { guarded } from '#server/platform/files/guarded.ts'
import type { Limit } from '#server/platform/limits.ts'
import { dayRange } from '#server/platform/day-range.ts'
import type { Env, SignedEnv } from '#server/platform/environment.ts'
import { signedIn, withRole } from '#server/platform/permit.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import {
  attachToBulletin,
  changeBulletin,
  detachFromBulletin,
  dropBulletin,
  noteOpened,
  openForDesk,
  publishBulletin,
  readBulletin,
  startBulletin,
  withdrawBulletin,
} from './actions.ts'
import { findFile, listBulletins, listForDesk } from './queries.ts'

const PAGE = 20

const words = v.optional(v.pipe(v.string(), v.trim(), v.maxLength(100)))
const page = v.optional(v.pipe(v.string(), v.regex(/^[1-9]\d{0,4}$/), v.transform(Number)), '1')
const kind = v.picklist(Object.keys(bulletinKinds) as BulletinKind[])
const uuid = v.pipe(v.string(), v.uuid())
const byId = v.object({ id: uuid })
const byFile = v.object({ id: uuid, fileId: uuid })
/** Each is read whole and looked through. */
const attaching: Limit = { name: 'bulletin.attach', atMost: 60, seconds: 3600 }

const listing = v.object({ kind: v.optional(kind), ...dayRange.entries, q: words, page })
const deskListing = v.object({
  kind: v.optional(kind),
  state: v.optional(v.picklist(Object.keys(bulletinStates) as BulletinState[])),
  q: words,
  page,
})

const short = v.pipe(v.string(), v.maxLength(500))
const entry = v.object({
  kind,
  title: short,
  documentNumber: v.pipe(v.string(), v.maxLength(100)),
  issuer: v.pipe(v.string(), v.maxLength(100)),
  // how long it may be is said in words by the domain
  body: v.pipe(v.string(), v.maxLength(100_000)),
  audience: v.pipe(v.array(v.picklist(Object.keys(audiences) as Audience[])), v.maxLength(20)),
  regions: v.pipe(v.array(v.pipe(v.string(), v.maxLength(12))), v.maxLength(20)),
  // a page of before knows of none
  batches: v.optional(v.pipe(v.array(uuid), v.maxLength(BATCHES_AT_MOST)), []),
  pinned: v.boolean(),
})
const revision = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000_000))
const moment = v.nullable(
  v.pipe(
    v.string(),
    v.isoTimestamp(),
    v.transform((text) => new Date(text)),
  ),
)

const pagesOf = (total: number): number => Math.max(1, Math.ceil(total / PAGE))

/** What the office writes: mounted below /desk. */
const deskRoutes = new Hono<SignedEnv>()
  .get('/', withRole(...bulletinDesk), query(deskListing), async (c) => {
    const { clock, database } = c.var.platform
    const { page, ...filter } = c.req.valid('query')
    const now = await clock.now(database.db)
    const window = { offset: (page - 1) * PAGE, atMost: PAGE }
    const { items, total } = await listForDesk(database.db, c.var.who, now, { ...filter, ...window })
    const shown = items.map(({ audience, ...item }) => ({
      ...item,
      audience: audience as Audience[],
      state: bulletinStateAt(item, now),
    }))
    return respond(c, ok({ items: shown, total, page, pageSize: PAGE }))
  })
  .post('/', withRole(...publishers), json(entry), async (c) =>
    respond(c, await act(c, (ctx) => startBulletin(ctx, c.var.who, c.req.valid('json')))),
  )
  .get('/:id', withRole(...bulletinDesk), param(byId), async (c) => {
    const { clock, database } = c.var.platform
    const now = await clock.now(database.db)
    return respond(c, await openForDesk(database.db, c.var.who, now, c.req.valid('param').id))
  })
  .put('/:id', withRole(...publishers), param(byId), json(v.object({ ...entry.entries, revision })), async (c) =>
    respond(c, await act(c, (ctx) => changeBulletin(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .delete('/:id', withRole(...publishers), param(byId), async (c) =>
    respond(c, await act(c, (ctx) => dropBulletin(ctx, c.var.who, c.req.valid('param').id))),
  )
  .post(
    '/:id/publish',
    withRole(...publishers),
    param(byId),
    json(v.object({ revision, at: moment, until: moment })),
    async (c) =>
      respond(c, await act(c, (ctx) => publishBulletin(ctx, c.var.who, c.req.valid('param').id, c.req.valid('json')))),
  )
  .post('/:id/withdraw', withRole(...publishers), param(byId), json(v.object({ revision })), async (c) => {
    const { id } = c.req.valid('param')
    return respond(c, await act(c, (ctx) => withdrawBulletin(ctx, c.var.who, id, c.req.valid('json').revision)))
  })

  .post(
    '/:id/files',
    withRole(...publishers),
    bodyLimit({
      maxSize: EVIDENCE_LIMIT,
      onError: () => problem(refuse('bulletin.file-too-large', { limit: formatLimit(EVIDENCE_LIMIT) })),
    }),
    param(byId),
    query(v.object({ name: fileName })),
    async (c) => {
      const taken = await c.var.platform.limiter.take(attaching, c.var.who.accountId)
      if (!taken.allowed) return problem(refuse('request.too-many', { seconds: taken.retryAfter }))
      const bytes = new Uint8Array(await c.req.arrayBuffer())
      const file = { name: c.req.valid('query').name, bytes }
      return respond(c, await attachToBulletin(c, c.var.who, c.req.valid('param').id, file))
    },
  )
  .delete('/:id/files/:fileId', withRole(...publishers), param(byFile), async (c) => {
    const { id, fileId } = c.req.valid('param')
    return respond(c, await act(c, (ctx) => detachFromBulletin(ctx, c.var.who, id, fileId)))
  })

/** That somebody with an account has opened one: counted once. */
const readerRoutes = new Hono<SignedEnv>().post('/:id/read', signedIn, param(byId), async (c) =>
  respond(c, await act(c, (ctx) => noteOpened(ctx, c.var.who, c.req.valid('param').id))),
)

/** 公告通知 and 政策规范 as their readers see them (R107–R112). No login is needed for what is meant for all. */
export const bulletinRoutes = new Hono<Env>()
  .route('/desk', deskRoutes)
  .route('/', readerRoutes)
  .get('/', query(listing), async (c) => {
    const { clock, database } = c.var.platform
    const { kind, from, to, q, page } = c.req.valid('query')
    const now = await clock.now(database.db)
    const filter = { kind, q, from: from?.start, to: to?.end, offset: (page - 1) * PAGE, atMost: PAGE }
    const found = await listBulletins(database.db, c.var.who, now, filter)
    return respond(c, ok({ ...found, page, pages: pagesOf(found.total) }))
  })
  .get('/:id', param(byId), async (c) => {
    const { clock, database } = c.var.platform
    const now = await clock.now(database.db)
    return respond(c, await readBulletin(database.db, c.var.who, now, c.req.valid('param').id))
  })
  .get('/:id/files/:fileId', param(byFile), query(v.object({ download: v.optional(v.string()) })), async (c) => {
    const { clock, database, files } = c.var.platform
    const { who } = c.var
    const seesAll = who.kind === 'account' && who.roles.some(({ role }) => bulletinDesk.includes(role))
    const of = { ...c.req.valid('param'), desk: seesAll }
    const file = await findFile(database.db, who, await clock.now(database.db), of)
    if (!file) return problem(refuse('request.not-found'))
    const stored = await bodyFor(c.req, files, contentKey(file.sha256))
    if (!stored) throw new Error(`The bytes of bulletin file ${of.fileId} are gone`)
    const shown = c.req.valid('query').download === undefined ? 'inline' : 'attachment'
    return c.body(stored.stream, 200, {
      ...guarded,
      'content-type': 'application/pdf',
      'content-disposition': `${shown}; filename="file.pdf"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
      'content-length': String(stored.length),
    })
  })
