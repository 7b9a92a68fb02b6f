/**
 * JBIG2 (ITU-T T.88) for one bilevel page: a page information segment and one generic region, arithmetic coded with
 * template 0 and typical prediction. About a quarter smaller than CCITT group 4 on photographed pages, and every PDF
 * reader since 2001 opens it (/JBIG2Decode).
 */

/** One bit a pixel as one byte a pixel: 1 is ink. */
export interface Bitmap {
  readonly width: number
  readonly height: number
  readonly ink: Uint8Array
}

// Table E.1: probability estimates, next states, and whether the sense of "more probable" flips.
const QE = Uint16Array.from([
  0x5601, 0x3401, 0x1801, 0x0ac1, 0x0521, 0x0221, 0x5601, 0x5401, 0x4801, 0x3801, 0x3001, 0x2401, 0x1c01, 0x1601,
  0x5601, 0x5401, 0x5101, 0x4801, 0x3801, 0x3401, 0x3001, 0x2801, 0x2401, 0x2201, 0x1c01, 0x1801, 0x1601, 0x1401,
  0x1201, 0x1101, 0x0ac1, 0x09c1, 0x08a1, 0x0521, 0x0441, 0x02a1, 0x0221, 0x0141, 0x0111, 0x0085, 0x0049, 0x0025,
  0x0015, 0x0009, 0x0005, 0x0001, 0x5601,
])
const NEXT_MORE = Uint8Array.from([
  1, 2, 3, 4, 5, 38, 7, 8, 9, 10, 11, 12, 13, 29, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
  32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 45, 46,
])
const NEXT_LESS = Uint8Array.from([
  1, 6, 9, 12, 29, 33, 6, 14, 14, 14, 17, 18, 20, 21, 14, 14, 15, 16, 17, 18, 19, 19, 20, 21, 22, 23, 24, 25, 26, 27,
  28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43, 46,
])
const FLIPS = Uint8Array.from({ length: 47 }, (_, i) => (i === 0 || i === 6 || i === 14 ? 1 : 0))

/** The context of "this line is the same as the one above" for template 0 (6.2.5.7). */
const TYPICAL_CONTEXT = 0x9b25

/** The arithmetic encoder of annex E. */
class ArithmeticEncoder {
  readonly #state = new Uint8Array(65536)
  readonly #more = new Uint8Array(65536)
  #a = 0x8000
  #c = 0
  #ct = 12
  #b = -1
  #out = new Uint8Array(16384)
  #at = 0

  encode(context: number, bit: number): void {
    const i = this.#state[context]!
    const qe = QE[i]!
    this.#a -= qe
    if (bit === this.#more[context]) {
      if (this.#a & 0x8000) {
        this.#c += qe
        return
      }
      if (this.#a < qe) this.#a = qe
      else this.#c += qe
      this.#state[context] = NEXT_MORE[i]!
    } else {
      if (this.#a < qe) this.#c += qe
      else this.#a = qe
      if (FLIPS[i]) this.#more[context]! ^= 1
      this.#state[context] = NEXT_LESS[i]!
    }
    do {
      this.#a = (this.#a << 1) & 0xffff
      this.#c *= 2
      if (--this.#ct === 0) this.#byteOut()
    } while (!(this.#a & 0x8000))
  }

  #push(b: number): void {
    if (this.#at === this.#out.length) {
      const more = new Uint8Array(this.#out.length * 2)
      more.set(this.#out)
      this.#out = more
    }
    this.#out[this.#at++] = b
  }

  #byteOut(): void {
    if (this.#b !== 0xff && this.#c >= 0x8000000) {
      // the carry goes into the byte that waits
      this.#b++
      if (this.#b === 0xff) this.#c &= 0x7ffffff
    }
    if (this.#b >= 0) this.#push(this.#b)
    if (this.#b === 0xff) {
      this.#b = Math.floor(this.#c / 0x100000) & 0xff
      this.#c &= 0xfffff
      this.#ct = 7
    } else {
      this.#b = Math.floor(this.#c / 0x80000) & 0xff
      this.#c &= 0x7ffff
      this.#ct = 8
    }
  }

  finish(): Uint8Array {
    const top = this.#c + this.#a
    this.#c = Math.floor(this.#c / 0x10000) * 0x10000 + 0xffff
    if (this.#c >= top) this.#c -= 0x8000
    this.#c *= 2 ** this.#ct
    this.#byteOut()
    this.#c *= 2 ** this.#ct
    this.#byteOut()
    if (this.#b >= 0) this.#push(this.#b)
    if (this.#b !== 0xff) this.#push(0xff)
    this.#push(0xac)
    return this.#out.slice(0, this.#at)
  }
}

/** The bytes of a PDF image stream with /Filter /JBIG2Decode (embedded organisation, no globals). */
export function writeJbig2({ width, height, ink }: Bitmap): Uint8Array {
  const coder = new ArithmeticEncoder()
  const blank = new Uint8Array(width + 8)
  let above2 = blank
  let above = blank
  let sameBefore = 0
  for (let y = 0; y < height; y++) {
    const row = new Uint8Array(width + 8)
    row.set(ink.subarray(y * width, (y + 1) * width), 4)
    let same = 1
    for (let x = 4; x < width + 4; x++)
      if (row[x] !== above[x]) {
        same = 0
        break
      }
    coder.encode(TYPICAL_CONTEXT, same ^ sameBefore)
    sameBefore = same
    if (!same) {
      // template 0 with the nominal adaptive pixels, as three sliding windows
      let top = (above2[4]! << 1) | above2[5]!
      let middle = (above[4]! << 2) | (above[5]! << 1) | above[6]!
      let left = 0
      for (let x = 4; x < width + 4; x++) {
        top = ((top << 1) | above2[x + 2]!) & 0x1f
        middle = ((middle << 1) | above[x + 3]!) & 0x7f
        const context = (top << 11) | (middle << 4) | left
        const bit = row[x]!
        coder.encode(context, bit)
        left = ((left << 1) | bit) & 0xf
      }
    }
    above2 = above
    above = row
  }
  const body = coder.finish()
  const out: number[] = []
  const long = (v: number) => out.push((v >>> 24) & 255, (v >>> 16) & 255, (v >>> 8) & 255, v & 255)
  // segment 0: page information
  long(0)
  out.push(48, 0, 1)
  long(19)
  long(width)
  long(height)
  long(0)
  long(0)
  out.push(0, 0, 0)
  // segment 1: immediate generic region
  long(1)
  out.push(38, 0, 1)
  long(18 + 8 + body.length)
  long(width)
  long(height)
  long(0)
  long(0)
  out.push(0)
  // template 0 with typical prediction, then the nominal adaptive pixels
  out.push(8, 3, 255, 253, 255, 2, 254, 254, 254)
  const all = new Uint8Array(out.length + body.length)
  all.set(out)
  all.set(body, out.length)
  return all
}
