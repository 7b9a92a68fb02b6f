import { createServer, connect, type Server, type Socket } from 'node:net'
import { freePort } from './postgres.ts'

/**
 * The wire between the server and PostgreSQL. Each message that the server sends is a step; a test may let something happen
 * at exactly the n-th one, before PostgreSQL hears it or after it has answered.
 */
export class DatabaseLine {
  readonly port: number
  readonly #target: number
  readonly #server: Server
  readonly #open = new Set<Socket>()
  #steps = 0
  #armed: { at: number; when: 'before' | 'after'; strike: () => void } | null = null

  private constructor(port: number, target: number) {
    this.port = port
    this.#target = target
    this.#server = createServer((near) => this.#join(near))
  }

  static async open(target: number): Promise<DatabaseLine> {
    const line = new DatabaseLine(await freePort(), target)
    await new Promise<void>((done) => line.#server.listen(line.port, '127.0.0.1', done))
    return line
  }

  /** From now on counts; at the n-th message `strike` is called, once, and that message (or its answer) goes no further. */
  arm(at: number, when: 'before' | 'after', strike: () => void): void {
    this.#steps = 0
    this.#armed = { at, when, strike }
  }
  /** @returns the messages since it was armed, and whether it struck */
  disarm(): { steps: number; struck: boolean } {
    const struck = this.#armed === null
    this.#armed = null
    return { steps: this.#steps, struck }
  }

  #join(near: Socket): void {
    const far = connect(this.#target, '127.0.0.1')
    let struck: (() => void) | null = null
    const end = () => {
      near.destroy()
      far.destroy()
      this.#open.delete(near)
    }
    this.#open.add(near)
    for (const socket of [near, far]) socket.on('error', end).on('close', end).setNoDelay(true)
    near.on('data', (data) => {
      this.#steps += 1
      const armed = this.#armed
      if (armed && this.#steps === armed.at) {
        this.#armed = null
        if (armed.when === 'before') return armed.strike()
        struck = armed.strike
      }
      far.write(data)
    })
    far.on('data', (data) => {
      if (struck) return struck()
      near.write(data)
    })
  }

  async close(): Promise<void> {
    for (const socket of this.#open) socket.destroy()
    await new Promise((done) => this.#server.close(done))
  }
}
