import type { Expression, ExpressionBuilder, SqlBool } from 'kysely'
import { sql } from 'kysely'
import { reaches, type Role } from '#domain/lifecycle/roles.ts'
import type { Signed, Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

/** Roles that see every application (DOMAIN §6, data scope). */
const everywhere: readonly Role[] = ['office', 'secretary', 'auditor']

/**
 * The part of the applications that a person of the back office reaches, as SQL: a clerk his own 受理点, a department its
 * region, the office all; never a draft that was not submitted once. Nobody else reaches anything.
 */
export function inScope(who: Signed) {
  return (eb: ExpressionBuilder<Database, 'application'>): Expression<SqlBool> => {
    const submitted = eb.and([
      eb('application.firstSubmittedAt', 'is not', null),
      eb('application.deletedAt', 'is', null),
    ])
    const place = inPlaces(who)(eb as unknown as ExpressionBuilder<{ application: Place }, 'application'>)
    return place === 'everywhere' ? submitted : place === 'nowhere' ? sql<SqlBool>`false` : eb.and([submitted, place])
  }
}

/** Where something of the back office belongs. */
interface Place {
  readonly acceptancePoint: string | null
  readonly region: string | null
}

/** The places that a person's grants reach, as SQL over whatever is called `application` and has a place. */
export function inPlaces(who: Signed) {
  return (
    eb: ExpressionBuilder<{ application: Place }, 'application'>,
  ): Expression<SqlBool> | 'everywhere' | 'nowhere' => {
    if (who.roles.some(({ role }) => everywhere.includes(role))) return 'everywhere'
    const points = who.roles.flatMap((one) =>
      one.role === 'pointClerk' && one.acceptancePoint ? [one.acceptancePoint] : [],
    )
    const regions = who.roles.flatMap((one) => (one.role === 'deptReviewer' && one.region ? [one.region] : []))
    const parts = [
      ...(points.length > 0 ? [eb('application.acceptancePoint', 'in', points)] : []),
      ...(regions.length > 0 ? [eb('application.region', 'in', regions)] : []),
    ]
    return parts.length === 0 ? 'nowhere' : eb.or(parts)
  }
}

/** The applications that somebody may act on, as SQL: his own, those within his scope, and all of them for the clock. */
export function withinReach(who: Who) {
  return (eb: ExpressionBuilder<Database, 'application'>): Expression<SqlBool> => {
    if (who.kind === 'system') return sql<SqlBool>`true`
    if (who.kind === 'public') return sql<SqlBool>`false`
    return eb.or([eb('application.accountId', '=', who.accountId), inScope(who)(eb)])
  }
}

/** The roles in which a person may act on an application: only those whose grant reaches it. */
export const rolesOver = (
  who: Signed,
  place: { readonly acceptancePoint: string | null; readonly region: string | null },
): Role[] => [...new Set(who.roles.filter((grant) => reaches(grant, place)).map(({ role }) => role))]
