/** Sizes of the manual: KB is 1024 bytes and the limit itself is still allowed (A1). */
export const KB = 1024

/** 500 KB for most slots (R41). */
export const STANDARD_LIMIT = 500 * KB

/** 10,000 KB for 业绩, 奖项 and 论文 (R42, A2). */
export const EVIDENCE_LIMIT = 10_000 * KB

/** Pages beyond which a PDF is refused before any page is drawn. */
export const MAX_PAGES = 200

/** 大一寸: 33 × 48 mm at 300 dpi (A7). */
export const PHOTO_WIDTH = 390
export const PHOTO_HEIGHT = 567
export const PHOTO_MIN_WIDTH = 295
export const PHOTO_MIN_HEIGHT = 413

/** One file in a slot, as both sides know it. */
export interface FileReference {
  /** UUID of the attachment, made by the phone. */
  readonly id: string
  readonly name: string
  /** bytes */
  readonly size: number
  readonly sha256: string
  /** pages of a PDF; 0 for a photo */
  readonly pages: number
  readonly position: number
}

/** `412 KB`, `6.2 MB`, `300 字节`: what a person reads behind a file name. */
export function formatSize(bytes: number): string {
  if (bytes < KB) return `${bytes} 字节`
  if (bytes < 1000 * KB) return `${Math.ceil(bytes / KB)} KB`
  return `${(bytes / KB / 1000).toFixed(1)} MB`
}

/** A limit as the manual prints it: `500 KB`, `10,000 KB`. */
export function formatLimit(bytes: number): string {
  return `${Math.floor(bytes / KB)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',')} KB`
}
