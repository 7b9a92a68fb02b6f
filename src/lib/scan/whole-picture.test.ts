import { describe, expect, it } from 'vitest'
import { prepareJpeg, writeJpeg } from './jpeg.ts'
import { isCutOffJpeg, jpegShape } from './whole-picture.ts'

const image = { width: 64, height: 64, data: Uint8ClampedArray.from({ length: 64 * 64 * 4 }, (_, i) => (i * 37) & 255) }
const jpeg = writeJpeg(prepareJpeg(image, false), 80)

describe('the shape of a JPEG', () => {
  const exif = (orientation: number, little: boolean) => {
    const word = (v: number) => (little ? [v & 255, v >> 8] : [v >> 8, v & 255])
    const long = (v: number) => (little ? [v, 0, 0, 0] : [0, 0, 0, v])
    const tiff = [...(little ? [0x49, 0x49] : [0x4d, 0x4d]), ...word(42), ...long(8), ...word(1)]
    const entry = [...word(0x0112), ...word(3), ...long(1), ...word(orientation), 0, 0, ...long(0)]
    const body = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff, ...entry]
    return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, body.length + 2, ...body, ...wide.subarray(2)])
  }
  const wide = writeJpeg(prepareJpeg({ width: 48, height: 16, data: image.data.slice(0, 48 * 16 * 4) }, false), 80)

  it('is told by its segments, in either order of bytes', () => {
    expect(jpegShape(wide)).toEqual({ width: 48, height: 16, orientation: 1 })
    expect(jpegShape(exif(6, false))).toEqual({ width: 48, height: 16, orientation: 6 })
    expect(jpegShape(exif(3, true))).toEqual({ width: 48, height: 16, orientation: 3 })
    expect(jpegShape(exif(0, true))).toEqual({ width: 48, height: 16, orientation: 1 })
  })

  it('is not told of what is none, or ends before its frame', () => {
    expect(jpegShape(Uint8Array.from([0x89, 0x50, 0x4e, 0x47]))).toBeNull()
    for (let n = 0; n < 60; n++) expect(jpegShape(exif(6, false).subarray(0, n))).toBeNull()
  })
})

describe('a picture whose transfer broke off', () => {
  it('is noticed wherever it broke', () => {
    for (let n = 2; n < jpeg.length - 1; n += 7) expect(isCutOffJpeg(jpeg.subarray(0, n))).toBe(true)
  })

  it('is told from a whole one, also with a thumbnail before and a film after it', () => {
    expect(isCutOffJpeg(jpeg)).toBe(false)
    expect(isCutOffJpeg(Uint8Array.from([...jpeg, 0, 0, 1, 2, 3]))).toBe(false)
    // an EXIF segment that holds a whole small JPEG
    const segment = [0xff, 0xe1, (jpeg.length + 2) >> 8, (jpeg.length + 2) & 255, ...jpeg]
    const within = Uint8Array.from([0xff, 0xd8, ...segment, ...jpeg.subarray(2)])
    expect(isCutOffJpeg(within)).toBe(false)
    expect(isCutOffJpeg(within.subarray(0, within.length - 40))).toBe(true)
  })

  it('is not asked of other kinds of picture', () => {
    expect(isCutOffJpeg(Uint8Array.from([0x89, 0x50, 0x4e, 0x47]))).toBe(false)
  })
})
