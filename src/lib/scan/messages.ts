/**
 * What a page and the scanner's worker say to each other. Every request carries a number and gets exactly one answer
 * with the same number; `fit`, `split` and `fit-drawn` also send progress before it. Rasters travel as transferred buffers.
 */
import type { Detection } from './detect.ts'
import type { Filter } from './enhance.ts'
import type { StoredPage } from './fit-bytes.ts'
import type { FitRefusal } from './fit-refusal.ts'
import type { Quad } from './geometry.ts'
import type { CropBox } from './photo.ts'

/** Quarter turns clockwise. */
export type Turns = 0 | 1 | 2 | 3

/** A page as the person has set it: the picture it comes from, where it lies in it, and how it shall look. */
export interface PageRequest {
  /** JPEG, PNG, WebP or whatever else this browser opens (HEIC on iPhones). */
  readonly picture: Blob
  /** Null: the picture as a whole is the page. */
  readonly corners: Quad | null
  readonly turns: Turns
  readonly filter: Filter
}

export type ScannerRequest = { readonly id: number } & (
  | { readonly type: 'detect-frame'; readonly frame: ImageBitmap; readonly follow: boolean }
  | { readonly type: 'detect-photo'; readonly picture: Blob }
  | { readonly type: 'preview'; readonly page: PageRequest; readonly longSide: number }
  /** One page in all four filters, small: what the choice of a filter shows. */
  | { readonly type: 'looks'; readonly page: PageRequest; readonly longSide: number }
  | { readonly type: 'fit'; readonly pages: readonly PageRequest[]; readonly limit: number }
  | { readonly type: 'split'; readonly pages: readonly PageRequest[]; readonly limit: number }
  /** The pages of an existing PDF, drawn by whoever listens at the other end of `port`. */
  | {
      readonly type: 'fit-drawn'
      readonly port: MessagePort
      readonly pages: number
      readonly limit: number
      readonly split: boolean
    }
  | { readonly type: 'id-card'; readonly front: PageRequest; readonly back: PageRequest; readonly limit: number }
  | { readonly type: 'id-photo'; readonly picture: Blob; readonly box: CropBox; readonly limit: number }
)

/** What the scanner asks of a PDF's drawer, and what it gets. */
export interface DrawRequest {
  readonly page: number
  /** pixels */
  readonly longSide: number
}
export type DrawAnswer = { readonly page: number } & (
  { readonly ok: true; readonly image: ImageData } | { readonly ok: false }
)

/** A frame's light and sharpness, for the hints of the viewfinder. */
export interface FrameLook {
  /** Mean lightness, 0–255. */
  readonly light: number
}

export interface FittedFile {
  readonly pdf: Blob
  readonly bytes: number
  readonly pages: readonly StoredPage[]
}

export type ScannerProblem =
  | FitRefusal
  /** The picture cannot be opened here: damaged, of a kind this browser does not know, or an iPhone's own kind. */
  | { readonly ok: false; readonly code: 'scan.picture-unreadable' }
  | { readonly ok: false; readonly code: 'scan.heic' }
  | { readonly ok: false; readonly code: 'scan.photo-too-small'; readonly width: number; readonly height: number }

export type ScannerAnswer = { readonly id: number } & (
  | { readonly type: 'frame'; readonly found: Detection | null; readonly look: FrameLook; readonly ms: number }
  | {
      readonly type: 'photo'
      readonly found: Detection | null
      readonly width: number
      readonly height: number
      /** The picture to keep in place of the given one, where that is too large or not of a common kind. */
      readonly kept: Blob | null
    }
  | { readonly type: 'preview'; readonly image: ImageBitmap; readonly width: number; readonly height: number }
  | { readonly type: 'looks'; readonly images: Readonly<Record<Filter, ImageBitmap>> }
  | { readonly type: 'progress'; readonly page: number; readonly pages: number }
  | { readonly type: 'files'; readonly files: readonly FittedFile[] }
  | { readonly type: 'id-photo'; readonly jpeg: Blob }
  | { readonly type: 'refused'; readonly problem: ScannerProblem }
  /** A fault of ours; `message` is for the log. */
  | { readonly type: 'failed'; readonly message: string }
)
