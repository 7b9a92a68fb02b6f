import { crc32, deflateSync } from 'node:zlib'
import { encode } from 'uqr'

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const framed = Buffer.alloc(body.length + 8)
  framed.writeUInt32BE(data.length, 0)
  body.copy(framed, 4)
  framed.writeUInt32BE(crc32(body), body.length + 4)
  return framed
}

/** A QR code as PNG (RFC 2083), one pixel a module, one bit a pixel: the template enlarges it without smoothing. */
export function qrCode(text: string): Uint8Array {
  const { data, size } = encode(text, { ecc: 'M', border: 0 })
  const head = Buffer.alloc(13)
  head.writeUInt32BE(size, 0)
  head.writeUInt32BE(size, 4)
  head[8] = 1
  const rows = data.map((row) => {
    const line = Buffer.alloc(1 + Math.ceil(size / 8))
    row.forEach((dark, x) => {
      if (!dark) line[1 + (x >> 3)]! |= 0x80 >> (x & 7)
    })
    return line
  })
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return new Uint8Array(
    Buffer.concat([
      signature,
      chunk('IHDR', head),
      chunk('IDAT', deflateSync(Buffer.concat(rows))),
      chunk('IEND', new Uint8Array()),
    ]),
  )
}
