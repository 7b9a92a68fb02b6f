import { ok, type Outcome, refuse } from '#domain/problems.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { bytesOf, contentKey } from '#server/platform/files/file-store.ts'
import type { Who } from '#server/platform/who.ts'
import { drawPage } from './inspection.ts'
import { findOpenable } from './queries.ts'

/** Where pages drawn for quick viewing lie. */
export const pagesPrefix = (sha256: string): string => `pages/${sha256}/`

export type OpenableFile = NonNullable<Awaited<ReturnType<typeof findOpenable>>>

/** The file for whoever may open it; somebody else's is not found, whoever asks. */
export async function openable(platform: Dependencies, who: Who, attachmentId: string): Promise<Outcome<OpenableFile>> {
  const file = await findOpenable(platform.database.db, who, attachmentId)
  return file ? ok(file) : refuse('request.not-found')
}

export type Range = { readonly from: number; readonly to: number }

/** One range of RFC 9110 §14; undefined where the header is none that we serve, null where it lies beyond the file. */
export function readRange(header: string | undefined, size: number): Range | null | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  if (match[1] === '') {
    const last = Math.min(Number(match[2]), size)
    return last === 0 ? null : { from: size - last, to: size - 1 }
  }
  const from = Number(match[1])
  const to = match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  if (from >= size) return null
  return to < from ? undefined : { from, to }
}

/** A page as PNG: drawn once by PDFium in a thread, kept beside the file. */
export async function pageImage(
  platform: Dependencies,
  file: OpenableFile,
  page: number,
): Promise<Outcome<Uint8Array>> {
  if (file.mediaType !== 'application/pdf' || page < 1 || page > file.pages) return refuse('request.not-found')
  const key = `${pagesPrefix(file.sha256)}${page}.png`
  const kept = await platform.files.get(key)
  if (kept) return ok(await bytesOf(kept))
  const stored = await platform.files.get(contentKey(file.sha256))
  if (!stored) throw new Error(`The bytes of attachment ${file.id} are gone`)
  const drawn = await drawPage({ what: 'page', bytes: await bytesOf(stored), page })
  if ('refusal' in drawn) return refuse(drawn.refusal.code)
  await platform.files.put(key, drawn.content.bytes)
  return ok(drawn.content.bytes)
}
