import type { State } from '#domain/lifecycle/states.ts'
import { ok } from '#domain/problems.ts'
import { api, ask } from '$lib/session/api.ts'
import { OVERDUE_DAYS } from './queue-view.ts'

/** The applications on the person's desk that have waited longest, beyond what is decent. @param held states he holds */
export async function waitingLongest(held: readonly State[], now: number) {
  if (held.length === 0) return ok({ rows: [], total: 0 })
  const waitingSince = new Date(now - OVERDUE_DAYS * 86_400_000).toISOString()
  return ask(api.review.queue.$get({ query: { state: held.join(','), waitingSince, sort: 'longest', pageSize: '6' } }))
}
