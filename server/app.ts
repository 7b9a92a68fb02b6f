import { randomUUID } from 'node:crypto'
import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { routePath } from 'hono/route'
import { createMiddleware } from 'hono/factory'
import { refuse } from '#domain/problems.ts'
import { accountRoutes } from './accounts/routes.ts'
import { staffRoutes } from './accounts/staff-routes.ts'
import { accountClosingRoutes } from './account-closing/routes.ts'
import { cookieNameOf, session } from './accounts/session.ts'
import { applicationRoutes } from './applications/routes.ts'
import { batchRoutes, dictionaryRoutes, directoryRoutes, editionRoutes, readingTextRoutes } from './batches/routes.ts'
import { fileRoutes, uploadRoutes } from './attachments/routes.ts'
import { bulletinRoutes } from './bulletin/routes.ts'
import { committeeRoutes } from './committee/routes.ts'
import { e2eRoutes } from './e2e/routes.ts'
import { educationRoutes } from './education/routes.ts'
import { exportRoutes } from './exports/routes.ts'
import { integrityRoutes } from './integrity/routes.ts'
import { noticeRoutes, pushRoutes } from './notices/routes.ts'
import { operationsRoutes } from './operations/routes.ts'
import type { Dependencies, Env } from './platform/environment.ts'
import { applicationPaperRoutes, paperRoutes } from './papers/routes.ts'
import type { OpenApiDocument } from './platform/openapi.ts'
import { openApiOf } from './platform/openapi.ts'
import { problem } from './platform/problem-response.ts'
import { isUnavailable } from './platform/unavailable.ts'
import { calendarRoutes, certificateRoutes, publicityRoutes } from './publicity/routes.ts'
import { phraseRoutes, reviewRoutes } from './review/routes.ts'
import { statisticsRoutes } from './statistics/routes.ts'
import { syncRoutes } from './sync/routes.ts'

/** Bodies of JSON: a sync of a day's typing is far below. Files come through /uploads, in chunks with their own limit. */
const BODY_AT_MOST = 2 * 1024 * 1024

const withPlatform = (platform: Dependencies) =>
  createMiddleware<Env>(async (c, next) => {
    c.set('platform', platform)
    c.set('requestId', randomUUID())
    c.set('receivedAt', performance.now())
    await next()
  })

/** Counts and logs every answer by the pattern of its route: a path may hold what nobody should read in a log. */
const observed = createMiddleware<Env>(async (c, next) => {
  const begun = performance.now()
  await next()
  const seconds = (performance.now() - begun) / 1000
  const route = routePath(c, -1)
  c.var.platform.metrics.answered(c.req.method, route, c.res.status, seconds)
  c.var.platform.log.info(
    { requestId: c.var.requestId, method: c.req.method, route, status: c.res.status, ms: Math.round(seconds * 1000) },
    'answered',
  )
})

/**
 * Answers carry personal data: no cache keeps them, nobody guesses their type, no other site embeds them. They are written into
 * the answer's own headers: Hono would make a second answer for each of them, whose body then goes out as a stream.
 */
const secureHeaders = createMiddleware<Env>(async (c, next) => {
  await next()
  const { headers } = c.res
  headers.set('x-request-id', c.var.requestId)
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store')
  headers.set('x-content-type-options', 'nosniff')
  headers.set('cross-origin-resource-policy', 'same-origin')
  headers.set('referrer-policy', 'strict-origin-when-cross-origin')
  if (c.var.platform.config.publicOrigin.startsWith('https://')) {
    headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains')
  }
})

/**
 * Refuses what changes something on behalf of a page of another site (ASVS 3.5.1). Browsers say where a request comes from;
 * what says nothing is no browser and brings no cookie of one.
 */
const sameOrigin = createMiddleware<Env>(async (c, next) => {
  if (['GET', 'HEAD', 'OPTIONS'].includes(c.req.method)) return next()
  const site = c.req.header('sec-fetch-site')
  const origin = c.req.header('origin')
  const ours = () => {
    if (origin === c.var.platform.config.publicOrigin) return true
    return URL.canParse(origin!) && new URL(origin!).host === c.req.header('host')
  }
  const foreign = (site !== undefined && site !== 'same-origin' && site !== 'none') || (origin !== undefined && !ours())
  return foreign ? problem(refuse('request.foreign-origin')) : next()
})

const limitBody = bodyLimit({ maxSize: BODY_AT_MOST, onError: () => problem(refuse('request.too-large')) })

/** Where files come in; these routes know their own limit. */
const FILES = /^\/api\/(?:uploads(?:\/|$)|bulletin\/desk\/[^/]+\/files$)/

const limitedBody = createMiddleware<Env>(async (c, next) => {
  if (['GET', 'HEAD'].includes(c.req.method) || FILES.test(c.req.path)) return next()
  const length = c.req.header('content-length')
  // Node lets no body be longer than it says. To look at the body itself would make a stream of it, which is for those that do not say.
  if (length === undefined || c.req.header('transfer-encoding') !== undefined) return limitBody(c, next)
  return Number(length) > BODY_AT_MOST ? problem(refuse('request.too-large')) : next()
})

/** The API: every room under its name, in one chain, so that the phone's client knows every answer. */
export function createApp(platform: Dependencies) {
  let document: OpenApiDocument | undefined
  const described = (): OpenApiDocument => {
    // The rooms for tests do not exist without E2E=1, so nobody is told of them.
    const routes = app.routes.filter(({ path }) => platform.config.e2e || !path.startsWith('/api/e2e'))
    return openApiOf(routes, { title: '职称申报', cookie: cookieNameOf(platform.config) })
  }
  const app = new Hono<Env>()
    .basePath('/api')
    .use(withPlatform(platform), observed, secureHeaders, sameOrigin, limitedBody, session)
    .route('/accounts/staff', staffRoutes)
    .route('/accounts', accountRoutes)
    .route('/account-closing', accountClosingRoutes)
    .route('/notices', noticeRoutes)
    .route('/push', pushRoutes)
    .route('/bulletin', bulletinRoutes)
    .route('/batches', batchRoutes)
    .route('/editions', editionRoutes)
    .route('/directory', directoryRoutes)
    .route('/dictionaries', dictionaryRoutes)
    .route('/reading-texts', readingTextRoutes)
    .route('/uploads', uploadRoutes)
    .route('/files', fileRoutes)
    .route('/papers', paperRoutes)
    .route('/applications', applicationRoutes)
    .route('/applications', applicationPaperRoutes)
    .route('/sync', syncRoutes)
    .route('/review', reviewRoutes)
    .route('/phrases', phraseRoutes)
    .route('/education', educationRoutes)
    .route('/committees', committeeRoutes)
    .route('/publicity', publicityRoutes)
    .route('/certificates', certificateRoutes)
    .route('/calendar', calendarRoutes)
    .route('/exports', exportRoutes)
    .route('/statistics', statisticsRoutes)
    .route('/integrity', integrityRoutes)
    .route('/operations', operationsRoutes)
    .route('/e2e', e2eRoutes)
    .get('/openapi.json', (c) => c.json((document ??= described())))
    .get('/health', async (c) => {
      const { clock, database, files } = c.var.platform
      try {
        const [now] = await Promise.all([clock.now(database.db), files.check()])
        return c.json({ status: 'ok' as const, now: now.toISOString() })
      } catch (error) {
        platform.log.error({ requestId: c.var.requestId, err: error }, 'unhealthy')
        return problem(refuse('request.unavailable'))
      }
    })

  app.notFound(() => problem(refuse('request.not-found')))
  app.onError((error, c) => {
    const reference = c.var.requestId
    platform.log.error({ requestId: reference, err: error }, 'failed')
    // The database restarts, the disk is full: later the same request will do.
    if (isUnavailable(error)) return problem(refuse('request.unavailable'))
    return problem(refuse('request.failed', { reference: reference.slice(0, 8) }))
  })
  return app
}

export type Api = ReturnType<typeof createApp>
