/**
 * A baseline JPEG encoder (ITU-T T.81) made for hitting a size in bytes: the cosine transform is done once, and each
 * quality that is tried costs only a recount. Huffman tables are fitted to the picture. The same code runs in the
 * worker and in Node, so a page has the same bytes everywhere.
 */
import type { Raster } from './pixels.ts'
import { letGo } from './scratch.ts'

const ZIGZAG = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
])

/** Coefficients are kept with three binary places. */
const FINE = 8

interface Component {
  /** Blocks across and down, including those that fill the last MCU. */
  readonly across: number
  readonly down: number
  readonly sampling: 1 | 2
  /** Cosine coefficients in zigzag order, 64 a block, in steps of 1/FINE. */
  readonly coefficients: Int16Array
}

/** A picture after its cosine transform, ready to be written at any quality. */
export interface JpegSource {
  readonly width: number
  readonly height: number
  readonly grey: boolean
  readonly components: readonly Component[]
}

/** The quantisation step at spatial frequency (u, v): flat enough at the top that small print keeps its strokes. */
function lumaStep(u: number, v: number): number {
  return 14 + 2.2 * (u + v) + 0.42 * (u * u + v * v)
}
function chromaStep(u: number, v: number): number {
  return 18 + 9 * (u + v) + 1.2 * (u * u + v * v)
}

/** Quantisation tables at `quality` 1–100, in zigzag order. */
function tables(quality: number): [Uint16Array, Uint16Array] {
  const scale = quality < 50 ? 50 / quality : 2 - quality / 50
  const make = (step: (u: number, v: number) => number) =>
    Uint16Array.from({ length: 64 }, (_, z) => {
      const at = ZIGZAG[z]!
      return Math.max(1, Math.min(255, Math.round(step(at & 7, at >> 3) * scale)))
    })
  return [make(lumaStep), make(chromaStep)]
}

const C = Float32Array.from({ length: 64 }, (_, i) => {
  const u = i >> 3
  return Math.cos((((i & 7) * 2 + 1) * u * Math.PI) / 16) * (u === 0 ? Math.SQRT1_2 : 1) * 0.5
})

/** Forward cosine transform of an 8×8 block by even and odd halves; `b` holds samples about zero and is overwritten. */
function transform(b: Float32Array, t: Float32Array): void {
  for (let pass = 0; pass < 2; pass++) {
    const from = pass === 0 ? b : t
    const to = pass === 0 ? t : b
    for (let i = 0; i < 8; i++) {
      const o = i * 8
      const a0 = from[o]! + from[o + 7]!
      const a1 = from[o + 1]! + from[o + 6]!
      const a2 = from[o + 2]! + from[o + 5]!
      const a3 = from[o + 3]! + from[o + 4]!
      const d0 = from[o]! - from[o + 7]!
      const d1 = from[o + 1]! - from[o + 6]!
      const d2 = from[o + 2]! - from[o + 5]!
      const d3 = from[o + 3]! - from[o + 4]!
      // transposed on writing, so that the second pass works on columns and puts everything back
      to[i] = (a0 + a1 + a2 + a3) * C[0]!
      to[32 + i] = (a0 - a1 - a2 + a3) * C[0]!
      to[16 + i] = (a0 - a3) * C[16]! + (a1 - a2) * C[17]!
      to[48 + i] = (a0 - a3) * C[48]! + (a1 - a2) * C[49]!
      to[8 + i] = d0 * C[8]! + d1 * C[9]! + d2 * C[10]! + d3 * C[11]!
      to[24 + i] = d0 * C[24]! + d1 * C[25]! + d2 * C[26]! + d3 * C[27]!
      to[40 + i] = d0 * C[40]! + d1 * C[41]! + d2 * C[42]! + d3 * C[43]!
      to[56 + i] = d0 * C[56]! + d1 * C[57]! + d2 * C[58]! + d3 * C[59]!
    }
  }
}

/** Takes `plane` over. */
function transformPlane(plane: Float32Array, w: number, h: number, across: number, down: number): Int16Array {
  const out = new Int16Array(across * down * 64)
  const block = new Float32Array(64)
  const spare = new Float32Array(64)
  let at = 0
  for (let by = 0; by < down; by++)
    for (let bx = 0; bx < across; bx++, at += 64) {
      for (let y = 0; y < 8; y++) {
        const row = Math.min(h - 1, by * 8 + y) * w
        for (let x = 0; x < 8; x++) {
          const column = bx * 8 + x
          block[y * 8 + x] = plane[row + (column < w ? column : w - 1)]! - 128
        }
      }
      transform(block, spare)
      for (let z = 0; z < 64; z++) {
        const v = block[ZIGZAG[z]!]! * FINE
        out[at + z] = v < 0 ? v - 0.5 : v + 0.5
      }
    }
  letGo(plane)
  return out
}

/** Transforms a picture once; `grey` drops its colour. Colour is stored at half resolution in both directions. */
export function prepareJpeg(image: Raster, grey: boolean): JpegSource {
  const { data, width: w, height: h } = image
  const y = new Float32Array(w * h)
  if (grey) {
    for (let i = 0, o = 0; i < y.length; i++, o += 4)
      y[i] = 0.299 * data[o]! + 0.587 * data[o + 1]! + 0.114 * data[o + 2]!
    const across = Math.ceil(w / 8)
    const down = Math.ceil(h / 8)
    const coefficients = transformPlane(y, w, h, across, down)
    return { width: w, height: h, grey, components: [{ across, down, sampling: 1, coefficients }] }
  }
  const cw = Math.ceil(w / 2)
  const ch = Math.ceil(h / 2)
  const cb = new Float32Array(cw * ch).fill(0)
  const cr = new Float32Array(cw * ch).fill(0)
  for (let j = 0, i = 0, o = 0; j < h; j++) {
    const crow = (j >> 1) * cw
    // the last row or column of an odd size stands for two
    const rows = (j | 1) >= h ? 2 : 1
    for (let x = 0; x < w; x++, i++, o += 4) {
      const r = data[o]!
      const g = data[o + 1]!
      const b = data[o + 2]!
      y[i] = 0.299 * r + 0.587 * g + 0.114 * b
      const k = ((x | 1) >= w ? 2 : 1) * rows * 0.25
      const c = crow + (x >> 1)
      cb[c]! += (-0.168736 * r - 0.331264 * g + 0.5 * b) * k
      cr[c]! += (0.5 * r - 0.418688 * g - 0.081312 * b) * k
    }
  }
  for (let i = 0; i < cb.length; i++) {
    cb[i]! += 128
    cr[i]! += 128
  }
  const ax = Math.ceil(w / 16)
  const ay = Math.ceil(h / 16)
  const make = (p: Float32Array, pw: number, ph: number, sampling: 1 | 2): Component => ({
    across: ax * sampling,
    down: ay * sampling,
    sampling,
    coefficients: transformPlane(p, pw, ph, ax * sampling, ay * sampling),
  })
  return { width: w, height: h, grey, components: [make(y, w, h, 2), make(cb, cw, ch, 1), make(cr, cw, ch, 1)] }
}

/** Frequencies of Huffman symbols and the plain bits that follow them. */
interface Statistics {
  readonly dc: [Uint32Array, Uint32Array]
  readonly ac: [Uint32Array, Uint32Array]
  extraBits: number
}

/**
 * Quantises with a dead zone: a coefficient must reach 0.62 of a step to count. In flat paper this drops noise that
 * costs bits and tells the reader nothing.
 */
const ROUND_UP = 0.4

function bitLength(v: number): number {
  return 32 - Math.clz32(v < 0 ? -v : v)
}

/** Reciprocals of the table's steps in coefficient units. */
function reciprocals(table: Uint16Array): Float32Array {
  return Float32Array.from(table, (s) => 1 / (s * FINE))
}

function quantise(c: Int16Array, at: number, inverse: Float32Array, out: Int32Array): number {
  let last = 0
  const dc = c[at]! * inverse[0]!
  out[0] = dc < 0 ? (dc - 0.5) | 0 : (dc + 0.5) | 0
  for (let z = 1; z < 64; z++) {
    const v = c[at + z]! * inverse[z]!
    const q = v < 0 ? (v - ROUND_UP) | 0 : (v + ROUND_UP) | 0
    out[z] = q
    if (q) last = z
  }
  return last
}

/** Visits blocks in the order of the file; with a stride only every so-manieth row of them. */
function eachBlock(source: JpegSource, stride: number, visit: (component: number, at: number) => void): void {
  const luma = source.components[0]!
  if (source.grey) {
    for (let by = stride >> 1; by < luma.down; by += stride)
      for (let bx = 0; bx < luma.across; bx++) visit(0, (by * luma.across + bx) * 64)
    return
  }
  const chroma = source.components[1]!
  for (let my = stride >> 1; my < chroma.down; my += stride)
    for (let mx = 0; mx < chroma.across; mx++) {
      for (let v = 0; v < 2; v++) for (let u = 0; u < 2; u++) visit(0, ((my * 2 + v) * luma.across + mx * 2 + u) * 64)
      visit(1, (my * chroma.across + mx) * 64)
      visit(2, (my * chroma.across + mx) * 64)
    }
}

function count(source: JpegSource, quality: number, stride = 1): Statistics {
  const inverse = tables(quality).map(reciprocals)
  const s: Statistics = {
    dc: [new Uint32Array(257), new Uint32Array(257)],
    ac: [new Uint32Array(257), new Uint32Array(257)],
    extraBits: 0,
  }
  const before = [0, 0, 0]
  const q = new Int32Array(64)
  let extra = 0
  eachBlock(source, stride, (component, at) => {
    const kind = component ? 1 : 0
    const last = quantise(source.components[component]!.coefficients, at, inverse[kind]!, q)
    const size = bitLength(q[0]! - before[component]!)
    before[component] = q[0]!
    s.dc[kind]![size]!++
    extra += size
    const ac = s.ac[kind]!
    let run = 0
    for (let z = 1; z <= last; z++) {
      const v = q[z]!
      if (!v) {
        run++
        continue
      }
      while (run > 15) {
        ac[0xf0]!++
        run -= 16
      }
      const n = bitLength(v)
      ac[(run << 4) | n]!++
      extra += n
      run = 0
    }
    if (last < 63) ac[0]!++
  })
  s.extraBits = extra
  return s
}

/** Code lengths (index: length, value: how many symbols) and symbols in order, after T.81 annex K.2. */
function huffman(frequencies: Uint32Array): { counts: Uint8Array; symbols: Uint8Array; lengths: Uint8Array } {
  const f = Float64Array.from(frequencies)
  f[256] = 1
  const size = new Int32Array(257)
  const next = new Int32Array(257).fill(-1)
  for (;;) {
    let a = -1
    let b = -1
    for (let i = 0; i <= 256; i++) {
      if (!f[i]) continue
      if (a < 0 || f[i]! <= f[a]!) {
        b = a
        a = i
      } else if (b < 0 || f[i]! <= f[b]!) b = i
    }
    if (b < 0) break
    f[a]! += f[b]!
    f[b] = 0
    for (size[a]!++; next[a]! >= 0; size[a]!++) a = next[a]!
    next[a] = b
    for (size[b]!++; next[b]! >= 0; size[b]!++) b = next[b]!
  }
  const bits = new Int32Array(64)
  for (let i = 0; i <= 256; i++) if (size[i]) bits[size[i]!]!++
  for (let i = 63; i > 16; i--)
    while (bits[i]! > 0) {
      let j = i - 2
      while (!bits[j]) j--
      bits[i]! -= 2
      bits[i - 1]!++
      bits[j + 1]! += 2
      bits[j]!--
    }
  let longest = 16
  while (!bits[longest]) longest--
  bits[longest]!--
  const order = Array.from({ length: 256 }, (_, i) => i)
    .filter((i) => size[i])
    .sort((x, y) => size[x]! - size[y]! || x - y)
  const counts = Uint8Array.from(bits.subarray(1, 17))
  const lengths = new Uint8Array(256)
  let at = 0
  for (let n = 1; n <= 16; n++) for (let k = 0; k < counts[n - 1]!; k++) lengths[order[at++]!] = n
  return { counts, symbols: Uint8Array.from(order), lengths }
}

/** Bytes before the first block: markers, tables, frame and scan headers. */
function headBytes(source: JpegSource, symbols: number): number {
  const kinds = source.grey ? 1 : 2
  const n = source.components.length
  return 2 + 18 + 69 * kinds + (10 + 3 * n) + kinds * 2 * 21 + symbols + (8 + 2 * n)
}

/**
 * The size in bytes that the file will have at `quality`, true to about half a per cent (byte stuffing is guessed); with
 * a stride it is told from every so-manieth row of blocks, true to a few per cent.
 */
export function jpegSize(source: JpegSource, quality: number, stride = 1): number {
  const s = count(source, quality, stride)
  let bits = s.extraBits
  let symbols = 0
  for (const frequencies of source.grey ? [s.dc[0], s.ac[0]] : [...s.dc, ...s.ac]) {
    const h = huffman(frequencies)
    symbols += h.symbols.length
    for (let i = 0; i < 256; i++) bits += frequencies[i]! * h.lengths[i]!
  }
  const rows = source.components[source.grey ? 0 : 1]!.down
  const seen = Math.ceil((rows - (stride >> 1)) / stride)
  return Math.ceil((bits / 8) * 1.004 * (rows / seen)) + headBytes(source, symbols) + 2
}

/** Writes the picture as a JFIF file at `quality` 1–100. */
export function writeJpeg(source: JpegSource, quality: number): Uint8Array {
  const table = tables(quality)
  const inverse = table.map(reciprocals)
  const s = count(source, quality)
  const kinds = source.grey ? [0] : [0, 1]
  const coded = kinds.map((k) => ({ dc: huffman(s.dc[k]!), ac: huffman(s.ac[k]!) }))
  let bytes = new Uint8Array(Math.max(4096, (source.width * source.height) >> 3))
  let at = 0
  const room = (n: number) => {
    if (at + n <= bytes.length) return
    const more = new Uint8Array(Math.max(bytes.length * 2, at + n))
    more.set(bytes)
    bytes = more
  }
  const put = (...values: number[]) => {
    room(values.length)
    for (const v of values) bytes[at++] = v
  }
  const word = (v: number) => put(v >> 8, v & 255)
  put(0xff, 0xd8, 0xff, 0xe0, 0, 16, 0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0)
  for (const k of kinds) {
    put(0xff, 0xdb)
    word(67)
    put(k, ...table[k]!)
  }
  put(0xff, 0xc0)
  word(8 + 3 * source.components.length)
  put(8)
  word(source.height)
  word(source.width)
  put(source.components.length)
  source.components.forEach((c, i) => put(i + 1, source.grey ? 0x11 : c.sampling * 17, i ? 1 : 0))
  for (const k of kinds)
    for (const [type, h] of [
      [0, coded[k]!.dc],
      [1, coded[k]!.ac],
    ] as const) {
      put(0xff, 0xc4)
      word(19 + h.symbols.length)
      put((type << 4) | k, ...h.counts, ...h.symbols)
    }
  put(0xff, 0xda)
  word(6 + 2 * source.components.length)
  put(source.components.length)
  source.components.forEach((_, i) => put(i + 1, i ? 0x11 : 0))
  put(0, 63, 0)

  // codes by symbol
  const codes = coded.map(({ dc, ac }) =>
    [dc, ac].map((h) => {
      const code = new Uint32Array(256)
      let next = 0
      let n = 0
      for (let length = 1; length <= 16; length++) {
        for (let k = 0; k < h.counts[length - 1]!; k++) code[h.symbols[n++]!] = next++
        next <<= 1
      }
      return { code, lengths: h.lengths }
    }),
  )
  let held = 0
  let heldBits = 0
  const emit = (value: number, length: number) => {
    held = (held << length) | value
    heldBits += length
    while (heldBits >= 8) {
      heldBits -= 8
      const b = (held >>> heldBits) & 255
      bytes[at++] = b
      if (b === 255) bytes[at++] = 0
    }
    held &= (1 << heldBits) - 1
  }
  const before = [0, 0, 0]
  const q = new Int32Array(64)
  eachBlock(source, 1, (component, from) => {
    // at most 64 symbols of 16 + 11 bits, each byte perhaps stuffed
    room(512)
    const kind = component ? 1 : 0
    const last = quantise(source.components[component]!.coefficients, from, inverse[kind]!, q)
    const dcCode = codes[kind]![0]!
    const acCode = codes[kind]![1]!
    const d = q[0]! - before[component]!
    before[component] = q[0]!
    const size = bitLength(d)
    emit(dcCode.code[size]!, dcCode.lengths[size]!)
    if (size) emit(d < 0 ? d + (1 << size) - 1 : d, size)
    let run = 0
    for (let z = 1; z <= last; z++) {
      const v = q[z]!
      if (!v) {
        run++
        continue
      }
      while (run > 15) {
        emit(acCode.code[0xf0]!, acCode.lengths[0xf0]!)
        run -= 16
      }
      const n = bitLength(v)
      const symbol = (run << 4) | n
      emit(acCode.code[symbol]!, acCode.lengths[symbol]!)
      emit(v < 0 ? v + (1 << n) - 1 : v, n)
      run = 0
    }
    if (last < 63) emit(acCode.code[0]!, acCode.lengths[0]!)
  })
  room(16)
  if (heldBits) emit((1 << (8 - heldBits)) - 1, 8 - heldBits)
  put(0xff, 0xd9)
  return bytes.slice(0, at)
}

export interface FittedJpeg {
  readonly bytes: Uint8Array
  readonly quality: number
}

/** The highest quality whose size is about `limit`, told from a sample of the picture; `least - 1` when none is. */
export function qualityFor(source: JpegSource, limit: number, least = 6, most = 92): number {
  const rows = source.components[source.grey ? 0 : 1]!.down
  const stride = rows > 60 ? 5 : rows > 24 ? 2 : 1
  let lo = least
  let hi = most
  let best = least - 1
  while (lo <= hi) {
    const quality = (lo + hi) >> 1
    if (jpegSize(source, quality, stride) <= limit) {
      best = quality
      lo = quality + 1
    } else hi = quality - 1
  }
  return best
}

/** The best JPEG of at most `limit` bytes; null when even `least` quality is larger. Never over the limit. */
export function fitJpeg(source: JpegSource, limit: number, least = 6, most = 92): FittedJpeg | null {
  let quality = Math.min(most, Math.max(least, qualityFor(source, limit, least, most)))
  // the sample may be a little off: step to the exact place
  while (quality > least && jpegSize(source, quality) > limit) quality--
  while (quality < most && jpegSize(source, quality + 1) <= limit) quality++
  for (; quality >= least; quality--) {
    const bytes = writeJpeg(source, quality)
    if (bytes.length <= limit) return { bytes, quality }
  }
  return null
}
