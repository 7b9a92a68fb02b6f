import { Hono } from 'hono'
import { syncRequestSchema } from '#domain/sync/request.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { signedIn } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { json } from '#server/platform/validate.ts'
import { synchronise } from './actions.ts'

/** Intentions up, truth down, in one round trip (DESIGN §5, sync/SPEC.md). */
export const syncRoutes = new Hono<SignedEnv>()
  .use(signedIn)
  .post('/', json(syncRequestSchema), async (c) => respond(c, await synchronise(c, c.var.who, c.req.valid('json'))))
