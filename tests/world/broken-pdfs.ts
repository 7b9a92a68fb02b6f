import { deflateSync } from 'node:zlib'
import { bombPdf, pdfOf, plainPdf } from './pdf-files.ts'
import type { Random } from './random.ts'

/** PDFs that nobody sends by accident: valid ones with something broken in them, bombs, loops, and files that are two things at once. */

const NUMBERS = ['0', '-1', '1', '65536', '2147483647', '4294967296', '99999999999999999999', '1e9', '.', '--5']
const WORDS = [
  '/Length',
  '/Filter',
  '/Kids',
  '/Count',
  '/Parent',
  '/MediaBox',
  '/Prev',
  '/Root',
  '/Size',
  '/Type',
  '/First',
  '/N',
  '/W',
  '/Index',
]

type Mutation = (bytes: Buffer, random: Random) => Buffer

/** A place and a length within the file. */
const stretch = (bytes: Buffer, random: Random, longest: number) => {
  const at = random.below(bytes.length)
  return [at, Math.min(bytes.length, at + 1 + random.below(longest))] as const
}

const mutations: readonly Mutation[] = [
  // some bytes are others
  (bytes, random) => {
    const copy = Buffer.from(bytes)
    for (let count = 1 + random.below(60); count > 0; count--) copy[random.below(copy.length)] = random.below(256)
    return copy
  },
  // cut off
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  // a part is missing
  (bytes, random) => {
    const [from, to] = stretch(bytes, random, 4000)
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(to)])
  },
  // a part stands there many times
  (bytes, random) => {
    const [from, to] = stretch(bytes, random, 600)
    const part = bytes.subarray(from, to)
    return Buffer.concat([
      bytes.subarray(0, to),
      ...Array.from({ length: 1 + random.below(20) }, () => part),
      bytes.subarray(to),
    ])
  },
  // noise in between
  (bytes, random) => {
    const at = random.below(bytes.length)
    const noise = Buffer.from(Array.from({ length: random.below(3000) }, () => random.below(256)))
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)])
  },
  // numbers that mean too much
  (bytes, random) =>
    Buffer.from(
      bytes
        .toString('latin1')
        .replace(/\b\d{1,10}\b/g, (number) => (random.chance(0.04) ? random.pick(NUMBERS) : number)),
      'latin1',
    ),
  // names that stand for others
  (bytes, random) =>
    Buffer.from(
      bytes.toString('latin1').replace(/\/[A-Z]\w+/g, (name) => (random.chance(0.08) ? random.pick(WORDS) : name)),
      'latin1',
    ),
  // references that go round
  (bytes, random) =>
    Buffer.from(
      bytes
        .toString('latin1')
        .replace(/\b\d+ 0 R\b/g, (reference) => (random.chance(0.3) ? `${1 + random.below(7)} 0 R` : reference)),
      'latin1',
    ),
]

const page = (content: string, resources: string, more: readonly { head: string; stream?: Uint8Array }[]) =>
  pdfOf([
    { head: '<< /Type /Catalog /Pages 2 0 R >>' },
    { head: '<< /Type /Pages /Count 1 /Kids [ 3 0 R ] >>' },
    { head: `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << ${resources} >> >>` },
    { head: `<< /Length ${content.length} >>`, stream: Buffer.from(content) },
    ...more,
  ])
const image = (attributes: string, stream: Uint8Array) =>
  page('q 500 0 0 500 0 0 cm /I Do Q', '/XObject << /I 5 0 R >>', [
    { head: `<< /Type /XObject /Subtype /Image ${attributes} /Length ${stream.length} >>`, stream },
  ])
const deep = (open: string, close: string, depth: number) => open.repeat(depth) + close.repeat(depth)

/** Bombs and loops, each by what it does. */
export const bombs: Readonly<Record<string, () => Uint8Array>> = {
  'an object stream of 200 MB': () => bombPdf(),
  'a page of 300 MB of nothing': () => {
    const stream = deflateSync(Buffer.alloc(300 * 1024 * 1024, 0x20))
    return pdfOf([
      { head: '<< /Type /Catalog /Pages 2 0 R >>' },
      { head: '<< /Type /Pages /Count 1 /Kids [ 3 0 R ] >>' },
      { head: '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>' },
      { head: `<< /Filter /FlateDecode /Length ${stream.length} >>`, stream },
    ])
  },
  'an image of ten thousand million pixels': () =>
    image(
      '/Width 100000 /Height 100000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode',
      deflateSync(Buffer.alloc(3_000_000)),
    ),
  'a filter eighty times over': () => {
    let stream: Uint8Array = Buffer.alloc(1000, 0x20)
    for (let count = 0; count < 80; count++) stream = deflateSync(stream)
    return image(
      `/Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter [ ${'/FlateDecode '.repeat(80)}]`,
      stream,
    )
  },
  'a page of a thousand kilometres': () => plainPdf({ page: '/MediaBox [0 0 2834645669 2834645669] ' }),
  'pages that are their own parents': () =>
    pdfOf([
      { head: '<< /Type /Catalog /Pages 2 0 R >>' },
      { head: '<< /Type /Pages /Count 2147483647 /Kids [ 2 0 R 2 0 R 2 0 R ] /Parent 2 0 R >>' },
    ]),
  'a form that draws itself': () =>
    page('/F Do', '/XObject << /F 5 0 R >>', [
      {
        head: '<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F 5 0 R >> >> /Length 11 >>',
        stream: Buffer.from('/F Do /F Do'),
      },
    ]),
  'forms that each draw the next ten times': () =>
    page(
      '/F Do',
      '/XObject << /F 5 0 R >>',
      Array.from({ length: 9 }, (_, level) => ({
        head: `<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /F ${level === 8 ? 5 : 6 + level} 0 R >> >> /Length 60 >>`,
        stream: Buffer.from('/F Do '.repeat(10)),
      })),
    ),
  'a table of references that leads to itself': () => {
    const text = Buffer.from(plainPdf()).toString('latin1')
    const at = /startxref\n(\d+)/.exec(text)![1]!
    return Buffer.from(text.replace('/Root 1 0 R', `/Root 1 0 R /Prev ${at}`), 'latin1')
  },
  'lists in lists in lists': () => plainPdf({ catalog: `/A ${deep('[', ']', 100_000)} ` }),
  'dictionaries in dictionaries': () => plainPdf({ catalog: `/A ${deep('<</A ', '>>', 50_000)} ` }),
  'a text that never ends': () => plainPdf({ catalog: `/A ${'('.repeat(300_000)} ` }),
  'a content of open brackets': () => page(deep('q ', '', 120_000), '', []),
  'twelve thousand objects': () => pdfOf(Array.from({ length: 12_000 }, () => ({ head: '<< >>' }))),
  'a JPEG 2000 of noise': () =>
    image('/Width 9000 /Height 9000 /Filter /JPXDecode', Buffer.from('\0\0\0\x0cjP  \r\n\x87\n'.repeat(900), 'latin1')),
  'a JBIG2 of noise': () =>
    image(
      '/Width 60000 /Height 60000 /ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /JBIG2Decode',
      Buffer.alloc(4000, 0x7f),
    ),
  'a font that is none': () =>
    page('BT /F 12 Tf (a) Tj ET', '/Font << /F 5 0 R >>', [
      { head: '<< /Type /Font /Subtype /TrueType /BaseFont /X /FontDescriptor 6 0 R >>' },
      { head: '<< /Type /FontDescriptor /FontName /X /Flags 4 /FontFile2 7 0 R >>' },
      { head: '<< /Length 4000 >>', stream: Buffer.alloc(4000, 0xfe) },
    ]),
}

/** Files that are a PDF and something else. */
export const polyglots: Readonly<Record<string, () => Uint8Array>> = {
  'a web page before it': () => Buffer.concat([Buffer.from('<html><script>alert(1)</script><!--'), plainPdf()]),
  'a ZIP before it': () => Buffer.concat([Buffer.from('PK\x03\x04'.padEnd(300, '\0'), 'latin1'), plainPdf()]),
  'a ZIP after it': () => Buffer.concat([plainPdf(), Buffer.from('PK\x05\x06'.padEnd(22, '\0'), 'latin1')]),
  'a picture before it': () =>
    Buffer.concat([Buffer.from('\xff\xd8\xff\xe0\0\x10JFIF\0'.padEnd(200, '\0'), 'latin1'), plainPdf()]),
  'a program before it': () => Buffer.concat([Buffer.from('MZ'.padEnd(900, '\0'), 'latin1'), plainPdf()]),
  'another PDF after it': () => Buffer.concat([plainPdf(), plainPdf({ pages: 3 })]),
  'the head of a PDF too late': () => Buffer.concat([Buffer.alloc(1025, 0x20), plainPdf()]),
}

/** One of the valid files with one to three things broken in it. */
export function mutated(originals: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = Buffer.from(random.pick(originals))
  for (let count = 1 + random.below(3); count > 0; count--)
    bytes = random.pick(mutations)(bytes, random) as typeof bytes
  return new Uint8Array(bytes)
}
