import { KB } from '#domain/attachment.ts'
import { refuse, type Refused } from '#domain/problems.ts'

/** Why pages could not be stored, as plain values. */
export type FitRefusal =
  /** Even at the least legible size the pages need more bytes than the limit; `fit` of them would go into one file. */
  | {
      readonly ok: false
      readonly code: 'scan.too-many-pages'
      readonly pages: number
      readonly fit: number
      readonly files: number
    }
  | { readonly ok: false; readonly code: 'scan.no-pages' }
  | { readonly ok: false; readonly code: 'scan.limit-too-small'; readonly limit: number; readonly needed: number }

/** The refusal as the rest of the app knows it, with sizes in whole KB. */
export function refusalOfFit(refusal: FitRefusal): Refused {
  switch (refusal.code) {
    case 'scan.no-pages':
      return refuse('scan.no-pages')
    case 'scan.limit-too-small':
      return refuse('scan.limit-too-small', {
        limit: Math.floor(refusal.limit / KB),
        needed: Math.ceil(refusal.needed / KB),
      })
    case 'scan.too-many-pages':
      return refuse('scan.too-many-pages', { pages: refusal.pages, fit: refusal.fit, files: refusal.files })
  }
}
