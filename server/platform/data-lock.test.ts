import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { DirectoryInUse, holdDirectory } from './data-lock.ts'

const folder = mkdtempSync(join(tmpdir(), 'zhicheng-lock-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('a directory is held once, and free again after it is let go', async () => {
  const directory = join(folder, 'database')
  const release = await holdDirectory(directory)
  await expect(holdDirectory(directory)).rejects.toThrow(DirectoryInUse)
  release()
  ;(await holdDirectory(directory))()
})

test.each([
  ['of a process that is gone', '999999999 1'],
  ['of an earlier process with our number', `${process.pid} 1`],
  ['that was cut off while it was written', ''],
])('a lock %s is taken over', async (_, content) => {
  const directory = join(folder, 'left')
  writeFileSync(`${directory}.lock`, content)
  ;(await holdDirectory(directory))()
})
