import { execFileSync, spawnSync } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A port that nobody has at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Where PostgreSQL's programs lie; undefined where there are none. */
function programs(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  return [...versions.map((version) => join(debian, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')].find(
    (folder) => existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'pg_ctl')),
  )
}

/** PostgreSQL refuses to run as root: the user that it runs as instead. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return {} as { uid: number; gid: number }
  for (const name of ['postgres', 'nobody']) {
    const found = spawnSync('id', ['-u', name], { encoding: 'utf8' })
    const group = spawnSync('id', ['-g', name], { encoding: 'utf8' })
    if (found.status === 0) return { uid: Number(found.stdout), gid: Number(group.stdout) }
  }
  return undefined
}

/** A PostgreSQL of our own, so that it may be killed in the middle of everything. */
export class OwnPostgres {
  readonly port: number
  readonly #bin: string
  readonly #folder: string
  readonly #user: { uid: number; gid: number }

  private constructor(bin: string, folder: string, user: { uid: number; gid: number }, port: number) {
    this.#bin = bin
    this.#folder = folder
    this.#user = user
    this.port = port
  }

  /** null where this machine has no PostgreSQL, or nobody to run it as. */
  static async start(): Promise<OwnPostgres | null> {
    const bin = programs()
    const user = unprivileged()
    if (bin === undefined || user === undefined) return null
    const folder = mkdtempSync(join(tmpdir(), 'zhicheng-postgres-'))
    if (user.uid !== undefined) chownSync(folder, user.uid, user.gid)
    const own = new OwnPostgres(bin, folder, user, await freePort())
    own.#run('initdb', ['-D', join(folder, 'data'), '-A', 'trust', '-U', 'zhicheng', '-E', 'UTF8', '--locale=C.UTF-8'])
    own.#start()
    own.#run('createdb', ['-h', '127.0.0.1', '-p', String(own.port), '-U', 'zhicheng', 'zhicheng'])
    return own
  }

  #run(program: string, args: readonly string[]): void {
    execFileSync(join(this.#bin, program), args, {
      ...this.#user,
      cwd: this.#folder,
      // A postmaster that kept the pipe would keep us.
      stdio: ['ignore', 'ignore', program === 'pg_ctl' ? 'ignore' : 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' },
      timeout: 60_000,
    })
  }

  #control(action: string, ...more: string[]): void {
    this.#run('pg_ctl', [action, '-D', join(this.#folder, 'data'), '-w', '-t', '50', ...more])
  }

  #start(): void {
    const options = `-p ${this.port} -k ${this.#folder} -c listen_addresses=127.0.0.1 -c shared_buffers=32MB`
    this.#control('start', '-l', join(this.#folder, 'log'), '-o', options)
  }

  url(port = this.port): string {
    return `postgres://zhicheng@127.0.0.1:${port}/zhicheng`
  }

  /** As after a crash: every connection breaks, what was not committed is gone. */
  crash(): void {
    this.#control('stop', '-m', 'immediate')
  }
  comeBack(): void {
    this.#start()
  }

  close(): void {
    this.#control('stop', '-m', 'immediate')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
