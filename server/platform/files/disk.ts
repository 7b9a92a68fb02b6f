import { createHash, randomUUID } from 'node:crypto'
import { closeSync, createReadStream, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { Readable } from 'node:stream'
import { assertKey, contentKey, digestOf, rangeWithin, WrongDigest } from './file-store.ts'
import type { FileFacts, FileStore } from './file-store.ts'

const HALF_WRITTEN = '.half'

/** Files of a folder: each is written beside its place, flushed to the disk, and then given its name, so that none is ever half there. */
export function createDiskFiles(folder: string): FileStore {
  const halfWritten = join(folder, HALF_WRITTEN)
  const pathOf = (key: string) => {
    assertKey(key)
    return join(folder, ...key.split('/'))
  }
  const factsOf = async (key: string): Promise<FileFacts | undefined> => {
    const found = await stat(pathOf(key)).catch(orNothing)
    return found?.isFile() ? { key, size: found.size, modifiedAt: found.mtime } : undefined
  }

  return {
    folder,
    put: async (key, content) => {
      const path = pathOf(key)
      const half = join(halfWritten, randomUUID())
      try {
        await inFolder(halfWritten, () => writeFlushed(half, content, digestOf(key)))
        await inFolder(dirname(path), () => rename(half, path))
      } catch (error) {
        await rm(half, { force: true })
        throw error
      }
      // The name itself must survive a power cut too.
      await flushFolder(dirname(path))
    },
    get: async (key, range) => {
      const facts = await factsOf(key)
      if (!facts) return undefined
      const { from, to, length } = rangeWithin(facts.size, range)
      const stream = length === 0 ? Readable.from([]) : createReadStream(pathOf(key), { start: from, end: to })
      return { ...facts, length, stream: Readable.toWeb(stream) as ReadableStream<Uint8Array> }
    },
    head: factsOf,
    delete: (key) => rm(pathOf(key), { force: true }),
    list: async function* (prefix) {
      // Only the folder in which the prefix ends needs reading, not the whole store.
      const within = prefix.slice(0, prefix.lastIndexOf('/') + 1)
      if (within) assertKey(within.slice(0, -1))
      const found = await readdir(join(folder, ...within.split('/')), { recursive: true, withFileTypes: true }).catch(
        orNothing,
      )
      const keys = (found ?? [])
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(folder.length + 1)
            .split(sep)
            .join('/'),
        )
        .filter((key) => key.startsWith(prefix) && !key.startsWith('.half/'))
        .sort((a, b) => (a < b ? -1 : 1))
      for (const key of keys) {
        const facts = await factsOf(key)
        if (facts) yield facts
      }
    },
    check: async () => {
      await mkdir(halfWritten, { recursive: true })
      const probe = join(halfWritten, `probe-${randomUUID()}`)
      await (await open(probe, 'wx')).close()
      await rm(probe)
    },
  }
}

/** Bytes that whoever keeps them has found the digest of. */
export interface Digested {
  readonly sha256: string
  readonly bytes: Uint8Array
}

/**
 * What `put` does, for a thread that may wait: keeps files under their digests. Nine calls on the main thread's pool, each with its
 * way there and back, cost more than the file; and of files that come together each folder's new names are flushed once.
 */
export function keepInFolder(folder: string, files: readonly Digested[]): void {
  const halves = files.map(({ sha256, bytes }) => ({
    bytes,
    half: join(folder, HALF_WRITTEN, randomUUID()),
    path: join(folder, ...contentKey(sha256).split('/')),
  }))
  try {
    for (const { half, bytes } of halves) writeFlushedSync(half, bytes)
    for (const { half, path } of halves) inFolderSync(dirname(path), () => renameSync(half, path))
  } catch (error) {
    for (const { half } of halves) rmSync(half, { force: true })
    throw error
  }
  for (const name of new Set(halves.map(({ path }) => dirname(path)))) flushFolderSync(name)
}

function writeFlushedSync(path: string, bytes: Uint8Array): void {
  const file = inFolderSync(dirname(path), () => openSync(path, 'wx'))
  try {
    for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

function inFolderSync<T>(folder: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    mkdirSync(folder, { recursive: true })
    return work()
  }
}

function flushFolderSync(path: string): void {
  let folder: number | undefined
  try {
    folder = openSync(path, 'r')
    fsyncSync(folder)
  } catch {
    // Windows cannot open a folder; there the rename is as durable as it gets.
  } finally {
    if (folder !== undefined) closeSync(folder)
  }
}

function orNothing(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
  throw error
}

/** Does it, and once more with the folder made where that was missing: nearly always it is there. */
async function inFolder(folder: string, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    await mkdir(folder, { recursive: true })
    await work()
  }
}

async function writeFlushed(
  path: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  digest: string | undefined,
): Promise<void> {
  const hash = createHash('sha256')
  const handle = await open(path, 'wx')
  try {
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      hash.update(chunk)
      await handle.writeFile(chunk)
    }
    if (digest !== undefined && hash.digest('hex') !== digest)
      throw new WrongDigest('The bytes are not those announced.')
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function flushFolder(path: string): Promise<void> {
  const handle = await open(path, 'r').catch(() => undefined)
  // Windows cannot open a folder; there the rename is as durable as it gets.
  await handle?.sync().catch(() => {})
  await handle?.close()
}
