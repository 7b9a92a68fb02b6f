import { connect } from 'node:net'

/** Where a ClamAV daemon listens. */
export type ClamdAddress = { readonly host: string; readonly port: number } | { readonly path: string }

/** The daemon did not give an answer that says the bytes are clean or not: nobody knows, so they must not be taken. */
export class ScanFailed extends Error {
  override readonly name = 'ScanFailed'
}

const CHUNK = 64 * 1024
const TIMEOUT = 30_000

/** `host:3310` or a path of a socket; undefined for anything else. */
export function readClamdAddress(text: string): ClamdAddress | undefined {
  if (text.startsWith('/')) return { path: text }
  const match = /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\]):(\d{1,5})$/.exec(text)
  return match ? { host: match[1]!.replace(/^\[|\]$/g, ''), port: Number(match[2]) } : undefined
}

/**
 * Asks the daemon about the bytes by its INSTREAM command: the bytes in parts with their length before each, a part of no length at the
 * end. Nothing is written to a disk that both would have to share.
 * @throws ScanFailed
 */
export function hasVirus(address: ClamdAddress, bytes: Uint8Array, timeout = TIMEOUT): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ ...address })
    let said = ''
    const fail = (why: string) => {
      socket.destroy()
      reject(new ScanFailed(why))
    }
    socket.setTimeout(timeout, () => fail(`clamd gave no answer within ${timeout} ms`))
    socket.on('error', (error) => fail(`clamd: ${(error as NodeJS.ErrnoException).code ?? error.message}`))
    socket.on('data', (part: Buffer) => (said += part.toString('latin1')))
    socket.on('close', () => {
      const answer = said.replace(/\0.*$/s, '').trim()
      if (answer === 'stream: OK') resolve(false)
      else if (/^stream: .+ FOUND$/.test(answer)) resolve(true)
      else reject(new ScanFailed(`clamd said: ${answer.slice(0, 100) || 'nothing'}`))
    })
    socket.write('zINSTREAM\0')
    for (let at = 0; at < bytes.length; at += CHUNK) {
      const part = bytes.subarray(at, at + CHUNK)
      const length = Buffer.alloc(4)
      length.writeUInt32BE(part.length)
      socket.write(length)
      socket.write(part)
    }
    socket.write(Buffer.alloc(4))
  })
}
