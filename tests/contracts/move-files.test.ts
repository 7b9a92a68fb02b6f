import { spawn } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDiskFiles } from '#server/platform/files/disk.ts'
import { bytesOf, contentKey, type FileStore } from '#server/platform/files/file-store.ts'
import { moveFiles } from '#server/platform/files/move-files.ts'
import { createS3Files } from '#server/platform/files/s3.ts'
import { startS3 } from './s3-server.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const FILES = 120
let folder: string
let s3: Awaited<ReturnType<typeof startS3>>
let here: FileStore
let there: FileStore
/** key and digest of everything that is to be moved */
const all = new Map<string, string>()

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'zhicheng-move-'))
  s3 = await startS3('files')
  here = createDiskFiles(join(folder, 'files'))
  there = createS3Files(s3.config)
  for (let place = 0; place < FILES; place += 1) {
    const bytes = randomBytes(1000 + place * 100)
    const key = place % 10 === 0 ? `uploads/${place}/000000000-part` : contentKey(sha256(bytes))
    await here.put(key, bytes)
    all.set(key, sha256(bytes))
  }
})
afterAll(async () => {
  await s3.close()
  await rm(folder, { recursive: true, force: true })
})

/** The command in a process of its own. */
function command() {
  const { endpoint, bucket, accessKey, secretKey } = s3.config
  const child = spawn(process.execPath, ['--import', 'tsx', 'server/operations/move-files.ts'], {
    cwd: root,
    env: {
      ...process.env,
      DATA_DIR: folder,
      DATABASE_URL: '',
      S3_ENDPOINT: endpoint,
      S3_BUCKET: bucket,
      S3_ACCESS_KEY: accessKey,
      S3_SECRET_KEY: secretKey,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text: Buffer) => (said += text.toString()))
  const ended = new Promise<number | null>((done) => child.once('exit', done))
  return { kill: () => child.kill('SIGKILL'), ended, said: () => said }
}

const countThere = async () => {
  let count = 0
  for await (const { key } of there.list('')) if (all.has(key)) count += 1
  return count
}

test('files:move killed in the middle goes on where it stood, and every hash is that of before', async () => {
  const first = command()
  await expect.poll(countThere, { timeout: 25_000, interval: 5 }).toBeGreaterThan(5)
  first.kill()
  await first.ended
  const stood = await countThere()
  expect(stood).toBeLessThan(FILES)

  // The part of the command that does the work; the database is not there yet, so that the command itself ends with it.
  const copied: string[] = []
  const { verified, damaged } = await moveFiles(here, there, (key) => copied.push(key))
  expect({ verified, damaged }).toEqual({ verified: FILES, damaged: [] })
  expect(copied).toHaveLength(FILES - stood)
  for (const [key, digest] of all) expect(sha256(await bytesOf((await there.get(key))!)), key).toBe(digest)
})

test('bytes that are not what their name promises are named and left out', async () => {
  const { key } = { key: contentKey('0'.repeat(64)) }
  const broken: FileStore = {
    ...here,
    list: async function* () {
      yield { key, size: 3, modifiedAt: new Date() }
    },
    get: async () => ({
      key,
      size: 3,
      length: 3,
      modifiedAt: new Date(),
      stream: new Blob(['bad']).stream() as ReadableStream<Uint8Array>,
    }),
  }
  expect(await moveFiles(broken, there)).toMatchObject({ copied: 0, damaged: [key] })
  expect(await there.head(key)).toBeUndefined()
})

test('something else under the same key over there is replaced', async () => {
  const [key, digest] = [...all].find(([one]) => one.startsWith('uploads/'))!
  await there.put(key, Buffer.from('of another day'))
  expect(await moveFiles(here, there)).toMatchObject({ copied: 1, verified: FILES })
  expect(sha256(await bytesOf((await there.get(key))!))).toBe(digest)
})
