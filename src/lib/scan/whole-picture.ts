/**
 * Is the file of a picture all there? Decoders show the upper half of a JPEG whose download broke off and fill the rest
 * with grey; stored as a certificate that would be found out months later.
 */
export function isCutOffJpeg(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return false
  let at = 2
  while (at + 1 < bytes.length) {
    if (bytes[at] !== 0xff) {
      // inside a scan's data, or padding between segments: on to the next marker
      at++
      continue
    }
    const marker = bytes[at + 1]!
    if (marker === 0xd9) return false
    // fill bytes, stuffed zeros, restart marks and parameterless markers carry nothing to skip
    if (marker === 0xff) {
      at++
      continue
    }
    if (marker === 0 || marker === 1 || (marker >= 0xd0 && marker <= 0xd8)) {
      at += 2
      continue
    }
    if (at + 3 >= bytes.length) return true
    // thumbnails inside these segments have ends of their own, so they are stepped over as a whole
    at += 2 + ((bytes[at + 2]! << 8) | bytes[at + 3]!)
  }
  return true
}

const HEIC_BRANDS = ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx', 'mif1', 'msf1']

/** Is this a picture as iPhones store it (ISO 23008-12)? Told by the brand in its first box. */
export function isHeic(bytes: Uint8Array): boolean {
  const text = String.fromCharCode(...bytes.subarray(4, 12))
  return text.startsWith('ftyp') && HEIC_BRANDS.includes(text.slice(4))
}

/** What a JPEG's segments tell before a pixel is decoded. */
export interface JpegShape {
  /** as stored, before it is turned */
  readonly width: number
  readonly height: number
  /** EXIF orientation, 1–8; 1 where there is none */
  readonly orientation: number
}

/** Size and orientation of a JPEG; null where they cannot be told. */
export function jpegShape(bytes: Uint8Array): JpegShape | null {
  if (bytes[0] !== 0xff || bytes[1] !== 0xd8) return null
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let orientation = 1
  for (let at = 2; at + 9 < bytes.length;) {
    if (bytes[at] !== 0xff) return null
    const marker = bytes[at + 1]!
    if (marker === 0xff) {
      at++
      continue
    }
    const length = view.getUint16(at + 2)
    if (marker === 0xe1) orientation = exifOrientation(bytes.subarray(at + 4, at + 2 + length)) ?? orientation
    // frame headers: SOF0–SOF15 without the tables DHT, JPG and DAC between them
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { width: view.getUint16(at + 7), height: view.getUint16(at + 5), orientation }
    if (marker === 0xda || marker === 0xd9) return null
    at += 2 + length
  }
  return null
}

/** The orientation that an EXIF segment tells (tag 0x0112 of its first directory). */
function exifOrientation(segment: Uint8Array): number | undefined {
  if (String.fromCharCode(...segment.subarray(0, 6)) !== 'Exif\0\0' || segment.length < 14) return undefined
  const tiff = new DataView(segment.buffer, segment.byteOffset + 6, segment.byteLength - 6)
  const little = tiff.getUint16(0) === 0x4949
  const first = tiff.getUint32(4, little)
  if (first + 2 > tiff.byteLength) return undefined
  const entries = tiff.getUint16(first, little)
  for (let n = 0, at = first + 2; n < entries && at + 12 <= tiff.byteLength; n++, at += 12)
    if (tiff.getUint16(at, little) === 0x0112) {
      const value = tiff.getUint16(at + 8, little)
      return value >= 1 && value <= 8 ? value : undefined
    }
  return undefined
}
