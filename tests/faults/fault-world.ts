import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres from 'postgres'
import { RunningServer } from '../world/running-server.ts'
import { DatabaseLine } from './database-line.ts'
import { Line } from './line.ts'
import { notNone, ORPHANS } from './orphans.ts'
import { freePort, OwnPostgres } from './postgres.ts'

/** Large enough for everything the tests keep, small enough to be filled in a moment. */
const DISK = 96 * 1024 * 1024

/** A small disk of its own under the server's files; undefined where this process may not mount. */
export class SmallDisk {
  readonly folder: string
  readonly #ballast: string

  private constructor(folder: string) {
    this.folder = folder
    this.#ballast = join(folder, 'ballast')
  }
  static mount(): SmallDisk | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'zhicheng-disk-'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], { stdio: 'ignore' })
      return new SmallDisk(folder)
    } catch {
      rmSync(folder, { recursive: true })
      return undefined
    }
  }
  /** Leaves so many bytes. */
  fill(left: number): void {
    const { bavail, bsize } = statfsSync(this.folder)
    try {
      writeFileSync(this.#ballast, Buffer.alloc(Math.max(0, bavail * bsize - left)))
    } catch (error) {
      // Somebody else has written meanwhile: all the fuller.
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
    }
  }
  empty(): void {
    rmSync(this.#ballast, { force: true })
  }
  unmount(): void {
    execFileSync('umount', [this.folder], { stdio: 'ignore' })
    rmSync(this.folder, { recursive: true, force: true })
  }
}

/**
 * A real server process that may be killed, behind a network that may be cut, on a PostgreSQL that may crash and a disk that
 * may be full. Where a machine has no PostgreSQL or may not mount, those are missing and the embedded database is used.
 */
export class FaultWorld {
  readonly line: Line
  readonly server: RunningServer
  readonly database: { readonly postgres: OwnPostgres; readonly line: DatabaseLine; readonly sql: postgres.Sql } | null
  readonly disk: SmallDisk | undefined

  private constructor(
    line: Line,
    server: RunningServer,
    database: FaultWorld['database'],
    disk: SmallDisk | undefined,
  ) {
    this.line = line
    this.server = server
    this.database = database
    this.disk = disk
  }

  static async open(): Promise<FaultWorld> {
    const own = await OwnPostgres.start()
    const wire = own && (await DatabaseLine.open(own.port))
    const disk = SmallDisk.mount()
    const port = await freePort()
    const line = await Line.open(port)
    const server = await RunningServer.create('faults', {
      port,
      environment: {
        PUBLIC_ORIGIN: line.origin,
        DEMO: '1',
        ...(disk && { DATA_DIR: join(disk.folder, 'data') }),
        ...(own && wire && { DATABASE_URL: own.url(wire.port), SECRET_KEY: 'a key of the fault harness alone, 32+' }),
      },
    })
    const sql = own && postgres(own.url(), { max: 1, onnotice: () => {}, transform: postgres.camel })
    return new FaultWorld(line, server, own && wire && sql && { postgres: own, line: wire, sql }, disk)
  }

  /** kill -9, then a new process on the same data. */
  async restart(): Promise<void> {
    await this.server.stop('SIGKILL')
    await this.server.start()
  }

  async close(): Promise<void> {
    await this.database?.sql.end({ timeout: 1 })
    await this.server.close()
    await this.line.close()
    await this.database?.line.close()
    this.database?.postgres.close()
    this.disk?.unmount()
  }

  /** What no fault may leave behind. */
  async orphans(): Promise<Record<string, number>> {
    if (!this.database) return {}
    const [found] = await this.database.sql.unsafe<Record<string, number>[]>(ORPHANS)
    return notNone(found)
  }
}
