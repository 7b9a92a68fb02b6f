import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { stopInspection } from '#server/attachments/inspection.ts'
import { backUp, BackupFailed, restore } from '#server/operations/backup.ts'
import { openDatabase } from '#server/platform/database.ts'
import { createDiskFiles } from '#server/platform/files/disk.ts'
import { bytesOf, contentKey, type FileStore } from '#server/platform/files/file-store.ts'
import type { Database } from '#server/schema.ts'
import { filledDraft, submit, submitted } from '../world/application-walk.ts'
import { urlOf } from '../world/nodes.ts'
import { pdfOfSize } from '../world/pdf-files.ts'
import { adminUrl, databaseKinds } from '../world/test-database.ts'
import { sent } from '../world/upload-walk.ts'
import { bodyOf, openWorld, type World } from '../world/world.ts'
import { startS3 } from './s3-server.ts'

const able = (await databaseKinds()).includes('postgres') && spawnSync('pg_dump', ['--version']).status === 0

describe.runIf(able)('backup and restore (needs PostgreSQL and its pg_dump)', () => {
  let s3: Awaited<ReturnType<typeof startS3>>
  let world: World
  let folder: string
  const made: string[] = []

  /** An empty database beside the world's. */
  async function emptyDatabase(): Promise<string> {
    const name = `zhicheng_restored_${process.pid}_${made.length}`
    const admin = postgres(adminUrl().href, { max: 1, onnotice: () => {} })
    await admin.unsafe(`create database ${name}`)
    await admin.end()
    made.push(name)
    const url = adminUrl()
    url.pathname = `/${name}`
    return url.href
  }

  beforeAll(async () => {
    s3 = await startS3('files')
    world = await openWorld('postgres', { s3: s3.config })
    folder = await mkdtemp(join(tmpdir(), 'zhicheng-backup-'))
  })
  afterAll(async () => {
    await world.close()
    await s3.close()
    await rm(folder, { recursive: true, force: true })
    await stopInspection()
    const admin = postgres(adminUrl().href, { max: 1, onnotice: () => {} })
    for (const name of made) await admin.unsafe(`drop database if exists ${name} with (force)`)
    await admin.end()
  })

  /** The rows that say a file is there without its bytes, as the world makes drafts complete, are none of ours here. */
  const forgetBytelessFiles = async () => {
    for (const { sha256 } of await world.db.selectFrom('storedFile').select('sha256').execute()) {
      if (await world.platform.files.head(contentKey(sha256))) continue
      const bytes = Buffer.from(`the bytes of ${sha256}`)
      const real = createHash('sha256').update(bytes).digest('hex')
      await world.platform.files.put(contentKey(real), bytes)
      await world.db
        .insertInto('storedFile')
        .values({
          sha256: real,
          size: bytes.length,
          mediaType: 'application/pdf',
          pages: 1,
          checkedAt: await world.now(),
        })
        .execute()
      await world.db.updateTable('attachment').set({ sha256: real }).where('sha256', '=', sha256).execute()
      await world.db.deleteFrom('storedFile').where('sha256', '=', sha256).execute()
    }
  }

  test('a back-up taken while people upload and submit comes back whole: every hash matches, nothing acknowledged before is missing', async () => {
    const before = [await submitted(world), await submitted(world)]
    const waiting = [await filledDraft(world), await filledDraft(world)]
    const sender = await filledDraft(world)
    await forgetBytelessFiles()
    let done = false
    const uploads = async () => {
      let count = 0
      for (; !done || count === 0; count += 1) {
        const bytes = pdfOfSize(20_000 + count)
        const to = { browser: sender.browser, applicationId: sender.id, path: 'otherProof', bytes }
        const answer = await sent(to)
        if (answer.status !== 201) break
      }
      return count
    }
    const submissions = async () => {
      for (const { browser, id, version } of waiting) await bodyOf(await submit(browser, id, version))
    }
    const [manifest, uploaded] = await Promise.all([
      backUp(await urlOf(world), world.platform.files, folder).finally(() => (done = true)),
      uploads(),
      submissions(),
    ])
    expect(uploaded).toBeGreaterThan(0)
    expect(manifest.files).toBeGreaterThan(0)
    const noted = world.db.selectFrom('auditEvent').select('details').where('action', '=', 'operations.backed-up')
    expect((await noted.executeTakeFirstOrThrow()).details, 'the administrator’s page tells of it').toEqual({
      applications: manifest.applications,
      files: manifest.files,
      bytes: manifest.bytes,
    })

    const url = await emptyDatabase()
    const target = createDiskFiles(join(folder, 'restored'))
    const restored = await restore(folder, url, target)
    expect(restored).toMatchObject({ missing: [], auditFaults: [] })

    const database = await openDatabase<Database>({ kind: 'postgres', url })
    try {
      for (const { sha256 } of await database.db.selectFrom('storedFile').select('sha256').execute()) {
        const bytes = await bytesOf((await target.get(contentKey(sha256)))!)
        expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256)
      }
      const snapshots = await database.db.selectFrom('applicationSnapshot').selectAll().execute()
      for (const { id, receipt } of before) {
        expect(snapshots.find(({ applicationId }) => applicationId === id)?.sha256).toBe(receipt.sha256)
      }
    } finally {
      await database.close()
    }
  }, 60_000)

  test('a back-up that breaks off leaves the one before whole; one that succeeds takes its place', async () => {
    const { sha256 } = await world.db.selectFrom('storedFile').select('sha256').limit(1).executeTakeFirstOrThrow()
    const damaged: FileStore = {
      ...world.platform.files,
      // a file that the back-up does not hold yet, and whose bytes are others than its name says
      list: async function* (prefix) {
        yield* world.platform.files.list(prefix)
        const facts = await world.platform.files.head(contentKey(sha256))
        yield { ...facts!, key: contentKey('0'.repeat(64)) }
      },
      get: (key, range) =>
        world.platform.files.get(key === contentKey('0'.repeat(64)) ? contentKey(sha256) : key, range),
    }
    await submitted(world)
    await forgetBytelessFiles()
    await expect(backUp(await urlOf(world), damaged, folder)).rejects.toThrow('damaged')
    const older = await restore(folder, await emptyDatabase(), createDiskFiles(join(folder, 'older')))
    expect(older).toMatchObject({ missing: [], auditFaults: [] })

    const { applications } = await backUp(await urlOf(world), world.platform.files, folder)
    expect(applications).toBeGreaterThan(older.applications)
    expect((await readdir(folder)).filter((name) => name.endsWith('.dump'))).toHaveLength(1)
  }, 60_000)

  test('a database that holds something, a back-up cut off and a dump that was changed are refused', async () => {
    const target = createDiskFiles(join(folder, 'refused'))
    await expect(restore(folder, await urlOf(world), target)).rejects.toThrow('not empty')
    const url = await emptyDatabase()
    await expect(restore(join(folder, 'files'), url, target)).rejects.toThrow(BackupFailed)
    const dump = join(
      folder,
      (await readdir(folder)).find((name) => name.endsWith('.dump'))!,
    )
    const bytes = await readFile(dump)
    bytes[bytes.length >> 1]! ^= 1
    await writeFile(dump, bytes)
    await expect(restore(folder, url, target)).rejects.toThrow('manifest')
  })
})
