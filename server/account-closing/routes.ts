import { Hono } from 'hono'
import * as v from 'valibot'
import { clearToken } from '#server/accounts/session.ts'
import type { Env } from '#server/platform/environment.ts'
import { signedIn } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { json } from '#server/platform/validate.ts'
import { askClosing } from './actions.ts'

const secret = v.pipe(v.string(), v.maxLength(1000))

export const accountClosingRoutes = new Hono<Env>().post(
  '/',
  signedIn,
  json(v.object({ password: secret })),
  async (c) => {
    const outcome = await askClosing(c, c.var.who, c.req.valid('json').password)
    if (outcome.ok) clearToken(c)
    return respond(c, outcome)
  },
)
