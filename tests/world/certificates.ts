import { readFile } from 'node:fs/promises'

/**
 * A PDF of certificate pages of at least `bytes`: the picture of the fixture's page, as often as it takes. Each page
 * carries its own copy, as scanners do.
 */
export async function pdfOfCertificates(bytes: number): Promise<Buffer> {
  const source = await readFile(new URL('../fixtures/certificate.pdf', import.meta.url))
  const start = source.indexOf('/Filter /DCTDecode')
  const data = source.indexOf('stream\n', start) + 'stream\n'.length
  const length = Number(/\/Length (\d+)/.exec(source.subarray(start, data).toString('latin1'))?.[1])
  const dictionary = source.subarray(source.lastIndexOf('<< /Type /XObject', start), data).toString('latin1')
  const width = Number(/\/Width (\d+)/.exec(dictionary)?.[1])
  const height = Number(/\/Height (\d+)/.exec(dictionary)?.[1])
  const jpeg = source.subarray(data, data + length)
  const count = Math.ceil(bytes / jpeg.length)

  const parts: Buffer[] = []
  const offsets: number[] = []
  let at = 0
  const push = (part: string | Buffer): void => {
    const bytesOfPart = typeof part === 'string' ? Buffer.from(part, 'latin1') : part
    parts.push(bytesOfPart)
    at += bytesOfPart.length
  }
  const object = (number: number, ...body: (string | Buffer)[]): void => {
    offsets[number] = at
    push(`${number} 0 obj\n`)
    for (const part of body) push(part)
    push('\nendobj\n')
  }
  push('%PDF-1.4\n')
  object(1, '<< /Type /Catalog /Pages 2 0 R >>')
  object(
    2,
    `<< /Type /Pages /Count ${count} /Kids [${Array.from({ length: count }, (_, n) => `${3 + n * 3} 0 R`).join(' ')}] >>`,
  )
  for (let n = 0; n < count; n += 1) {
    const id = 3 + n * 3
    const draw = 'q 595 0 0 842 0 0 cm /I Do Q'
    object(
      id,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents ${id + 1} 0 R /Resources << /XObject << /I ${id + 2} 0 R >> >> >>`,
    )
    object(id + 1, `<< /Length ${draw.length} >>\nstream\n${draw}\nendstream`)
    object(
      id + 2,
      `<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>\nstream\n`,
      jpeg,
      '\nendstream',
    )
  }
  const table = at
  const size = 3 + count * 3
  push(`xref\n0 ${size}\n0000000000 65535 f \n`)
  for (let number = 1; number < size; number += 1) push(`${String(offsets[number]).padStart(10, '0')} 00000 n \n`)
  push(`trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`)
  return Buffer.concat(parts)
}
