import postgres from 'postgres'

type Options = NonNullable<Parameters<typeof postgres>[1]>

/**
 * The driver on the server that `url` names. `?host=/folder` names the folder of its socket, as libpq reads it: on the same machine
 * a whole application takes a tenth less processor time than by TCP (docs/performance.md).
 */
export function postgresAt(url: string, options: Options): postgres.Sql {
  const at = new URL(url)
  const host = at.searchParams.get('host')
  at.searchParams.delete('host')
  return postgres(at.href, { ...options, ...(host !== null && { host }) }) as postgres.Sql
}

/** One connection, alone in an instance of its own, so that we are told when exactly this one is gone. */
interface Slot {
  readonly sql: postgres.Sql
  /** the connection itself, from its first use to its end */
  reserved: postgres.ReservedSql | undefined
  gone: boolean
}

/** A connection while somebody has it. */
export interface Held {
  readonly sql: postgres.Sql
  /** Runs a statement. Rejects, and never reaches the driver, once the connection is gone. */
  unsafe(
    text: string,
    values?: readonly unknown[],
    options?: { prepare?: boolean; simple?: boolean },
  ): Promise<postgres.RowList<any>>
  /** Runs a script. */
  simple(text: string): Promise<readonly unknown[]>
  release(): void
}

/** What a statement of a connection that is gone ends with. */
class ConnectionGone extends Error {
  readonly code = 'CONNECTION_CLOSED'
  constructor() {
    super('The connection to the database is gone.')
  }
}

/** The database went away under a request (restart, failover), or is not there yet. */
export function isConnectionLost(error: unknown): boolean {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' && /^(CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|57P0[123]$)/.test(code)
}

/**
 * Connections that are held one at a time, as a transaction needs them. postgres.js could hold them itself, but when the
 * database restarts it writes to the socket that is no longer there, which ends the process, and it gives a lost connection to
 * the next one who asks while its old holder still may release it (porsager/postgres #1154, #1208; docs/decisions/040).
 * Here a lost connection is never written to and never handed out again.
 */
export class PostgresPool {
  readonly #open: () => Slot
  readonly #atMost: number
  #idle: Slot[] = []
  #count = 0
  readonly #waiting: ((slot: Slot) => void)[] = []

  constructor(url: string, atMost: number, options: Options) {
    this.#atMost = atMost
    this.#open = () => {
      const slot: Slot = {
        sql: postgresAt(url, { ...options, max: 1, max_lifetime: null, onclose: () => this.#lose(slot) }),
        reserved: undefined,
        gone: false,
      }
      return slot
    }
  }

  #lose(slot: Slot): void {
    if (slot.gone) return
    slot.gone = true
    this.#count -= 1
    this.#idle = this.#idle.filter((one) => one !== slot)
    void slot.sql.end({ timeout: 0 }).catch(() => {})
    const next = this.#waiting.shift()
    if (next) next(this.#make())
  }

  #make(): Slot {
    this.#count += 1
    return this.#open()
  }

  #take(): Promise<Slot> {
    const idle = this.#idle.pop()
    if (idle) return Promise.resolve(idle)
    if (this.#count < this.#atMost) return Promise.resolve(this.#make())
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #give(slot: Slot): void {
    if (slot.gone) return
    const next = this.#waiting.shift()
    if (next) next(slot)
    else this.#idle.push(slot)
  }

  /** connections that are open, and those who wait for one */
  get use(): { readonly open: number; readonly waiting: number } {
    return { open: this.#count, waiting: this.#waiting.length }
  }

  /** Waits for a free connection. Rejects where none can be made. */
  async reserve(): Promise<Held> {
    const slot = await this.#take()
    let reserved: postgres.ReservedSql
    try {
      reserved = slot.reserved ??= await slot.sql.reserve()
    } catch (error) {
      this.#lose(slot)
      throw error
    }
    return {
      sql: slot.sql,
      unsafe: async (text, values = [], options = {}) => {
        if (slot.gone) throw new ConnectionGone()
        return reserved.unsafe(text, values as never[], options)
      },
      simple: async (text) => {
        if (slot.gone) throw new ConnectionGone()
        return reserved.unsafe(text).simple()
      },
      release: () => {
        // A lost one is nobody's any more.
        if (slot.gone) return
        this.#give(slot)
      },
    }
  }

  async end(): Promise<void> {
    await Promise.all(
      this.#idle.map(({ sql, reserved }) => {
        reserved?.release()
        return sql.end({ timeout: 5 })
      }),
    )
  }
}
