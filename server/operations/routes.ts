import { Hono } from 'hono'
import { ok } from '#domain/problems.ts'
import type { SignedEnv } from '#server/platform/environment.ts'
import { withRole } from '#server/platform/permit.ts'
import { respond } from '#server/platform/problem-response.ts'
import { operationsView } from './figures.ts'

/** 运行情况: how the servers are doing. Figures and statements only; nothing about a person or an application. */
export const operationsRoutes = new Hono<SignedEnv>()
  .use(withRole('admin'))
  .get('/', async (c) => respond(c, ok(await operationsView(c.var.platform, c.var.who))))
