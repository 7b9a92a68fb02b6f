import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesOf, contentKey, WrongDigest } from '#server/platform/files/file-store.ts'
import type { FileStore } from '#server/platform/files/file-store.ts'

interface Opened {
  readonly store: FileStore
  close(): Promise<void>
}

const text = (content: string) => new TextEncoder().encode(content)

async function* pieces(...parts: string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield text(part)
}

async function* cutOff(): AsyncGenerator<Uint8Array> {
  yield text('half')
  throw new Error('the line was cut')
}

/** What every place for bytes has to do alike. */
export function fileStoreContract(name: string, open: () => Promise<Opened>): void {
  describe(`file store: ${name}`, () => {
    let opened: Opened
    let store: FileStore
    const read = async (key: string, range?: { from: number; to?: number }) => {
      const file = await store.get(key, range)
      return file && { text: new TextDecoder().decode(await bytesOf(file)), length: file.length, size: file.size }
    }
    const keys = async (prefix: string) => {
      const found: string[] = []
      for await (const { key } of store.list(prefix)) found.push(key)
      return found
    }

    beforeAll(async () => {
      opened = await open()
      store = opened.store
    })
    afterAll(() => opened.close())

    test('gives back what was put, from bytes or from a stream', async () => {
      await store.put('a/one', text('hello'))
      expect(await store.head('a/one')).toMatchObject({ key: 'a/one', size: 5 })
      await store.put('a/two', pieces('he', 'llo', ' 你好'))
      expect(await read('a/one')).toEqual({ text: 'hello', length: 5, size: 5 })
      expect(await read('a/two')).toEqual({ text: 'hello 你好', length: 12, size: 12 })
    })

    test('a later put replaces the whole file, also by a shorter one', async () => {
      await store.put('replaced', text('long content'))
      await store.put('replaced', text('short'))
      expect(await read('replaced')).toMatchObject({ text: 'short' })
    })

    test('keeps an empty file', async () => {
      await store.put('empty', new Uint8Array())
      expect(await read('empty')).toEqual({ text: '', length: 0, size: 0 })
    })

    test('reads a part: both ends count, beyond the end is to the end, from beyond is an error', async () => {
      await store.put('part', text('0123456789'))
      expect(await read('part', { from: 2, to: 4 })).toEqual({ text: '234', length: 3, size: 10 })
      expect(await read('part', { from: 7 })).toMatchObject({ text: '789' })
      expect(await read('part', { from: 9, to: 99 })).toMatchObject({ text: '9', length: 1 })
      await expect(store.get('part', { from: 10 })).rejects.toThrow(RangeError)
    })

    test('says size and time without the bytes', async () => {
      await store.put('facts', text('abc'))
      const facts = await store.head('facts')
      expect(facts).toMatchObject({ key: 'facts', size: 3 })
      expect(Math.abs(facts!.modifiedAt.getTime() - Date.now())).toBeLessThan(60_000)
    })

    test('what is not there is undefined, and deleting it is nothing', async () => {
      expect(await store.get('nowhere/at/all')).toBeUndefined()
      expect(await store.head('nowhere')).toBeUndefined()
      await store.delete('nowhere')
      await store.put('gone', text('x'))
      await store.delete('gone')
      expect(await store.head('gone')).toBeUndefined()
    })

    test('lists by prefix, in order, also a prefix that ends within a name', async () => {
      for (const key of ['list/b/2', 'list/a/1', 'list/a/10', 'lists/x']) await store.put(key, text(key))
      expect(await keys('list/')).toEqual(['list/a/1', 'list/a/10', 'list/b/2'])
      expect(await keys('list/a/1')).toEqual(['list/a/1', 'list/a/10'])
      expect(await keys('none/')).toEqual([])
    })

    test('a content key keeps only the bytes it promises', async () => {
      const key = contentKey(createHash('sha256').update('right').digest('hex'))
      await expect(store.put(key, text('wrong'))).rejects.toThrow(WrongDigest)
      expect(await store.head(key)).toBeUndefined()
      await store.put(key, pieces('ri', 'ght'))
      expect(await read(key)).toMatchObject({ text: 'right' })
    })

    test('a stream that breaks leaves nothing, and what was there stays', async () => {
      await store.put('steady', text('before'))
      await expect(store.put('steady', cutOff())).rejects.toThrow('cut')
      await expect(store.put('never', cutOff())).rejects.toThrow('cut')
      expect(await read('steady')).toMatchObject({ text: 'before' })
      expect(await store.head('never')).toBeUndefined()
      expect(await keys('never')).toEqual([])
    })

    test.each(['../up', 'a/../../b', '/root', 'a//b', '', 'a b', 'a\0b', '.', 'a/..'])(
      'refuses %j as a key',
      async (key) => {
        await expect(store.put(key, text('x'))).rejects.toThrow('Not a file key')
        await expect(store.get(key)).rejects.toThrow('Not a file key')
      },
    )

    test('answers its check', async () => {
      await store.check()
    })
  })
}
