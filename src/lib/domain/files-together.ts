/**
 * Small files that go in one request: the length of a manifest (4 bytes, big-endian), the manifest as JSON, then the files as they
 * are, one behind the other in the manifest's order. Each request costs a session, a limit and a commit, whatever it carries.
 */
import { KB } from './attachment.ts'

/** One request carries so many bytes of one file: what a cut may cost again at most, and a part in the file store. */
export const REQUEST_BYTES = 1024 * KB
/**
 * Several files and their manifest in one request, on a line that is not known to be slow: what memory one sender takes. Files above
 * `REQUEST_BYTES` do not go with others.
 */
export const TOGETHER_BYTES = 2048 * KB
/** One request carries so many files. */
export const TOGETHER_AT_MOST = 8
/** What the manifest takes of them at most: names of 200 characters, of four bytes each. */
export const MANIFEST_BYTES = 16 * KB

export interface ManifestFile {
  readonly path: string
  readonly name: string
  readonly sha256: string
  /** bytes */
  readonly size: number
}

export interface Manifest {
  readonly applicationId: string
  readonly files: readonly ManifestFile[]
}

const LENGTH = 4

/**
 * Files in groups that one request carries, in their order.
 * @param sizeOf bytes of one
 * @param atMost bytes that one request may carry
 */
export function groupsThatFit<File>(
  files: readonly File[],
  sizeOf: (file: File) => number,
  atMost = TOGETHER_BYTES,
): File[][] {
  const groups: File[][] = []
  let room = 0
  for (const file of files) {
    const last = groups.at(-1)
    const size = sizeOf(file)
    if (last && last.length < TOGETHER_AT_MOST && size <= Math.min(room, REQUEST_BYTES)) {
      last.push(file)
      room -= size
    } else {
      groups.push([file])
      room = size > REQUEST_BYTES ? 0 : atMost - MANIFEST_BYTES - size
    }
  }
  return groups
}

/** What stands before the bytes of the files. */
export function manifestBytes(manifest: Manifest): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(manifest))
  const bytes = new Uint8Array(LENGTH + text.length)
  new DataView(bytes.buffer).setUint32(0, text.length)
  bytes.set(text, LENGTH)
  return bytes
}

/** The manifest, which nobody has looked at yet, and where the first file begins; null where there is none. */
export function readManifest(body: Uint8Array): { readonly manifest: unknown; readonly from: number } | null {
  if (body.length < LENGTH) return null
  const length = new DataView(body.buffer, body.byteOffset).getUint32(0)
  const from = LENGTH + length
  if (length > MANIFEST_BYTES || from > body.length) return null
  try {
    // A copy: text is not read from memory that threads share.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(body.slice(LENGTH, from))
    return { manifest: JSON.parse(text) as unknown, from }
  } catch {
    return null
  }
}
