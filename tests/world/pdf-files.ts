import { randomFillSync } from 'node:crypto'
import { deflateSync } from 'node:zlib'
import { createCanvas } from '@napi-rs/canvas'

/** Files as people send them, and as nobody should. Each PDF is valid to the byte unless its name says otherwise. */

interface PdfObject {
  readonly head: string
  readonly stream?: Uint8Array
}

/** Writes objects (numbered from 1; the first is the catalog) with their cross-reference table (ISO 32000-1, §7.5). */
export function pdfOf(objects: readonly PdfObject[], trailer = ''): Uint8Array {
  const parts: Buffer[] = [Buffer.from('%PDF-1.7\n%\xe2\xe3\xcf\xd3\n', 'latin1')]
  let length = parts[0]!.length
  const push = (part: Buffer) => {
    parts.push(part)
    length += part.length
  }
  const offsets = objects.map(({ head, stream }, index) => {
    const at = length
    push(Buffer.from(`${index + 1} 0 obj\n${head}\n`, 'latin1'))
    if (stream) push(Buffer.concat([Buffer.from('stream\n'), stream, Buffer.from('\nendstream\n')]))
    push(Buffer.from('endobj\n'))
    return at
  })
  const table = length
  const entries = offsets.map((at) => `${String(at).padStart(10, '0')} 00000 n \n`).join('')
  push(
    Buffer.from(
      `xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer}>>\nstartxref\n${table}\n%%EOF\n`,
    ),
  )
  return new Uint8Array(Buffer.concat(parts))
}

/** A document of so many pages; `catalog` and `more` are added to it. */
export function plainPdf(
  options: { pages?: number; catalog?: string; page?: string; more?: readonly PdfObject[] } = {},
): Uint8Array {
  const { pages = 1, catalog = '', page = '', more = [] } = options
  const content = Buffer.from('BT /F1 18 Tf 60 760 Td (Certificate) Tj ET')
  const kids = Array.from({ length: pages }, (_, index) => `${5 + index} 0 R`).join(' ')
  return pdfOf([
    { head: `<< /Type /Catalog /Pages 2 0 R ${catalog}>>` },
    { head: `<< /Type /Pages /Count ${pages} /Kids [ ${kids} ] >>` },
    { head: '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>' },
    { head: `<< /Length ${content.length} >>`, stream: content },
    ...Array.from({ length: pages }, () => ({
      head: `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> ${page}>>`,
    })),
    ...more,
  ])
}

/** A valid PDF of exactly so many bytes: what is missing is an image of noise, as a scan is. */
export function pdfOfSize(bytes: number): Uint8Array {
  const build = (filler: number): Uint8Array => {
    const noise = Buffer.alloc(filler)
    // The same bytes at every call, and like a scanned page nothing a reader could take for words.
    for (let at = 0, seed = 7; at < filler; at++) {
      seed = (seed * 1103515245 + 12345) & 0x7fffffff
      noise[at] = seed >> 16
    }
    return plainPdf({ more: [{ head: `<< /Type /XObject /Length ${filler} >>`, stream: noise }] })
  }
  let filler = Math.max(0, bytes - build(0).length)
  for (let attempt = 0; attempt < 6; attempt++) {
    const made = build(filler)
    if (made.length === bytes) return made
    filler += bytes - made.length
  }
  throw new Error(`No PDF of ${bytes} bytes`)
}

export const javascriptPdf = () => plainPdf({ catalog: '/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >> ' })
/** The same with its names spelled in hexadecimal. */
export const disguisedJavascriptPdf = () =>
  plainPdf({ catalog: '/OpenAction << /S /J#61vaScript /J#53 (app.alert\\(1\\)) >> ' })
export const launchPdf = () =>
  plainPdf({
    page: '/Annots [ << /Type /Annot /Subtype /Link /Rect [0 0 99 99] /A << /S /Launch /F (calc.exe) >> >> ] ',
  })
export const embeddedFilePdf = () => {
  const file = Buffer.from('MZ not evidence')
  return plainPdf({
    catalog: '/Names << /EmbeddedFiles << /Names [ (a.exe) 6 0 R ] >> >> ',
    more: [
      { head: '<< /Type /Filespec /F (a.exe) /EF << /F 7 0 R >> >>' },
      { head: `<< /Type /EmbeddedFile /Length ${file.length} >>`, stream: file },
    ],
  })
}
export const xfaPdf = () => {
  const form = Buffer.from('<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"/>')
  return plainPdf({
    catalog: '/AcroForm << /Fields [] /XFA 6 0 R >> ',
    more: [{ head: `<< /Length ${form.length} >>`, stream: form }],
  })
}
export const richMediaPdf = () =>
  plainPdf({ page: '/Annots [ << /Type /Annot /Subtype /RichMedia /Rect [0 0 99 99] >> ] ' })

const objectStream = (content: string, filter = '/Filter /FlateDecode'): PdfObject => {
  const header = '20 0 '
  const stream = deflateSync(Buffer.from(header + content))
  return { head: `<< /Type /ObjStm /N 1 /First ${header.length} ${filter} /Length ${stream.length} >>`, stream }
}
/** A script inside a compressed object stream, where no search of the raw bytes finds it. */
export const hiddenJavascriptPdf = () =>
  plainPdf({ more: [objectStream('<< /S /JavaScript /JS (app.alert\\(1\\)) >>')] })
/** An object that hides inside another stream whose length covers it. */
export const coveredJavascriptPdf = () => {
  const covered = Buffer.from('q\n9 0 obj\n<< /S /JavaScript /JS (app.alert\\(1\\)) >>\nendobj\nQ')
  return plainPdf({ more: [{ head: `<< /Length ${covered.length} >>`, stream: covered }] })
}
/** An object stream that inflates to so many bytes. */
export const bombPdf = (inflated = 200 * 1024 * 1024) => {
  const stream = deflateSync(Buffer.alloc(inflated, 0x20))
  return plainPdf({
    more: [{ head: `<< /Type /ObjStm /N 1 /First 5 /Filter /FlateDecode /Length ${stream.length} >>`, stream }],
  })
}
/** The word /JavaScript in an image and in a text: bytes and words, not names. */
export const innocentPdf = () => {
  const image = Buffer.from('\x00\xff /JavaScript /JS /Launch \x01', 'latin1')
  return plainPdf({
    catalog: '/Lang (/JavaScript \\) /JS) ',
    more: [{ head: `<< /Type /XObject /Length ${image.length} >>`, stream: image }],
  })
}
export const truncatedPdf = () => pdfOfSize(40_000).subarray(0, 20_000)
export const noPagesPdf = () => plainPdf({ pages: 0 })
export const htmlNamedPdf = () => new TextEncoder().encode('<html><body>%PDF</body></html>'.padEnd(300, ' '))
export const emptyFile = () => new Uint8Array()

/** A picture of a face, nearly. */
export function photoOf(width: number, height: number, type: 'image/jpeg' | 'image/png' = 'image/jpeg'): Uint8Array {
  const canvas = createCanvas(width, height)
  const drawing = canvas.getContext('2d')
  drawing.fillStyle = '#d9e4ee'
  drawing.fillRect(0, 0, width, height)
  drawing.fillStyle = '#555'
  drawing.beginPath()
  drawing.arc(width / 2, height * 0.4, width / 4, 0, Math.PI * 2)
  drawing.fill()
  drawing.fillRect(width * 0.2, height * 0.65, width * 0.6, height)
  return new Uint8Array(type === 'image/jpeg' ? canvas.toBuffer(type, 90) : canvas.toBuffer(type))
}

/** Random bytes that are no file of any kind. */
export const noise = (length: number): Uint8Array => randomFillSync(new Uint8Array(length))
