import { constants, inflateSync } from 'node:zlib'

/**
 * Looks through a PDF for what no evidence needs: scripts, programs to start, embedded files, encryption (A34).
 *
 * The file is read as ISO 32000 writes it (§7.2 lexical conventions, §7.3.8 streams, §7.5.7 object streams): names count only
 * where names can stand, so that bytes of an image never look like one. Object streams are inflated within bounds. Whatever
 * can stand where a reader might find it, is read: a part that looks like an object inside a stream is read too, because a
 * stream's own length may lie about where it ends.
 */
export interface PdfScan {
  readonly encrypted: boolean
  /** The first name that stands for active content, e.g. `JavaScript`; null for a plain document. */
  readonly active: string | null
  /** Part of the file cannot be read within bounds, so nobody knows what is in it. */
  readonly unreadable: boolean
}

const ACTIVE = new Set([
  'JavaScript',
  'JS',
  'Launch',
  'EmbeddedFile',
  'EmbeddedFiles',
  'RichMedia',
  'XFA',
  'SubmitForm',
  'ImportData',
  'GoToE',
  'GoToR',
  'Rendition',
])

/** Bytes an object stream may inflate to, and all of them together: a bomb is a file nobody can read. */
const STREAM_AT_MOST = 16 * 1024 * 1024
const ALL_AT_MOST = 64 * 1024 * 1024
/** Objects looked for inside streams, inside streams. */
const DEPTH_AT_MOST = 4

const WHITE = new Set([0x00, 0x09, 0x0a, 0x0c, 0x0d, 0x20])
const DELIMITER = new Set([...'()<>[]{}/%'].map((character) => character.charCodeAt(0)))
const isRegular = (byte: number): boolean => !WHITE.has(byte) && !DELIMITER.has(byte)
const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39

interface Findings {
  encrypted: boolean
  active: string | null
  unreadable: boolean
  inflated: number
}

export function scanPdf(bytes: Uint8Array): PdfScan {
  const found: Findings = { encrypted: false, active: null, unreadable: false, inflated: 0 }
  read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, found, 0)
  const { encrypted, active, unreadable } = found
  return { encrypted, active, unreadable }
}

/** Reads one region from `at` to its end. */
function read(bytes: Buffer, at: number, found: Findings, depth: number): void {
  let position = at
  /** names of the object being read, for the stream that may follow its dictionary */
  let names: string[] = []
  let objectAt = at
  while (position < bytes.length) {
    const byte = bytes[position]!
    if (WHITE.has(byte)) position++
    else if (byte === 0x25) position = lineEnd(bytes, position)
    else if (byte === 0x28) position = stringEnd(bytes, position)
    else if (byte === 0x3c) position = bytes[position + 1] === 0x3c ? position + 2 : hexEnd(bytes, position)
    else if (byte === 0x2f) {
      const end = regularEnd(bytes, position + 1)
      const name = nameOf(bytes, position + 1, end)
      names.push(name)
      if (name === 'Encrypt') found.encrypted = true
      if (ACTIVE.has(name)) found.active ??= name
      position = end
    } else if (isRegular(byte)) {
      const end = regularEnd(bytes, position)
      const word = end - position <= 9 ? bytes.toString('latin1', position, end) : ''
      position = end
      if (word === 'obj') {
        names = []
        objectAt = end
      } else if (word === 'stream') {
        position = readStream(bytes, end, bytes.toString('latin1', objectAt, end), names, found, depth)
        names = []
      }
    } else position++
  }
}

const lineEnd = (bytes: Buffer, from: number): number => {
  let at = from
  while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++
  return at
}

function stringEnd(bytes: Buffer, from: number): number {
  let open = 0
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte === 0x5c) at++
    else if (byte === 0x28) open++
    else if (byte === 0x29 && --open === 0) return at + 1
  }
  // A string that never closes: what stands in it must not hide there.
  return from + 1
}

function hexEnd(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(0x3e, from)
  return end === -1 ? from + 1 : end + 1
}

function regularEnd(bytes: Buffer, from: number): number {
  let at = from
  while (at < bytes.length && isRegular(bytes[at]!)) at++
  return at
}

/** A name with its `#4A` spelled out (§7.3.5), so that `/J#53` is `/JS`. */
const nameOf = (bytes: Buffer, from: number, to: number): string =>
  to - from > 127
    ? ''
    : bytes
        .toString('latin1', from, to)
        .replace(/#([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/** Reads what a stream holds where that can be objects; gives where the file goes on. */
function readStream(
  bytes: Buffer,
  keywordEnd: number,
  dictionary: string,
  names: readonly string[],
  found: Findings,
  depth: number,
): number {
  let start = keywordEnd
  if (bytes[start] === 0x0d) start++
  if (bytes[start] === 0x0a) start++
  const end = streamEnd(bytes, start, dictionary)
  if (names.includes('ObjStm')) {
    const objects = decode(bytes.subarray(start, end), dictionary, names, found)
    if (objects) read(objects, 0, found, depth + 1)
    else found.unreadable = true
  } else if (depth < DEPTH_AT_MOST) readHiddenObjects(bytes.subarray(start, end), found, depth)
  return end
}

function streamEnd(bytes: Buffer, start: number, dictionary: string): number {
  const length = /\/Length\s+(\d+)(?!\s+\d+\s+R)/.exec(dictionary)
  if (length) {
    const promised = start + Number(length[1])
    const after = bytes.toString('latin1', promised, promised + 20).trimStart()
    if (promised <= bytes.length && after.startsWith('endstream')) return promised
  }
  const found = bytes.indexOf('endstream', start, 'latin1')
  return found === -1 ? bytes.length : found
}

/** `12 0 obj` inside a stream: a reader that follows the cross-reference table finds an object there, so it is read as one. */
function readHiddenObjects(region: Buffer, found: Findings, depth: number): void {
  for (let at = region.indexOf('obj', 0, 'latin1'); at !== -1; at = region.indexOf('obj', at + 3, 'latin1')) {
    let back = at - 1
    const skip = (test: (byte: number | undefined) => boolean): boolean => {
      const from = back
      while (back >= 0 && test(region[back])) back--
      return back < from
    }
    const white = (byte: number | undefined) => byte !== undefined && WHITE.has(byte)
    if (skip(white) && skip(isDigit) && skip(white) && skip(isDigit)) return read(region, at, found, depth + 1)
  }
}

/** Undoes the filters of an object stream; undefined where they are none that such streams need, or beyond bounds. */
function decode(data: Buffer, dictionary: string, names: readonly string[], found: Findings): Buffer | undefined {
  const filters = names.filter((name) => name.endsWith('Decode') || ['Fl', 'AHx', 'A85', 'LZW', 'RL'].includes(name))
  let decoded: Buffer | undefined = data
  for (const filter of filters) {
    if (!decoded) return undefined
    if (filter === 'FlateDecode' || filter === 'Fl') decoded = unpredict(inflate(decoded), dictionary)
    else if (filter === 'ASCIIHexDecode' || filter === 'AHx') {
      decoded = Buffer.from(decoded.toString('latin1').replace(/[^0-9A-Fa-f]/g, ''), 'hex')
    } else return undefined
  }
  found.inflated += decoded?.length ?? 0
  return found.inflated > ALL_AT_MOST ? undefined : decoded
}

function inflate(data: Buffer): Buffer | undefined {
  try {
    return inflateSync(data, { maxOutputLength: STREAM_AT_MOST, finishFlush: constants.Z_SYNC_FLUSH })
  } catch {
    return undefined
  }
}

/** Undoes a PNG predictor (§7.4.4.4) over an inflated stream. */
function unpredict(data: Buffer | undefined, dictionary: string): Buffer | undefined {
  const predictor = Number(/\/Predictor\s+(\d+)/.exec(dictionary)?.[1] ?? 1)
  if (!data || predictor <= 1) return data
  if (predictor < 10) return undefined
  const number = (name: string, otherwise: number) =>
    Number(new RegExp(`/${name}\\s+(\\d+)`).exec(dictionary)?.[1] ?? otherwise)
  const bytesPerPixel = Math.max(1, (number('Colors', 1) * number('BitsPerComponent', 8)) >> 3)
  const width = Math.ceil((number('Columns', 1) * number('Colors', 1) * number('BitsPerComponent', 8)) / 8)
  if (width < 1 || width > STREAM_AT_MOST) return undefined
  const rows = Math.floor(data.length / (width + 1))
  const out = Buffer.alloc(rows * width)
  for (let row = 0; row < rows; row++) {
    const kind = data[row * (width + 1)]!
    for (let column = 0; column < width; column++) {
      const raw = data[row * (width + 1) + 1 + column]!
      const left = column >= bytesPerPixel ? out[row * width + column - bytesPerPixel]! : 0
      const up = row > 0 ? out[(row - 1) * width + column]! : 0
      const corner = row > 0 && column >= bytesPerPixel ? out[(row - 1) * width + column - bytesPerPixel]! : 0
      const guess =
        kind === 1 ? left : kind === 2 ? up : kind === 3 ? (left + up) >> 1 : kind === 4 ? paeth(left, up, corner) : 0
      out[row * width + column] = (raw + guess) & 0xff
    }
  }
  return out
}

function paeth(left: number, up: number, corner: number): number {
  const guess = left + up - corner
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)]
  return a <= b && a <= c ? left : b <= c ? up : corner
}
