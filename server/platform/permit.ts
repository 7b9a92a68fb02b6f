import { createMiddleware } from 'hono/factory'
import type { Role } from '#domain/lifecycle/roles.ts'
import { isStaff, roles as allRoles } from '#domain/lifecycle/roles.ts'
import { refuse } from '#domain/problems.ts'
import { described } from './described.ts'
import type { SignedEnv } from './environment.ts'
import { problem } from './problem-response.ts'

/** Lets only a person with a session through; behind it `c.var.who` is `Signed`. */
export const signedIn = described(
  { asks: 'permit' },
  createMiddleware<SignedEnv>(async (c, next) =>
    c.var.who.kind === 'account' ? next() : problem(refuse('account.not-signed-in')),
  ),
)

/** Lets only those through who hold one of the roles. What they reach within it stands in the SQL of the room. */
export const withRole = (...roles: readonly Role[]) =>
  described(
    { asks: 'permit', roles },
    createMiddleware<SignedEnv>(async (c, next) => {
      if (c.var.who.kind !== 'account') return problem(refuse('account.not-signed-in'))
      if (!c.var.who.roles.some(({ role }) => roles.includes(role))) return problem(refuse('account.not-allowed'))
      return next()
    }),
  )

const staff = (Object.keys(allRoles) as Role[]).filter((role) => isStaff([{ role }]))

/** Lets only people of the back office through, whatever their role. */
export const staffOnly = withRole(...staff)
