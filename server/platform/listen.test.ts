import { once } from 'node:events'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listen } from './listen.ts'

let server: Awaited<ReturnType<typeof listen>>
let port: number
beforeAll(async () => {
  const patience = {
    headersTimeout: 200,
    requestTimeout: 400,
    keepAliveTimeout: 5000,
    connectionsCheckingInterval: 50,
  }
  server = await listen(async (request) => new Response(await request.text()), { host: '127.0.0.1', port: 0 }, patience)
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

/** Sends the beginning, and then a byte from time to time, until the server hangs up; returns what it said. */
async function drip(beginning: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let said = ''
  socket.on('data', (bytes: Buffer) => (said += bytes.toString()))
  socket.on('error', () => {})
  socket.write(beginning)
  const dripping = setInterval(() => socket.write('x'), 40)
  await once(socket, 'close')
  clearInterval(dripping)
  return said
}

test.each([
  ['a head', 'GET / HTTP/1.1\r\nhost: a\r\nx-slow: '],
  ['a body', 'POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n'],
])('who sends %s byte by byte is hung up on, while others are answered', async (_, beginning) => {
  const slow = Array.from({ length: 20 }, () => drip(beginning))
  const answer = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: 'quick' })
  expect(await answer.text()).toBe('quick')
  for (const said of await Promise.all(slow)) expect(said).toMatch(/^(HTTP\/1\.1 408 |$)/)
})

test('a head of more than 16 kB is refused', async () => {
  const answer = await fetch(`http://127.0.0.1:${port}/`, { headers: { 'x-long': 'x'.repeat(20_000) } })
  expect(answer.status).toBe(431)
})
