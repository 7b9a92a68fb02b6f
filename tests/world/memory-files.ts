import { createHash } from 'node:crypto'
import type { FileStore } from '#server/platform/files/file-store.ts'
import { assertKey, digestOf, WrongDigest } from '#server/platform/files/file-store.ts'

/** A file store that is gone with its test: every API test has one of its own. */
export function createMemoryFiles(): FileStore {
  const files = new Map<string, { bytes: Uint8Array<ArrayBuffer>; modifiedAt: Date }>()
  const facts = (key: string) => {
    const file = files.get(key)
    return file && { key, size: file.bytes.length, modifiedAt: file.modifiedAt }
  }
  return {
    put: async (key, content) => {
      assertKey(key)
      const chunks: Uint8Array[] = []
      if (content instanceof Uint8Array) chunks.push(content)
      else for await (const chunk of content) chunks.push(chunk)
      const bytes = new Uint8Array(Buffer.concat(chunks))
      const promised = digestOf(key)
      if (promised !== undefined && createHash('sha256').update(bytes).digest('hex') !== promised) {
        throw new WrongDigest(key)
      }
      files.set(key, { bytes, modifiedAt: new Date() })
    },
    get: async (key, range) => {
      const file = files.get(key)
      if (!file) return undefined
      if (range && range.from >= file.bytes.length) throw new RangeError(key)
      const bytes = range ? file.bytes.slice(range.from, (range.to ?? Infinity) + 1) : file.bytes
      return { ...facts(key)!, stream: new Blob([bytes]).stream() as ReadableStream<Uint8Array>, length: bytes.length }
    },
    head: async (key) => facts(key),
    delete: async (key) => void files.delete(key),
    list: async function* (prefix) {
      for (const key of [...files.keys()].sort()) if (key.startsWith(prefix)) yield facts(key)!
    },
    check: async () => {},
  }
}
