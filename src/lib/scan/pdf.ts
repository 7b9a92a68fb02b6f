/** A small PDF writer for scanned pages. The same pages always give the same bytes: no dates, no random identifiers. */

/** A picture on a page. `place` is x, y, width, height in points from the lower left corner of the page. */
export type PdfImage = {
  readonly bytes: Uint8Array
  readonly width: number
  readonly height: number
  readonly place: readonly [number, number, number, number]
} & (
  | { readonly kind: 'jpeg'; readonly grey: boolean }
  /** JBIG2, black on white. */
  | { readonly kind: 'bilevel' }
  /** JBIG2 used as a stencil: its ink is painted in `colour` (0–255), the rest stays as it is. */
  | { readonly kind: 'stencil'; readonly colour: readonly [number, number, number] }
)

export interface PdfPage {
  /** In points (1/72 inch). */
  readonly width: number
  readonly height: number
  readonly images: readonly PdfImage[]
}

export const A4_POINTS = { short: 595.28, long: 841.89 } as const

const number = (v: number): string => String(Math.round(v * 100) / 100)

/** Writes the pages as a PDF 1.5 file. */
export function writePdf(pages: readonly PdfPage[]): Uint8Array {
  const chunks: Uint8Array[] = []
  const offsets: number[] = []
  let length = 0
  const encoder = new TextEncoder()
  const raw = (bytes: Uint8Array) => {
    chunks.push(bytes)
    length += bytes.length
  }
  const text = (s: string) => raw(encoder.encode(s))
  const object = (id: number, body: string, stream?: Uint8Array) => {
    offsets[id] = length
    text(`${id} 0 obj\n${body}`)
    if (stream) {
      text('\nstream\n')
      raw(stream)
      text('\nendstream')
    }
    text('\nendobj\n')
  }
  // the four high bytes tell transfer programs that this is not text
  raw(Uint8Array.from([...encoder.encode('%PDF-1.5\n%'), 0xe2, 0xe3, 0xcf, 0xd3, 0x0a]))
  let next = 3
  const kids: number[] = []
  const bodies: (() => void)[] = []
  for (const page of pages) {
    const id = next++
    const content = next++
    kids.push(id)
    const images = page.images.map((image) => ({ image, id: next++ }))
    bodies.push(() => {
      const names = images.map((i, n) => `/I${n} ${i.id} 0 R`).join(' ')
      object(
        id,
        `<</Type/Page/Parent 2 0 R/MediaBox[0 0 ${number(page.width)} ${number(page.height)}]/Contents ${content} 0 R/Resources<</XObject<<${names}>>>>>>`,
      )
      const drawn = images
        .map(({ image }, n) => {
          const [x, y, w, h] = image.place
          const ink = image.kind === 'stencil' ? `${image.colour.map((c) => number(c / 255)).join(' ')} rg ` : ''
          return `q ${ink}${number(w)} 0 0 ${number(h)} ${number(x)} ${number(y)} cm /I${n} Do Q`
        })
        .join('\n')
      object(content, `<</Length ${drawn.length}>>`, encoder.encode(drawn))
      for (const { image, id: at } of images) {
        const head = `<</Type/XObject/Subtype/Image/Width ${image.width}/Height ${image.height}`
        const tail = `/Length ${image.bytes.length}>>`
        if (image.kind === 'jpeg')
          object(
            at,
            `${head}/ColorSpace/Device${image.grey ? 'Gray' : 'RGB'}/BitsPerComponent 8/Filter/DCTDecode${tail}`,
            image.bytes,
          )
        else if (image.kind === 'bilevel')
          object(at, `${head}/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode${tail}`, image.bytes)
        else object(at, `${head}/ImageMask true/BitsPerComponent 1/Filter/JBIG2Decode${tail}`, image.bytes)
      }
    })
  }
  object(1, '<</Type/Catalog/Pages 2 0 R>>')
  object(2, `<</Type/Pages/Count ${kids.length}/Kids[${kids.map((k) => `${k} 0 R`).join(' ')}]>>`)
  for (const write of bodies) write()
  const start = length
  text(`xref\n0 ${next}\n0000000000 65535 f \n`)
  for (let i = 1; i < next; i++) text(`${String(offsets[i]).padStart(10, '0')} 00000 n \n`)
  text(`trailer\n<</Size ${next}/Root 1 0 R>>\nstartxref\n${start}\n%%EOF\n`)
  const out = new Uint8Array(length)
  let at = 0
  for (const c of chunks) {
    out.set(c, at)
    at += c.length
  }
  return out
}

/** Upper bounds for what the file needs besides the pictures' own bytes: once, for each page, for each picture. */
export const PDF_BYTES = { file: 220, page: 240, picture: 270 } as const

/** Where a picture of this shape lies on an A4 page of fitting direction: as large as possible, in the middle. */
export function placeOnA4(
  width: number,
  height: number,
): Pick<PdfPage, 'width' | 'height'> & { place: PdfImage['place'] } {
  const landscape = width > height
  const W = landscape ? A4_POINTS.long : A4_POINTS.short
  const H = landscape ? A4_POINTS.short : A4_POINTS.long
  const scale = Math.min(W / width, H / height)
  const near = Math.abs(Math.log((width * H) / (height * W))) < 0.004
  const w = near ? W : width * scale
  const h = near ? H : height * scale
  return { width: W, height: H, place: [(W - w) / 2, (H - h) / 2, w, h] }
}
