import type { Dependencies } from '#server/platform/environment.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import { systemWho } from '#server/platform/who.ts'
import { listStale, takeUnreferenced } from './queries.ts'
import { pagesPrefix } from './serve.ts'
import { UNFINISHED_FOR } from './upload-store.ts'

const DAY = 24 * 3_600_000
/** A passed upload waits so long for its `attach`: a phone may be off the network for weeks. */
const VERIFIED_FOR = 30 * DAY

export interface Swept {
  readonly uploads: number
  readonly files: number
}

/** Job `attachments.sweep`: removes uploads whose time is over, and bytes that nothing refers to. */
export async function sweepAttachments(platform: Dependencies): Promise<Swept> {
  const who = systemWho('attachments.sweep')
  const { database, files, clock } = platform
  const now = await clock.now(database.db)
  const stale = await listStale(database.db, who, {
    unfinished: new Date(now.getTime() - UNFINISHED_FOR),
    verified: new Date(now.getTime() - VERIFIED_FOR),
  })
  for (const { id, parts } of stale) {
    await database.db.deleteFrom('upload').where('id', '=', id).execute()
    for (const { key } of parts) await files.delete(key)
  }
  const unreferenced = await takeUnreferenced(database.db, who, new Date(now.getTime() - DAY))
  for (const sha256 of unreferenced) await removeBytes(platform, now, sha256)
  await removeLostParts(platform, now)
  return { uploads: stale.length, files: unreferenced.length }
}

/**
 * The bytes of a file that is out of the books, with its pages. Somebody may have brought the same ones since: they are in the store
 * before the books say so, and what he brought stays.
 */
async function removeBytes({ files, clock }: Dependencies, now: Date, sha256: string): Promise<void> {
  // The store's own clock knows nothing of ours being moved in tests.
  const before = now.getTime() - clock.offset - DAY
  const facts = await files.head(contentKey(sha256))
  if (facts && facts.modifiedAt.getTime() >= before) return
  await files.delete(contentKey(sha256))
  for await (const { key } of files.list(pagesPrefix(sha256))) await files.delete(key)
}

/** Parts whose upload is gone: written by a request that was cut before it could note them. */
async function removeLostParts({ database, files, clock }: Dependencies, now: Date): Promise<void> {
  // The store's own clock knows nothing of ours being moved in tests.
  const before = now.getTime() - clock.offset - 2 * UNFINISHED_FOR
  for await (const { key, modifiedAt } of files.list('uploads/')) {
    if (modifiedAt.getTime() >= before) continue
    const id = key.split('/')[1] ?? ''
    const upload = await database.db.selectFrom('upload').select('parts').where('id', '=', id).executeTakeFirst()
    if (!upload?.parts.some((part) => part.key === key)) await files.delete(key)
  }
}
