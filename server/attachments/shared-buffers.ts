import { TOGETHER_BYTES } from '#domain/files-together.ts'

/** Bytes on loan. They are somebody else's after `giveBack`. */
export interface Loan {
  readonly bytes: Uint8Array
  giveBack(): void
}

/** So many serve all who send at once, */
const AT_MOST = 12
/**
 * unless none has come back for so long, ms: those who send slowly must not keep the others waiting. Then there is one more, for
 * once, which lies there until V8 next looks for garbage.
 */
const PATIENCE = 200
/** Where some come back, one more after so long, ms. */
const PATIENCE_AT_MOST = 2000

const unused: SharedArrayBuffer[] = []
const waiting: ((buffer: SharedArrayBuffer) => void)[] = []
let lent = 0
let cameBack = 0

/**
 * Memory for a file of at most `TOGETHER_BYTES` bytes, which the threads see without a copy. It is used again: memory from the system costs
 * ten times what it costs to fill it, and what is thrown away makes V8 mark the whole heap.
 */
export async function borrow(length: number): Promise<Loan> {
  lent += 1
  const buffer = unused.pop() ?? (lent <= AT_MOST ? new SharedArrayBuffer(TOGETHER_BYTES) : await nextOne())
  return {
    bytes: new Uint8Array(buffer, 0, length),
    giveBack: () => {
      lent -= 1
      cameBack = performance.now()
      const next = waiting.shift()
      if (next) next(buffer)
      else if (unused.length < AT_MOST) unused.push(buffer)
    },
  }
}

/** The next that comes back, or one more. */
const nextOne = () =>
  new Promise<SharedArrayBuffer>((resolve) => {
    const take = (buffer: SharedArrayBuffer) => {
      clearTimeout(timer)
      resolve(buffer)
    }
    const began = performance.now()
    const look = () => {
      const now = performance.now()
      const left = Math.min(cameBack + PATIENCE, began + PATIENCE_AT_MOST) - now
      if (left > 0) {
        timer = setTimeout(look, left)
        return
      }
      waiting.splice(waiting.indexOf(take), 1)
      resolve(new SharedArrayBuffer(TOGETHER_BYTES))
    }
    let timer = setTimeout(look, PATIENCE)
    waiting.push(take)
  })

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
