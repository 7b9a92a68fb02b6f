/** What a store knows of one file without its bytes. */
export interface FileFacts {
  readonly key: string
  /** bytes */
  readonly size: number
  readonly modifiedAt: Date
}

export interface StoredFile extends FileFacts {
  /** The bytes asked for: the whole file, or the range. Read it or cancel it. */
  readonly stream: ReadableStream<Uint8Array>
  /** Bytes in `stream`: `size`, or the length of the range. */
  readonly length: number
}

/** First and last byte, both counted, as in HTTP. `to` beyond the end means to the end. */
export interface ByteRange {
  readonly from: number
  readonly to?: number
}

/**
 * Where bytes live: a folder or an S3-compatible store. Plain whole-file verbs only, so that any such store will do.
 * Every implementation passes tests/contracts/file-store.ts.
 */
export interface FileStore {
  /** The folder, where it is one of this machine: threads keep files there by themselves (`keepInFolder`). */
  readonly folder?: string
  /**
   * Stores the bytes under the key, whole or not at all; a file already there is replaced.
   * A content key (`contentKey(sha256)`) is checked: bytes with another digest throw `WrongDigest` and nothing is kept.
   */
  put(key: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void>
  /** The file, or undefined if there is none. A range that begins beyond the end throws RangeError. */
  get(key: string, range?: ByteRange): Promise<StoredFile | undefined>
  head(key: string): Promise<FileFacts | undefined>
  /** Removes the file; nothing happens if there is none. */
  delete(key: string): Promise<void>
  /** All files whose key begins with the prefix, ordered by key. */
  list(prefix: string): AsyncIterable<FileFacts>
  /** Throws if the store does not answer or cannot be written. For `GET /api/health`. */
  check(): Promise<void>
}

/** The bytes that arrived are not those that were announced: a fault of the transport, to be sent again. */
export class WrongDigest extends Error {
  override readonly name = 'WrongDigest'
}

const CONTENT = 'content/'

/** The key of bytes that are addressed by their SHA-256 (64 hex digits). */
export function contentKey(sha256: string): string {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new Error(`Not a SHA-256 in hex: ${sha256}`)
  return `${CONTENT}${sha256.slice(0, 2)}/${sha256}`
}

/** The SHA-256 a content key promises, or undefined for any other key. */
export function digestOf(key: string): string | undefined {
  return key.startsWith(CONTENT) ? key.slice(-64) : undefined
}

/** Keys are `a-z A-Z 0-9 . _ -` in segments divided by `/`, without `.` or `..`: safe as a path and in a URL as they are. */
export function assertKey(key: string): void {
  const fine =
    key.length <= 512 && key.split('/').every((part) => /^[A-Za-z0-9._-]+$/.test(part) && !/^\.+$/.test(part))
  if (!fine) throw new Error(`Not a file key: ${key}`)
}

/** All bytes of a stored file. Only for files whose size is known to be small. */
export async function bytesOf(file: StoredFile): Promise<Uint8Array> {
  return new Uint8Array(await new Response(file.stream as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer())
}

/**
 * What a request for a file is answered with; undefined where there is none. Hono answers a HEAD by the handler of GET and drops the
 * body: a file that was opened for that would never be read to its end, nor closed.
 */
export async function bodyFor(
  { method }: { readonly method: string },
  files: FileStore,
  key: string,
  range?: ByteRange,
): Promise<Pick<StoredFile, 'length' | 'stream'> | undefined> {
  if (method !== 'HEAD') return files.get(key, range)
  const facts = await files.head(key)
  return facts && { length: rangeWithin(facts.size, range).length, stream: new Blob([]).stream() }
}

/** The first and last byte of a range within a file of that size, and how many they are. */
export function rangeWithin(
  size: number,
  range: ByteRange = { from: 0 },
): { from: number; to: number; length: number } {
  const { from } = range
  const to = Math.min(range.to ?? size - 1, size - 1)
  if (from < 0 || (from >= size && from > 0) || (range.to !== undefined && range.to < from)) {
    throw new RangeError(`No bytes ${from}-${range.to ?? ''} in ${size}`)
  }
  return { from, to, length: to - from + 1 }
}
