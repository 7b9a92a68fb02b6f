import { type ChildProcess, spawn } from 'node:child_process'
import { appendFileSync, mkdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as settings from '../../server/process-settings.mjs'
import { freePort } from '../faults/postgres.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Where `tests/logs.ts` looks for what this server said. */
function newLogFile(): string {
  const folder = join(root, 'node_modules/.cache/test-logs')
  mkdirSync(folder, { recursive: true })
  return join(folder, `e2e-${process.pid}-${Math.random().toString(36).slice(2, 10)}.log`)
}

/** The built product as a process of its own, with an empty database and the demonstration world. */
export class RunningServer {
  readonly origin: string
  /** where it keeps what it keeps on a disk, unless `DATA_DIR` says otherwise */
  readonly folder: string
  readonly #port: number
  readonly #environment: Readonly<Record<string, string>>
  readonly #runtime: readonly string[]
  #process: ChildProcess | undefined
  #log = ''

  private constructor(
    port: number,
    folder: string,
    environment: Readonly<Record<string, string>>,
    runtime: readonly string[],
  ) {
    this.#runtime = runtime
    this.#port = port
    this.folder = folder
    this.#environment = environment
    this.origin = environment['PUBLIC_ORIGIN'] ?? `http://127.0.0.1:${port}`
  }

  /**
   * @param world says which one it is in the name of its folder
   * @param more a port and variables of its own, options of Node; with `PUBLIC_ORIGIN` it is reached through what listens there
   */
  static async create(
    world = 'shared',
    {
      port,
      environment = {},
      runtime = [],
    }: { port?: number; environment?: Readonly<Record<string, string>>; runtime?: readonly string[] } = {},
  ): Promise<RunningServer> {
    const folder = await mkdtemp(join(tmpdir(), `zhicheng-${world}-`))
    const server = new RunningServer(port ?? (await freePort()), folder, environment, runtime)
    await server.start()
    return server
  }

  async start(): Promise<void> {
    const child = spawn(process.execPath, [...settings.runtime, ...this.#runtime, 'build/server.js'], {
      cwd: root,
      env: {
        ...settings.environment,
        ...process.env,
        PORT: String(this.#port),
        HOST: '127.0.0.1',
        DATA_DIR: this.folder,
        DATABASE_URL: '',
        E2E: '1',
        LOG_LEVEL: 'trace',
        NODE_ENV: 'production',
        ...this.#environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#process = child
    const keptLog = newLogFile()
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (text: Buffer) => {
        this.#log += text.toString()
        appendFileSync(keptLog, text)
      })
    const deadline = Date.now() + 120_000
    for (;;) {
      if (child.exitCode !== null) throw new Error(`the server ended:\n${this.#log.slice(-4000)}`)
      const answers = await fetch(`http://127.0.0.1:${this.#port}/api/health`).then(
        ({ ok }) => ok,
        () => false,
      )
      if (answers) return
      if (Date.now() > deadline) throw new Error(`the server does not answer:\n${this.#log.slice(-4000)}`)
      await new Promise((done) => setTimeout(done, 100))
    }
  }

  /** of the process that runs now; undefined while none does */
  get pid(): number | undefined {
    const child = this.#process
    return child && child.exitCode === null && child.signalCode === null ? child.pid : undefined
  }

  /** Ends the process; the data stays, as after a restart of the machine. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.#process
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await ended
  }

  async close(): Promise<void> {
    await this.stop()
    await rm(this.folder, { recursive: true, force: true })
  }

  get log(): string {
    return this.#log
  }

  /** Moves the server's clock (E2E=1). */
  async setClock(now: Date | string): Promise<void> {
    const response = await fetch(`${this.origin}/api/e2e/clock`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.origin },
      body: JSON.stringify({ now: typeof now === 'string' ? now : now.toISOString() }),
    })
    if (!response.ok) throw new Error(`the clock did not move: ${response.status}`)
  }

  /** The server's clock goes on by so many milliseconds. */
  async advanceClock(milliseconds: number): Promise<void> {
    await this.setClock(new Date((await this.now()) + milliseconds))
  }

  /** ms of the server's clock */
  async now(): Promise<number> {
    const { now } = (await (await fetch(`${this.origin}/api/health`)).json()) as { now: string }
    return Date.parse(now)
  }

  async outbox(): Promise<{ mobile: string; text: string }[]> {
    const response = await fetch(`${this.origin}/api/e2e/outbox`)
    const body = (await response.json()) as
      { messages?: { mobile: string; text: string }[] } | { mobile: string; text: string }[]
    return Array.isArray(body) ? body : (body.messages ?? [])
  }
}
