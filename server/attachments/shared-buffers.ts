import { PART } from './upload-store.ts'

/** Bytes on loan. They are somebody else's after `giveBack`. */
export interface Loan {
  readonly bytes: Uint8Array
  giveBack(): void
}

/** What is kept for the next ones; more are made where more are needed at once. */
const AT_MOST = 32
const unused: SharedArrayBuffer[] = []

/**
 * Memory for a file of at most `PART` bytes, which the threads see without a copy. It is used again: memory from the system costs
 * ten times what it costs to fill it, and what is thrown away makes V8 mark the whole heap.
 */
export function borrow(length: number): Loan {
  const buffer = unused.pop() ?? new SharedArrayBuffer(PART)
  return {
    bytes: new Uint8Array(buffer, 0, length),
    giveBack: () => {
      if (unused.length < AT_MOST) unused.push(buffer)
    },
  }
}

/** Fills the bytes; false where the connection was cut before. */
export async function fill(bytes: Uint8Array, body: AsyncIterable<Uint8Array>): Promise<boolean> {
  let at = 0
  try {
    for await (const piece of body) {
      bytes.set(piece, at)
      at += piece.length
    }
  } catch {
    return false
  }
  return at === bytes.length
}
