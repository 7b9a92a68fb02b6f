import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { DataStore, ERRORS, type Lock, type Locker, Upload as TusUpload } from '@tus/utils'
import { REQUEST_BYTES } from '#domain/files-together.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { run } from '#server/platform/statements.ts'
import type { Signed } from '#server/platform/who.ts'
import { appendPart, findUpload, type Upload, uploadNoted } from './queries.ts'
import type { Allowed, AnnouncedFile } from './slot-check.ts'

/** A file that may come, with what was found when that was decided. */
export type AllowedFile = AnnouncedFile & Pick<Allowed, 'accept' | 'now'>
/** Unfinished uploads end after a day. */
export const UNFINISHED_FOR = 24 * 3_600_000

/** An upload of which no byte is here yet. */
export const begun = (
  who: Signed,
  id: string,
  { applicationId, path, name, sha256, size, now }: AllowedFile,
): Upload => ({
  id,
  accountId: who.accountId,
  applicationId,
  path,
  name,
  sha256,
  length: size,
  received: 0,
  parts: [],
  state: 'receiving',
  refusal: null,
  contentSha256: null,
  createdAt: now,
  updatedAt: now,
})

/**
 * The bytes of unfinished uploads as objects in the file store, their state in the table `upload`: any node can go on with
 * any upload. One person's view: another one's upload does not exist here.
 */
export class UploadStore extends DataStore {
  readonly #platform: Dependencies
  readonly #who: Signed
  readonly #announced: (() => AllowedFile | undefined) | undefined

  /** @param announced what `create` is to create */
  constructor(platform: Dependencies, who: Signed, announced?: () => AllowedFile | undefined) {
    super()
    this.extensions = ['creation', 'creation-with-upload', 'termination']
    this.#platform = platform
    this.#who = who
    this.#announced = announced
  }

  get #db() {
    return this.#platform.database.db
  }

  override async create(upload: TusUpload): Promise<TusUpload> {
    const announced = this.#announced!()!
    await this.begin(begun(this.#who, upload.id, announced))
    upload.creation_date = announced.now.toISOString()
    return upload
  }

  /** Notes an upload whose bytes are to come. */
  async begin(upload: Upload): Promise<void> {
    await run(this.#db, uploadNoted(upload))
  }

  override async getUpload(id: string): Promise<TusUpload> {
    const upload = await this.#find(id)
    return new TusUpload({
      id,
      size: upload.length,
      offset: upload.received,
      creation_date: upload.createdAt.toISOString(),
      metadata: { applicationId: upload.applicationId, path: upload.path, name: upload.name, sha256: upload.sha256 },
    })
  }

  async #find(id: string): Promise<Upload> {
    const upload = await findUpload(this.#db, this.#who, id)
    if (!upload) throw ERRORS.FILE_NOT_FOUND
    const now = await this.#platform.clock.now(this.#db)
    if (upload.state === 'receiving' && now.getTime() - upload.createdAt.getTime() > UNFINISHED_FOR) {
      throw ERRORS.FILE_NO_LONGER_EXISTS
    }
    return upload
  }

  /** Stores what arrives in parts and notes each at once, so that a cut connection loses no more than the part under way. */
  override async write(stream: Readable, id: string, offset: number): Promise<number> {
    let at = offset
    let held: Buffer[] = []
    let size = 0
    const flush = async () => {
      if (size === 0) return
      at = await this.append(id, at, Buffer.concat(held, size))
      held = []
      size = 0
    }
    let cut: unknown
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        held.push(chunk)
        size += chunk.length
        if (size >= REQUEST_BYTES) await flush()
      }
    } catch (error) {
      cut = error
    }
    // What came before the cut is kept.
    await flush()
    if (cut !== undefined) throw cut
    return at
  }

  /** Stores bytes at their place in the upload, and says where it stands then. */
  async append(id: string, offset: number, bytes: Uint8Array): Promise<number> {
    // Two senders of one upload (a stalled request and its retry) write different objects; the row takes the first.
    const key = `uploads/${id}/${String(offset).padStart(9, '0')}-${randomUUID().slice(0, 8)}`
    await this.#platform.files.put(key, bytes)
    const now = await this.#platform.clock.now(this.#db)
    const part = { key, size: bytes.length }
    if (await appendPart(this.#db, this.#who, id, offset, part, now)) return offset + bytes.length
    await this.#platform.files.delete(key)
    throw ERRORS.INVALID_OFFSET
  }

  override async remove(id: string): Promise<void> {
    const upload = await this.#find(id)
    if (upload.state === 'verified') throw ERRORS.INVALID_TERMINATION
    await this.#db.deleteFrom('upload').where('id', '=', id).where('accountId', '=', this.#who.accountId).execute()
    for (const { key } of upload.parts) await this.#platform.files.delete(key)
  }
}

/**
 * No lock is held while bytes arrive: a half-open connection would keep its own owner out. Each part is taken by the row
 * only at the offset where the upload stands (`appendPart`), so of two writers one wins and the other starts over from there.
 */
export const rowsAreTheLock: Locker = {
  newLock: (): Lock => ({ lock: async () => {}, unlock: async () => {} }),
}
