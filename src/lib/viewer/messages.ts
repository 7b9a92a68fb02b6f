import type { ProblemCode } from '#domain/problems.ts'

export type ViewerRequest =
  | { readonly kind: 'open'; readonly id: number; readonly bytes: ArrayBuffer }
  | { readonly kind: 'draw'; readonly id: number; readonly page: number; readonly width: number }
  /** from now on pages are also drawn for whoever asks through the port: the scanner, that makes a PDF smaller */
  | { readonly kind: 'serve'; readonly id: number; readonly port: MessagePort }

export type ViewerAnswer =
  | { readonly id: number; readonly pages: number }
  | { readonly id: number; readonly serving: true }
  | { readonly id: number; readonly image: ImageData }
  /** `network.offline` and `request.unavailable` are of what draws the pages; the document may be sound */
  | { readonly id: number; readonly failed: ProblemCode }
