import { Hono } from 'hono'
import * as v from 'valibot'
import type { PrintId } from '#domain/forms/application-type.ts'
import { ok, refuse } from '#domain/problems.ts'
import type { Env, SignedEnv } from '#server/platform/environment.ts'
import { guarded } from '#server/platform/files/guarded.ts'
import type { Limit } from '#server/platform/limits.ts'
import { signedIn, withRole } from '#server/platform/permit.ts'
import { problem, respond } from '#server/platform/problem-response.ts'
import { act } from '#server/platform/transaction.ts'
import { json, param, query } from '#server/platform/validate.ts'
import { listTexts, textsOf, verifyPaper, writeTexts } from './actions.ts'
import { defaultTexts, type PaperTextKind } from './default-texts.ts'
import { paperKindIds } from './paper-kinds.ts'
import { listPrintable, printPaper, receiptCode } from './print.ts'

const uuid = v.pipe(v.string(), v.uuid())
const kind = v.picklist(paperKindIds)
const flag = v.optional(
  v.pipe(
    v.picklist(['0', '1']),
    v.transform((text) => text === '1'),
  ),
  '0',
)
const textKind = v.picklist(Object.keys(defaultTexts) as PaperTextKind[])

/** Setting a document costs a core some milliseconds; nobody needs more than two a second for long. */
const printing: Limit = { name: 'papers.print', atMost: 120, seconds: 60 }
/** A code is 80 random bits, so this only keeps the curious from being a load. */
const verifying: Limit = { name: 'papers.verify', atMost: 60, seconds: 60 }

/** Documents of an application: mounted under /applications. */
export const applicationPaperRoutes = new Hono<SignedEnv>()
  .get('/:id/papers', signedIn, param(v.object({ id: uuid })), async (c) =>
    respond(c, await listPrintable(c.var.platform, c.var.who, c.req.valid('param').id)),
  )
  .get('/:id/receipt', signedIn, param(v.object({ id: uuid })), async (c) =>
    respond(c, await receiptCode(c.var.platform, c.var.who, c.req.valid('param').id)),
  )
  .get(
    '/:id/papers/:kind',
    signedIn,
    param(v.object({ id: uuid, kind })),
    query(v.object({ preview: flag, download: flag, size: v.optional(v.picklist(['A3', 'A4'])) })),
    async (c) => {
      const { platform, who } = c.var
      const taken = await platform.limiter.take(printing, who.accountId)
      if (!taken.allowed) return problem(refuse('request.too-many', { seconds: taken.retryAfter }))
      const { id, kind: wanted } = c.req.valid('param')
      const { preview, download, size } = c.req.valid('query')
      const printed = await printPaper(platform, who, { applicationId: id, kind: wanted as PrintId, preview, size })
      if (!printed.ok) return problem(printed)
      await act(c, async (ctx) => {
        ctx.audit({ action: 'paper.opened', applicationId: id, details: { kind: wanted, preview } })
        return ok()
      })
      const { pdf, fileName } = printed.value
      return c.body(pdf as Uint8Array<ArrayBuffer>, 200, {
        ...guarded,
        'content-type': 'application/pdf',
        'content-length': String(pdf.byteLength),
        'content-disposition': `${download ? 'attachment' : 'inline'}; filename="paper.pdf"; filename*=UTF-8''${encodeURIComponent(fileName)}`,
      })
    },
  )

/** What stands on paper for everybody, and the words the office may change: mounted under /papers. */
export const paperRoutes = new Hono<Env>()
  .get('/verify/:code', param(v.object({ code: v.pipe(v.string(), v.maxLength(60)) })), async (c) => {
    const { platform, who } = c.var
    const taken = await platform.limiter.take(verifying, who.ip)
    const outcome = taken.allowed
      ? ok(await verifyPaper(platform.database.db, who, c.req.valid('param').code))
      : refuse('request.too-many', { seconds: taken.retryAfter })
    return respond(c, outcome)
  })
  .route(
    '/texts',
    new Hono<SignedEnv>()
      .use(withRole('office', 'admin'))
      .get('/', async (c) => respond(c, ok(await listTexts(c.var.platform.database.db, c.var.who))))
      .get('/:kind', param(v.object({ kind: textKind })), async (c) =>
        respond(c, ok(await textsOf(c.var.platform.database.db, c.var.who, c.req.valid('param').kind))),
      )
      .put(
        '/:kind',
        param(v.object({ kind: textKind })),
        json(
          v.object({
            texts: v.record(v.string(), v.pipe(v.string(), v.maxLength(4000))),
            /** version that was on the screen; another one in the meantime is not written over */
            version: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0))),
          }),
        ),
        async (c) => {
          const { texts, version } = c.req.valid('json')
          return respond(c, await act(c, (ctx) => writeTexts(ctx, c.req.valid('param').kind, texts, version)))
        },
      ),
  )
