import { formatLimit, formatSize } from '#domain/attachment.ts'
import type { Slot } from '#domain/forms/slot.ts'
import { refuse, type Refused } from '#domain/problems.ts'

/** The header may stand anywhere in the first KB (ISO 32000, annex H). */
const HEADER_WITHIN = 1024

/** What a photo is, by its first bytes; null for what a browser may show but the office does not take. */
export function photoType(bytes: Uint8Array): 'image/jpeg' | 'image/png' | null {
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'image/jpeg'
  const png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
  return png.every((byte, at) => bytes[at] === byte) ? 'image/png' : null
}

const encode = (text: string): number[] => [...text].map((one) => one.charCodeAt(0))

/** Position of ASCII text among bytes, or -1. */
function find(bytes: Uint8Array, text: string, from: number, to: number): number {
  const wanted = encode(text)
  const end = Math.min(to, bytes.length) - wanted.length
  for (
    let at = bytes.indexOf(wanted[0] as number, from);
    at >= 0 && at <= end;
    at = bytes.indexOf(wanted[0] as number, at + 1)
  ) {
    if (wanted.every((byte, index) => bytes[at + index] === byte)) return at
  }
  return -1
}

/**
 * Whether a PDF is encrypted: a trailer, or the dictionary of a cross-reference stream, names an encryption dictionary
 * (`/Encrypt 5 0 R`). Both stand in plain bytes even where everything else is encrypted (ISO 32000 §7.6.2).
 */
export function isEncrypted(bytes: Uint8Array): boolean {
  for (let at = find(bytes, '/Encrypt', 0, bytes.length); at >= 0; at = find(bytes, '/Encrypt', at + 8, bytes.length)) {
    const after = String.fromCharCode(...bytes.subarray(at + 8, at + 40))
    if (/^\s*(\d+\s+\d+\s+R|<<)/.test(after)) return true
  }
  return false
}

/**
 * What can be refused before a byte is sent (R41–R43, R48): size, emptiness, kind by content, password.
 * The server checks again, and opens the file (DESIGN §5).
 */
export function checkFile(bytes: Uint8Array, slot: Pick<Slot, 'accept' | 'maxBytes'>): Refused | null {
  if (bytes.length === 0) return refuse('attachment.empty')
  if (slot.accept === 'photo') {
    if (!photoType(bytes)) return refuse('photo.not-image')
  } else if (find(bytes, '%PDF-', 0, HEADER_WITHIN + 5) < 0) return refuse('attachment.not-pdf')
  if (bytes.length > slot.maxBytes) {
    return refuse('attachment.too-large', { size: formatSize(bytes.length), limit: formatLimit(slot.maxBytes) })
  }
  if (slot.accept === 'pdf' && isEncrypted(bytes)) return refuse('attachment.encrypted')
  return null
}

/** Lower-case hex SHA-256, by WebCrypto. */
export async function sha256(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
