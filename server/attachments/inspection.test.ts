import { expect, test } from 'vitest'
import { BROKEN, type FilesWish, inspect, type Inspection } from './inspection.ts'

const fileOf = (first: number): Inspection => ({ what: 'pdf', bytes: new Uint8Array([first]) })
const firstsOf = ({ files }: FilesWish) => files.map(({ bytes }) => bytes[0]!)
const good = (sha256: number) => ({
  content: { mediaType: 'application/pdf', pages: 1, sha256: String(sha256), size: 1, isKept: true } as const,
})
const damaged = { refusal: { code: 'attachment.damaged' } } as const

test('files behind one that left the thread unfit are looked at by another', async () => {
  const asked: number[][] = []
  const verdicts = await inspect([1, 2, 3, 4].map(fileOf), '/folder', async (wish) => {
    const firsts = firstsOf(wish)
    asked.push(firsts)
    const [first] = firsts
    return first === 1 ? [good(1), damaged] : firsts.map(good)
  })
  expect(asked).toEqual([
    [1, 2, 3, 4],
    [3, 4],
  ])
  expect(verdicts).toEqual([good(1), damaged, good(3), good(4)])
})

test('where a thread had no time or memory left each file is looked at alone, and the one that takes it is damaged', async () => {
  const verdicts = await inspect([1, 2, 3].map(fileOf), '/folder', async (wish) =>
    firstsOf(wish).includes(2) ? BROKEN : firstsOf(wish).map(good),
  )
  expect(verdicts).toEqual([good(1), damaged, good(3)])
})

test('a disk that takes too long is no fault of the files', async () => {
  const slow = inspect([1, 2].map(fileOf), '/folder', async ({ passed }) => {
    Atomics.store(passed, 0, 1)
    return BROKEN
  })
  await expect(slow).rejects.toMatchObject({ code: 'EIO' })
})

test('what fails alone is thrown when none of the others is in the hands of a thread any more', async () => {
  const busy = new Set<number>()
  const looked = inspect([1, 2].map(fileOf), '/folder', async (wish) => {
    const firsts = firstsOf(wish)
    if (firsts.length > 1) return BROKEN
    busy.add(firsts[0]!)
    await new Promise((later) => setImmediate(later))
    if (firsts[0] === 1) {
      busy.delete(1)
      throw new Error('full')
    }
    await new Promise((later) => setImmediate(later))
    busy.delete(2)
    return firsts.map(good)
  })
  await expect(looked).rejects.toThrow('full')
  expect([...busy]).toEqual([])
})
