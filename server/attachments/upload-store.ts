import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { DataStore, ERRORS, type Lock, type Locker, Upload as TusUpload } from '@tus/utils'
import type { Dependencies } from '#server/platform/environment.ts'
import { run } from '#server/platform/statements.ts'
import type { Signed } from '#server/platform/who.ts'
import { appendPart, findUpload, type Upload, uploadNoted } from './queries.ts'
import type { Allowed, AnnouncedFile } from './slot-check.ts'

/** A chunk in the file store: what a cut connection costs at most, and what memory one sender takes. */
export const PART = 1024 * 1024

/** A file that may come, with what was found when that was decided. */
export type AllowedFile = AnnouncedFile & Pick<Allowed, 'accept' | 'now'>
/** Unfinished uploads end after a day. */
export const UNFINISHED_FOR = 24 * 3_600_000

/**
 * The bytes of unfinished uploads as objects in the file store, their state in the table `upload`: any node can go on with
 * any upload. One person's view: another one's upload does not exist here.
 */
export class UploadStore extends DataStore {
  readonly #platform: Dependencies
  readonly #who: Signed
  readonly #announced: () => AllowedFile | undefined
  readonly #readWhole: (() => Promise<Uint8Array>) | undefined
  #whole: Uint8Array | undefined
  /** a row that is not written yet */
  #unwritten: Upload | undefined

  /** @param readWhole reads all bytes of the file, where the request that announces it brings all of them and they are few */
  constructor(
    platform: Dependencies,
    who: Signed,
    announced: () => AllowedFile | undefined,
    readWhole: (() => Promise<Uint8Array>) | undefined,
  ) {
    super()
    this.extensions = ['creation', 'creation-with-upload', 'termination']
    this.#platform = platform
    this.#who = who
    this.#announced = announced
    this.#readWhole = readWhole
  }

  /**
   * All bytes of the upload, where one request brought them: then they go into the store once, when they have passed. Until
   * then nobody was told that they are here, so that a cut connection leaves nothing that anybody could go on with.
   */
  get whole(): Uint8Array | undefined {
    return this.#whole
  }

  /**
   * The upload whose bytes one request brought, where its row is still to be written: with the verdict, in one transaction.
   * Nobody was told of it before, so that nobody can ask for it.
   */
  get unwritten(): Upload | undefined {
    return this.#whole && this.#unwritten
  }

  /** Stores the bytes that one request brought as a part, where the verdict on them has to wait. */
  async keepWhole(id: string): Promise<void> {
    await this.#writeRow()
    if (this.#whole) await this.#append(id, 0, this.#whole)
  }

  async #writeRow(): Promise<void> {
    const row = this.#unwritten
    this.#unwritten = undefined
    if (row) await run(this.#db, uploadNoted(row))
  }

  get #db() {
    return this.#platform.database.db
  }

  override async create(upload: TusUpload): Promise<TusUpload> {
    const { applicationId, path, name, sha256, size, now } = this.#announced()!
    this.#unwritten = {
      id: upload.id,
      accountId: this.#who.accountId,
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
    }
    if (!this.#readWhole) await this.#writeRow()
    upload.creation_date = now.toISOString()
    return upload
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
    if (this.#readWhole) {
      this.#whole = await this.#readWhole()
      return this.#whole.length
    }
    let at = offset
    let held: Buffer[] = []
    let size = 0
    const flush = async () => {
      if (size === 0) return
      at = await this.#append(id, at, Buffer.concat(held, size))
      held = []
      size = 0
    }
    let cut: unknown
    try {
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        held.push(chunk)
        size += chunk.length
        if (size >= PART) await flush()
      }
    } catch (error) {
      cut = error
    }
    // What came before the cut is kept.
    await flush()
    if (cut !== undefined) throw cut
    return at
  }

  async #append(id: string, offset: number, bytes: Uint8Array): Promise<number> {
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
