import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request as send,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { Socket } from 'node:net'
import { freePort } from './postgres.ts'

/** What may happen to one request between the phone and the server. */
export type Fault =
  /** it never reaches the server */
  | 'cut-request'
  /** the server has done it, but nobody hears */
  | 'cut-answer'
  /** something on the way answers instead, with a page of its own */
  | { readonly status: number; readonly text?: string; readonly type?: string }
  /** the connection breaks after so many bytes of the body */
  | { readonly cutAfter: number }
  /** the answer's text is another */
  | { readonly rewrite: (text: string) => string }

export interface Passing {
  readonly method: string
  /** path without the query */
  readonly path: string
}

/** A request with this header is the test's own question, not the phone's: nothing happens to it. */
export const BESIDE = 'x-beside'

/** What holds for one connection only is said anew on the next. */
function endToEnd(all: IncomingHttpHeaders): IncomingHttpHeaders {
  const { connection: _, 'keep-alive': __, ...headers } = all
  return headers
}

/** Waits until a slow receiver takes more, or is gone. */
function roomIn(receiver: ClientRequest): Promise<void> {
  return new Promise((done) => {
    const finish = () => {
      receiver.off('drain', finish).off('close', finish)
      done()
    }
    receiver.on('drain', finish).on('close', finish)
  })
}

/**
 * The network between the phone and the server, as bad as a test wants it: the phone sees this address alone. It counts the
 * bytes of every body that it carries.
 */
export class Line {
  readonly port: number
  /** What happens to this request; undefined: it goes through. */
  rule: (passing: Passing) => Fault | undefined | Promise<Fault | undefined> = () => undefined
  /** called when the server has answered, before the phone hears */
  answered: (passing: Passing, status: number) => void | Promise<void> = () => {}
  readonly #target: number
  readonly #server: Server
  #carried: { passing: Passing; bytes: number }[] = []

  private constructor(port: number, target: number) {
    this.port = port
    this.#target = target
    this.#server = createServer((request, response) => {
      const { socket } = request
      void this.#carry(request, response).catch(() => socket.destroy())
    })
    // As long as the server itself: who asks on a connection that is just being closed would meet a fault nobody ordered.
    this.#server.keepAliveTimeout = 65_000
  }

  static async open(target: number): Promise<Line> {
    const line = new Line(await freePort(), target)
    await new Promise<void>((done) => line.#server.listen(line.port, '127.0.0.1', done))
    return line
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`
  }

  /** Everything passes again. */
  heal(): void {
    this.rule = () => undefined
    this.answered = () => {}
  }

  /** Bytes of bodies that went to the server under this path since `forget`. */
  bytesTo(path: string): number {
    return this.#carried.filter(({ passing }) => passing.path.startsWith(path)).reduce((sum, one) => sum + one.bytes, 0)
  }
  forget(): void {
    this.#carried = []
  }

  async #carry(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // Asked for now: a request that is over has none.
    const { socket } = request
    const passing: Passing = { method: request.method ?? 'GET', path: (request.url ?? '/').split('?')[0] as string }
    const fault = BESIDE in request.headers ? undefined : await this.rule(passing)
    if (fault === 'cut-request') return void socket.destroy()
    if (typeof fault === 'object' && 'status' in fault) {
      // Read first: a body that nobody reads resets the connection, which would be another fault.
      request.resume()
      await new Promise((done) => request.once('end', done))
      response.writeHead(fault.status, { 'content-type': fault.type ?? 'text/html; charset=utf-8' })
      return void response.end(fault.text ?? `<h1>${fault.status}</h1>`)
    }
    const carried = { passing, bytes: 0 }
    this.#carried.push(carried)
    const onward = send({
      host: '127.0.0.1',
      port: this.#target,
      method: request.method,
      path: request.url,
      // What is to be rewritten must come as it is.
      headers:
        typeof fault === 'object' && 'rewrite' in fault
          ? { ...request.headers, 'accept-encoding': 'identity' }
          : request.headers,
      agent: false,
    })
    const breakOff = () => {
      onward.destroy()
      socket.destroy()
    }
    onward.on('error', breakOff)
    request.on('error', breakOff)
    request.on('close', () => !request.complete && onward.destroy())
    onward.on(
      'response',
      (answer) => void this.#answer(passing, fault, answer, { request, response, socket }).catch(breakOff),
    )
    const cutAfter = typeof fault === 'object' && 'cutAfter' in fault ? fault.cutAfter : Infinity
    for await (const chunk of request as AsyncIterable<Buffer>) {
      const part = chunk.subarray(0, Math.max(0, cutAfter - carried.bytes))
      carried.bytes += part.length
      if (!onward.write(part)) await roomIn(onward)
      if (carried.bytes >= cutAfter) {
        // What was sent is on its way; then the tunnel begins.
        await new Promise<void>((done) => onward.write(Buffer.alloc(0), () => done()))
        return breakOff()
      }
    }
    onward.end()
  }

  async #answer(
    passing: Passing,
    fault: Fault | undefined,
    answer: IncomingMessage,
    { request, response, socket }: { request: IncomingMessage; response: ServerResponse; socket: Socket },
  ): Promise<void> {
    answer.on('error', () => socket.destroy())
    if (fault === undefined || (typeof fault === 'object' && 'cutAfter' in fault)) {
      if (!(BESIDE in request.headers)) await this.answered(passing, answer.statusCode ?? 0)
      response.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
      return void answer.pipe(response)
    }
    const parts: Buffer[] = []
    for await (const part of answer as AsyncIterable<Buffer>) parts.push(part)
    await this.answered(passing, answer.statusCode ?? 0)
    if (fault === 'cut-answer') return void socket.destroy()
    const { 'content-length': _, 'content-encoding': __, ...headers } = endToEnd(answer.headers)
    const text = Buffer.concat(parts).toString()
    response.writeHead(answer.statusCode ?? 502, headers)
    response.end(typeof fault === 'object' && 'rewrite' in fault ? fault.rewrite(text) : text)
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((done) => this.#server.close(done))
  }
}
