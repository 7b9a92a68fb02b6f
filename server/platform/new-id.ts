import { randomFillSync } from 'node:crypto'

const ID = 16
/** Chance for some hundred ids: asking the system for each took longer than all else that makes one. */
const chance = Buffer.alloc(256 * ID)
let used = chance.length

function nextBytes(): Buffer {
  if (used === chance.length) {
    randomFillSync(chance)
    used = 0
  }
  used += ID
  return chance.subarray(used - ID, used)
}

let lastTime = 0
let counter = 0

/**
 * A UUIDv7 (RFC 9562): time first, so that ids made later sort later and index pages fill in order.
 * Within a millisecond of one process a 12-bit counter keeps the order.
 */
export function newId(now: Date | number = Date.now()): string {
  let time = Math.max(Number(now), 0)
  if (time === lastTime) {
    counter++
    if (counter > 0xfff) time = lastTime + 1
  }
  const bytes = nextBytes()
  if (time !== lastTime) counter = bytes[0]!
  lastTime = time
  bytes.writeUIntBE(time, 0, 6)
  bytes.writeUInt16BE(0x7000 | counter, 6)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
