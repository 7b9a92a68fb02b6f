import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** The test string of the European Institute for Computer Antivirus Research, in two halves so that no scanner removes this file. */
export const EICAR = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR', '-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')

/**
 * A daemon that speaks clamd's INSTREAM to the letter (clamd(8)): the command ends with the zero that its `z` announces, every part has
 * its length in four bytes before it, a part of no length ends the stream, and a stream above StreamMaxLength ends the talk.
 */
export async function startClamd({ streamMaxLength = 25 * 1024 * 1024 } = {}) {
  let says: string | undefined
  let scanned = 0
  const server = createServer((socket) => {
    let bytes = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (more: Buffer) => {
      bytes = Buffer.concat([bytes, more])
      const end = bytes.indexOf(0)
      if (end === -1) return
      if (bytes.toString('latin1', 0, end) !== 'zINSTREAM') return void socket.end('UNKNOWN COMMAND\0')
      const parts: Buffer[] = []
      let at = end + 1
      for (;;) {
        if (bytes.length < at + 4) return
        const length = bytes.readUInt32BE(at)
        if (length === 0) break
        if (length > streamMaxLength) return void socket.end('INSTREAM size limit exceeded. ERROR\0')
        if (bytes.length < at + 4 + length) return
        parts.push(bytes.subarray(at + 4, at + 4 + length))
        at += 4 + length
      }
      const content = Buffer.concat(parts)
      scanned++
      if (content.length > streamMaxLength) return void socket.end('INSTREAM size limit exceeded. ERROR\0')
      socket.end(says ?? (content.includes(EICAR) ? 'stream: Eicar-Test-Signature FOUND\0' : 'stream: OK\0'))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    address: { host: '127.0.0.1', port },
    get scanned() {
      return scanned
    },
    /** From now on it answers so, whatever it gets; undefined for the truth. */
    answer: (text: string | undefined) => void (says = text),
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
