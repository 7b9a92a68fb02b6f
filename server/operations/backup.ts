import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import { appendAudit, verifyAudit } from '#server/platform/audit.ts'
import type { AuditFault } from '#server/platform/audit.ts'
import { systemClock } from '#server/platform/clock.ts'
import { openDatabase } from '#server/platform/database.ts'
import { createDiskFiles } from '#server/platform/files/disk.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import type { FileStore } from '#server/platform/files/file-store.ts'
import { moveFiles } from '#server/platform/files/move-files.ts'
import { systemWho } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import { BACKUP } from './queries.ts'

/** Says what stopped a back-up or a restoration, in words for whoever does it. */
export class BackupFailed extends Error {
  override readonly name = 'BackupFailed'
}

/**
 * What a back-up says of itself, in `manifest.json`: put in its place last, so that a folder without it is no back-up, and one whose
 * newest back-up broke off still holds the one before.
 */
export interface Manifest {
  /** when the database was read, ISO */
  readonly at: string
  /** file of the database, named by its digest; of a back-up made before 2026-12 `database.dump` */
  readonly dump?: string
  /** SHA-256 of that file */
  readonly dumpSha256: string
  readonly applications: number
  readonly files: number
  readonly bytes: number
}

const DUMP = 'database.dump'
const FILES = 'files'
const MANIFEST = 'manifest.json'

function run(program: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    child.stderr.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-2000)))
    child.on('error', () =>
      reject(new BackupFailed(`找不到 ${program}。${program} is not there: install the client of PostgreSQL.`)),
    )
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new BackupFailed(`${program}: ${said.trim()}`))))
  })
}

async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/**
 * Backs up while the nodes work. The database comes first, in one snapshot; then the files: they are addressed by their
 * content, never change and are not removed within a day, so that everything the snapshot speaks of is still there. Into a
 * folder that holds an older back-up only the files that are new are copied; every file is read back and held against its hash.
 * @param url PostgreSQL
 */
export async function backUp(url: string, files: FileStore, folder: string): Promise<Manifest> {
  await mkdir(join(folder, FILES), { recursive: true })
  const database = await openDatabase<Database>({ kind: 'postgres', url })
  let at: Date
  try {
    const { rows } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(database.db)
    at = rows[0]!.now
  } finally {
    await database.close()
  }
  const half = join(folder, 'database.half')
  await run('pg_dump', ['--format=custom', '--no-owner', '--no-privileges', `--file=${half}`, url])
  const dumpSha256 = await digestOfFile(half)
  const dump = `database-${dumpSha256.slice(0, 16)}.dump`
  await rename(half, join(folder, dump))
  const { verified, bytes, damaged } = await moveFiles(files, createDiskFiles(join(folder, FILES)))
  if (damaged.length > 0) throw new BackupFailed(`文件已损坏 damaged: ${damaged.join(', ')}`)
  const manifest: Manifest = {
    at: at.toISOString(),
    dump,
    dumpSha256,
    applications: await countOf(url, 'application'),
    files: verified,
    bytes,
  }
  const halfManifest = join(folder, `${MANIFEST}.half`)
  await writeFile(halfManifest, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true })
  await rename(halfManifest, join(folder, MANIFEST))
  for (const name of await readdir(folder)) {
    if (/^database.*\.dump$/.test(name) && name !== dump) await rm(join(folder, name))
  }
  await noteBackup(url, manifest)
  return manifest
}

/** The administrator's page says when the last one was made; the back-up itself was read before this and does not hold it. */
async function noteBackup(url: string, { applications, files, bytes }: Manifest): Promise<void> {
  const database = await openDatabase<Database>({ kind: 'postgres', url })
  try {
    await database.db.transaction().execute(async (db) => {
      const now = await systemClock.now(db)
      await appendAudit(db, systemWho('operations.back-up'), now, [
        { ...BACKUP, details: { applications, files, bytes } },
      ])
    })
  } finally {
    await database.close()
  }
}

async function countOf(url: string, table: 'application'): Promise<number> {
  const database = await openDatabase<Database>({ kind: 'postgres', url })
  try {
    const { count } = await database.db
      .selectFrom(table)
      .select(sql<number>`count(*)::int`.as('count'))
      .executeTakeFirstOrThrow()
    return count
  } finally {
    await database.close()
  }
}

export interface Restored {
  readonly applications: number
  /** files that the database knows and that are there with the right bytes */
  readonly files: number
  /** digests that the database knows and the back-up does not hold */
  readonly missing: readonly string[]
  readonly auditFaults: readonly AuditFault[]
}

/**
 * Brings a back-up into an empty database and into a store, and looks at the result: every file that the database knows must be
 * there, every hash must be right, and the chained audit must fit together.
 */
export async function restore(folder: string, url: string, files: FileStore): Promise<Restored> {
  const manifest = JSON.parse(
    await readFile(join(folder, MANIFEST), 'utf8').catch(() => {
      throw new BackupFailed(`${folder} 里没有完整的备份。${folder} holds no whole back-up.`)
    }),
  ) as Manifest
  const dump = join(folder, manifest.dump ?? DUMP)
  if ((await digestOfFile(dump)) !== manifest.dumpSha256) {
    throw new BackupFailed(`${dump} 与清单不符。It is not the one of the manifest.`)
  }
  const database = await openDatabase<Database>({ kind: 'postgres', url })
  try {
    const { rows } = await sql<{ count: number }>`
      select count(*)::int as count from pg_tables where schemaname in ('public', 'pgboss')`.execute(database.db)
    if (rows[0]!.count > 0) throw new BackupFailed('目标数据库不是空的。The database is not empty.')
    await run('pg_restore', [
      '--no-owner',
      '--no-privileges',
      '--exit-on-error',
      '--single-transaction',
      `--dbname=${url}`,
      dump,
    ])
    const { damaged } = await moveFiles(createDiskFiles(join(folder, FILES)), files)
    if (damaged.length > 0) throw new BackupFailed(`备份里的文件已损坏 damaged: ${damaged.join(', ')}`)
    const known = await database.db.selectFrom('storedFile').select(['sha256', 'size']).execute()
    const missing: string[] = []
    for (const { sha256, size } of known) {
      if ((await files.head(contentKey(sha256)))?.size !== size) missing.push(sha256)
    }
    const { faults } = await verifyAudit(database.db)
    return {
      applications: await countOf(url, 'application'),
      files: known.length - missing.length,
      missing,
      auditFaults: faults,
    }
  } finally {
    await database.close()
  }
}
