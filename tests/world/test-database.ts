import { PGlite } from '@electric-sql/pglite'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { connect } from 'node:net'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type postgres from 'postgres'
import { migrations } from '#server/migrations/index.ts'
import { createMetrics } from '#server/platform/metrics.ts'
import { openDatabase, pgliteOptions, wrapPGlite } from '#server/platform/database.ts'
import type { DatabaseKind, OpenDatabase } from '#server/platform/database.ts'
import { createJobQueue } from '#server/platform/jobs.ts'
import { createLog } from '#server/platform/log.ts'
import { migrate } from '#server/platform/migrate.ts'
import { systemClock } from '#server/platform/clock.ts'
import { nodeName, thisNode } from '#server/platform/node-name.ts'
import { postgresAt } from '#server/platform/postgres-pool.ts'
import { SlowStatements } from '#server/platform/slow-statements.ts'

const require = createRequire(import.meta.url)
const root = fileURLToPath(new URL('../..', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'test-database')

/** Names one state of the tables: it changes with any migration and with the libraries that write them. */
function stateOfTables(): string {
  const hash = createHash('sha256')
  const folder = join(root, 'server', 'migrations')
  for (const file of readdirSync(folder).sort()) {
    if (file.endsWith('.ts') && !file.includes('.test.')) hash.update(file).update(readFileSync(join(folder, file)))
  }
  for (const file of ['job-table.ts', 'jobs.ts', 'database.ts'])
    hash.update(readFileSync(join(root, 'server/platform', file)))
  for (const name of ['@electric-sql/pglite', 'pg-boss']) hash.update(versionOf(name))
  return hash.digest('hex').slice(0, 16)
}

function versionOf(name: string): string {
  let folder = dirname(require.resolve(name))
  while (!existsSync(join(folder, 'package.json'))) folder = dirname(folder)
  return readFileSync(join(folder, 'package.json'), 'utf8')
}

async function bringUp(database: OpenDatabase<any>): Promise<void> {
  await migrate(database.db, migrations)
  const jobs = createJobQueue(database, { log: createLog('silent'), metrics: createMetrics(), clock: systemClock })
  await jobs.prepare()
  await jobs.stop()
}

/**
 * A database of its own for one test file: migrated, empty, gone when it is closed.
 * PGlite lives in memory and is loaded from a picture of its migrated files; PostgreSQL copies a template database.
 */
export function openTestDatabase<DB = any>(kind: DatabaseKind, slow = new SlowStatements()): Promise<OpenDatabase<DB>> {
  return kind === 'pglite' ? openTestPGlite<DB>(slow) : openTestPostgres<DB>(slow)
}

/** PGlite in a folder, as the product keeps it: for a process that is to be started on what a test has prepared. */
export async function openKeptPGlite<DB = any>(
  directory: string,
  slow = new SlowStatements(),
): Promise<OpenDatabase<DB>> {
  const database = await openDatabase<DB>({ kind: 'pglite', directory }, { slow })
  await bringUp(database)
  return database
}

async function openTestPGlite<DB>(slow: SlowStatements): Promise<OpenDatabase<DB>> {
  const picture = join(cache, `pglite-${stateOfTables()}.tar`)
  if (!existsSync(picture)) await makePicture(picture)
  const pglite = await PGlite.create(pgliteOptions({ loadDataDir: new Blob([readFileSync(picture)]) }))
  return wrapPGlite<DB>(pglite, () => {}, slow)
}

async function makePicture(picture: string): Promise<void> {
  mkdirSync(cache, { recursive: true })
  const pglite = await PGlite.create(pgliteOptions({}))
  const database = wrapPGlite<any>(pglite)
  await bringUp(database)
  const dump = await pglite.dumpDataDir('none')
  // Two test files may make it at once: each writes its own, the last name wins, both are whole.
  const half = `${picture}.${process.pid}`
  writeFileSync(half, Buffer.from(await dump.arrayBuffer()))
  for (const old of readdirSync(cache))
    if (old.startsWith('pglite-') && old.endsWith('.tar')) rmSync(join(cache, old), { force: true })
  renameSync(half, picture)
  await database.close()
}

/** Where PostgreSQL is for tests: TEST_DATABASE_URL, or the local server with its own user. */
export function adminUrl(): URL {
  return new URL(process.env['TEST_DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres')
}

async function openTestPostgres<DB>(slow: SlowStatements): Promise<OpenDatabase<DB>> {
  const url = adminUrl()
  const template = `${templatesOf(url)}${stateOfTables()}`
  const name = `zhicheng_test_${process.pid}_${Math.random().toString(36).slice(2, 10)}`
  const admin = postgresAt(url.href, { max: 1, onnotice: () => {} })
  try {
    // One at a time, all workers of all runs: the first makes the template, and a template being copied refuses connections.
    await admin`select pg_advisory_lock(hashtext('zhicheng test template'))`
    const made = await admin`select 1 from pg_database where datname = ${template}`
    if (made.length === 0) await makeTemplate(admin, url, template)
    await admin.unsafe(`create database ${name} template ${template}`)
  } finally {
    await admin.end()
  }
  const database = await openDatabase<DB>(
    { kind: 'postgres', url: withName(url, name) },
    { slow, name: nodeName(thisNode('0')) },
  )
  return {
    ...database,
    close: async () => {
      await database.close()
      const last = postgresAt(url.href, { max: 1, onnotice: () => {} })
      await last.unsafe(`drop database if exists ${name} with (force)`)
      await last.end()
    },
  }
}

/** Several working copies may share one server: each names its templates after its own database, and the lock is that database's too. */
const templatesOf = (url: URL) => `zhicheng_template_${url.pathname.slice(1).replace(/\W/g, '_')}_`

async function makeTemplate(admin: postgres.Sql, url: URL, template: string): Promise<void> {
  const olds = await admin`select datname from pg_database where starts_with(datname, ${templatesOf(url)})`
  for (const { datname } of olds) await admin.unsafe(`drop database if exists ${datname} with (force)`)
  const half = `${template}_half`
  await admin.unsafe(`create database ${half}`)
  const database = await openDatabase<any>({ kind: 'postgres', url: withName(url, half) })
  await bringUp(database)
  await database.close()
  await admin.unsafe(`alter database ${half} rename to ${template}`)
}

function withName(url: URL, name: string): string {
  const copy = new URL(url)
  copy.pathname = `/${name}`
  return copy.href
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 1000 })
    const end = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false))
  })
}

/** The kinds that can be tested here: PGlite always; PostgreSQL if TEST_DATABASE_URL or the local server answers, else one line says so. */
export async function databaseKinds(): Promise<DatabaseKind[]> {
  const url = adminUrl()
  if (await answers(url.hostname, Number(url.port || 5432))) return ['pglite', 'postgres']
  if (process.env['TEST_DATABASE_URL']) throw new Error(`TEST_DATABASE_URL does not answer: ${url.host}`)
  console.warn(`PostgreSQL does not answer on ${url.host}: tested on PGlite only. Set TEST_DATABASE_URL to test both.`)
  return ['pglite']
}
