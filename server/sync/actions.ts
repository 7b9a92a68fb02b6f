import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import { type MutationResult, PROTOCOL_VERSION, type SyncAnswer, type SyncRequest } from '#domain/sync/protocol.ts'
import type { Asked } from '#server/platform/environment.ts'
import { onOneConnection } from '#server/platform/together.ts'
import { actUpon } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import { pull } from './pull.ts'
import { lockForPush, push } from './push.ts'
import { countUnread } from './queries.ts'

/** The mutations of a request by application, each group in the order sent (S2). */
function byApplication(mutations: readonly Mutation[]): Map<string, Mutation[]> {
  const groups = new Map<string, Mutation[]>()
  for (const mutation of mutations) {
    const group = groups.get(mutation.applicationId)
    if (group) group.push(mutation)
    else groups.set(mutation.applicationId, [mutation])
  }
  return groups
}

/**
 * One round trip of the sync: applies what the phone sends, one transaction an application, so that one cannot hold up
 * another (S12), and answers with everything the phone does not have (S7). Refused only where the page is too old (S11);
 * what becomes of each mutation stands in `results`, in the order sent.
 */
export async function synchronise(c: Asked, who: Signed, request: SyncRequest): Promise<Outcome<SyncAnswer>> {
  if (request.protocol < PROTOCOL_VERSION) return refuse('sync.protocol-too-old')
  // Somebody else has signed in in this browser: what waits in a page of before is not his.
  if (request.accountId !== undefined && request.accountId !== who.accountId) return refuse('account.not-signed-in')
  const results = new Map<string, MutationResult>()
  for (const [applicationId, mutations] of byApplication(request.mutations)) {
    const wish = { applicationId, mutations, device: request.device, known: request.known[applicationId] ?? 0 }
    const done = await actUpon(
      c,
      (db) => lockForPush(db, who, wish),
      async (ctx, locked) => ok(await push(ctx, who, wish, locked)),
    )
    for (const result of done.value) results.set(result.id, result)
  }
  const { database, clock } = c.var.platform
  const [truth, unreadNotices, now] = await onOneConnection(database.db, (db) =>
    Promise.all([pull(db, who, request.known), countUnread(db, who), clock.now(db)]),
  )
  return ok({
    protocol: PROTOCOL_VERSION,
    now: now.toISOString(),
    results: request.mutations.map(({ id }) => results.get(id)!),
    ...truth,
    unreadNotices,
  })
}
