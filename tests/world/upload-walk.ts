import { createHash } from 'node:crypto'
import type { Insertable } from 'kysely'
import type { ApplicationTable } from '#server/applications/tables.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import type { Batch, Browser, World } from './world.ts'

/** One file on its way: to which slot of which application, and by whom. */
export interface Sending {
  readonly browser: Browser
  readonly applicationId: string
  readonly path: string
  readonly bytes: Uint8Array
  readonly name?: string
  /** the digest announced, where it is not that of the bytes */
  readonly digest?: string
  /** bytes sent along with the creation */
  readonly first?: number
}

const metadata = (of: Record<string, string>) =>
  Object.entries(of)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')

const body = (bytes: Uint8Array) => bytes as Uint8Array<ArrayBuffer>

/** The verbs of tus 1.0 as a client speaks them. */
export const tus = {
  create: ({ browser, applicationId, path, bytes, name = '材料.pdf', digest, first = 0 }: Sending) =>
    browser.fetch('/api/uploads', {
      method: 'POST',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-length': String(bytes.length),
        'upload-metadata': metadata({
          applicationId,
          path,
          name,
          sha256: digest ?? createHash('sha256').update(bytes).digest('hex'),
        }),
        ...(first > 0 && { 'content-type': 'application/offset+octet-stream', 'content-length': String(first) }),
      },
      ...(first > 0 && { body: body(bytes.subarray(0, first)) }),
    }),
  head: (browser: Browser, url: string) =>
    browser.fetch(url, { method: 'HEAD', headers: { 'tus-resumable': '1.0.0' } }),
  patch: (browser: Browser, url: string, offset: number, bytes: Uint8Array) =>
    browser.fetch(url, {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': String(offset),
        'content-type': 'application/offset+octet-stream',
        'content-length': String(bytes.length),
      },
      body: body(bytes),
    }),
  remove: (browser: Browser, url: string) =>
    browser.fetch(url, { method: 'DELETE', headers: { 'tus-resumable': '1.0.0' } }),
}

/** Sends a file in one request and gives the answer. */
export const sent = (sending: Sending): Promise<Response> => tus.create({ ...sending, first: sending.bytes.length })

/** A person with a draft, signed in. */
export async function applicationWith(
  world: World,
  application: Partial<Insertable<ApplicationTable>> = {},
  batch: Partial<Batch> = {},
) {
  const person = await world.person()
  const made = await world.batch(batch)
  const { id } = await world.application({ person, batch: made, ...application })
  return { person, batch: made, id: id as string, browser: await world.signIn(person) }
}

/** A file that hangs in a slot, with its bytes in the store (or the digest of bytes already there). */
export async function attachmentOf(
  world: World,
  applicationId: string,
  path: string,
  content: Uint8Array | string,
  name = '材料.pdf',
  pages = 1,
): Promise<string> {
  const id = crypto.randomUUID()
  const now = await world.now()
  let sha256 = content as string
  let size = 1
  if (typeof content !== 'string') {
    sha256 = createHash('sha256').update(content).digest('hex')
    size = content.length
    await world.platform.files.put(contentKey(sha256), content)
    await world.db
      .insertInto('storedFile')
      .values({ sha256, size, mediaType: 'application/pdf', pages, checkedAt: now })
      .onConflict((conflict) => conflict.column('sha256').doNothing())
      .execute()
  }
  await world.db
    .insertInto('attachment')
    .values({ id, applicationId, path, name, sha256, size, pages, position: 1, createdAt: now, removedAt: null })
    .execute()
  return id
}
