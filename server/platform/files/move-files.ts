import { createHash } from 'node:crypto'
import { bytesOf, digestOf } from './file-store.ts'
import type { FileStore } from './file-store.ts'

export interface Moved {
  /** files that were brought over now */
  readonly copied: number
  /** files whose bytes over there were read and are those here, the copied ones among them */
  readonly verified: number
  readonly bytes: number
  /** keys whose bytes here are not those their name promises: they were damaged before, and are left out */
  readonly damaged: readonly string[]
}

/** Files on their way at the same time: a store answers many at once, and each is at most 10 MB in memory. */
const AT_ONCE = 8

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

/**
 * Brings every file of one store into another and reads each back there. Nothing is removed here. Whatever is over there with
 * the right bytes stays as it is, so that a run that was broken off goes on where it stood, and a run while the server works
 * leaves only what came since to the last one.
 */
export async function moveFiles(from: FileStore, to: FileStore, copied?: (key: string) => void): Promise<Moved> {
  const count = { copied: 0, verified: 0, bytes: 0 }
  const damaged: string[] = []

  async function move(key: string): Promise<void> {
    const file = await from.get(key)
    // A part of an upload that has ended meanwhile.
    if (!file) return
    const bytes = await bytesOf(file)
    const digest = sha256(bytes)
    const promised = digestOf(key)
    if (promised !== undefined && promised !== digest) {
      damaged.push(key)
      return
    }
    if (!(await holds(to, key, bytes.length, digest))) {
      await to.put(key, bytes)
      if (!(await holds(to, key, bytes.length, digest))) throw new Error(`Other bytes came back for ${key}`)
      count.copied += 1
      copied?.(key)
    }
    count.verified += 1
    count.bytes += bytes.length
  }

  const keys = from.list('')[Symbol.asyncIterator]()
  const mover = async () => {
    for (let next = await keys.next(); !next.done; next = await keys.next()) await move(next.value.key)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, mover))
  return { ...count, damaged }
}

async function holds(store: FileStore, key: string, size: number, digest: string): Promise<boolean> {
  const facts = await store.head(key)
  if (facts?.size !== size) return false
  const there = await store.get(key)
  return there !== undefined && sha256(await bytesOf(there)) === digest
}
