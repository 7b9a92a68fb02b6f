import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { ProblemCode, ProblemParams } from '#domain/problems.ts'
import { eachToItsEnd } from '../platform/each-to-its-end.ts'
import { createWorkerPool, type WorkerPool, WorkerDied, WorkerTimeout } from '../platform/worker-pool.ts'
import { boundMemory } from './bounded-wasm.ts'

/** A file to be looked at. Bytes in shared memory are not copied for the thread. */
export interface Inspection {
  readonly what: 'pdf' | 'photo'
  readonly bytes: Uint8Array
  /** What its digest must be. */
  readonly sha256?: string | undefined
}

/** Files that came together. The verdicts are in their order, and fewer where one of them left the thread unfit for the next. */
export interface FilesWish {
  readonly what: 'files'
  readonly files: readonly Inspection[]
  /** Where the thread keeps what passed, under its digest (`keepInFolder`); without it the caller does. */
  readonly folder: string | undefined
  /** Shared: 1 from when all were looked at and those that passed are being stored. A disk that takes long is no fault of a file. */
  readonly passed: Int32Array
}

/** A page to be drawn, counted from 1. */
export interface PageWish {
  readonly what: 'page'
  readonly bytes: Uint8Array
  readonly page: number
}

export interface InspectedContent {
  /** The photo made anew. A PDF is kept as it came. */
  readonly anew?: Uint8Array
  readonly mediaType: 'application/pdf' | 'image/jpeg'
  readonly pages: number
  /** Digest of what is to be kept. */
  readonly sha256: string
  /** bytes of it */
  readonly size: number
  /** It lies in the folder already. */
  readonly isKept: boolean
}

export interface PageImage {
  /** PNG */
  readonly bytes: Uint8Array
}

/** What a thread says of a file or of a wish. */
export type Verdict<Content> =
  { readonly content: Content } | { readonly refusal: { readonly code: ProblemCode; readonly params?: ProblemParams } }

/** Longest time, ms, that a file, or files that came together, may keep a thread busy. One that does so alone counts as damaged. */
const TIME_LIMIT = 10_000

const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY'

/** What PDFium may use; a page of 10 MB of JPEG at 300 dpi needs about half of it. */
const PDFIUM_MEMORY = 256 * 1024 * 1024

/** What a thread is started with. */
export interface InspectionTools {
  /** PDFium, compiled once for all threads: by itself each of them, and each that takes its place, would compile it again. */
  readonly pdfium: WebAssembly.Module
}

/** What a thread is asked, and what it says. */
export type Wish = FilesWish | PageWish
export type Said = readonly Verdict<InspectedContent>[] | Verdict<PageImage>

type Pool = WorkerPool<Wish, Said>

let pool: Promise<Pool> | undefined

async function openPool(): Promise<Pool> {
  const module = await readFile(createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm'))
  const pdfium = await WebAssembly.compile(boundMemory(module, PDFIUM_MEMORY))
  return createWorkerPool({
    source: new URL('./inspection.worker.ts', import.meta.url),
    workerData: { pdfium } satisfies InspectionTools,
    size: Math.max(1, availableParallelism()),
    timeout: TIME_LIMIT,
    heapLimit: 256,
    youngLimit: 4,
    // A fresh one costs as much as 150 files, and is slow with the first of them.
    renewAfter: 5000,
  })
}

/**
 * Looks at files in a thread with bounded memory and time. A file that breaks the thread is refused as damaged; those that came
 * with it are looked at without it. Throws what the disk says where the thread was to keep them.
 * @param folder where the thread keeps what passes; without it the caller does
 * @param asking who asks the threads
 */
export async function inspect(
  files: readonly Inspection[],
  folder: string | undefined,
  asking: (wish: FilesWish) => Promise<readonly Verdict<InspectedContent>[] | typeof BROKEN> = ask,
): Promise<Verdict<InspectedContent>[]> {
  if (files.length === 0) return []
  const passed = new Int32Array(new SharedArrayBuffer(4))
  const said = await asking({ what: 'files', files, folder, passed })
  if (said !== BROKEN) return [...said, ...(await inspect(files.slice(said.length), folder, asking))]
  if (passed[0] === 1) throw Object.assign(new Error('The disk did not take files in time'), { code: 'EIO' })
  if (files.length === 1) return [DAMAGED]
  // Nobody knows which of them it was. Each to its end: their bytes may be lent.
  return (await eachToItsEnd(files.map((file) => inspect([file], folder, asking)))).flat()
}

/** Draws a page there. */
export async function drawPage(wish: PageWish): Promise<Verdict<PageImage>> {
  const said = await ask<Verdict<PageImage>>(wish)
  return said === BROKEN ? DAMAGED : said
}

const DAMAGED = { refusal: { code: 'attachment.damaged' } } as const
/** The thread had no time or no memory left. */
export const BROKEN = Symbol('broken')

async function ask<Answer extends Said>(wish: Wish): Promise<Answer | typeof BROKEN> {
  pool ??= openPool().catch((error: unknown) => {
    // The next file tries again.
    pool = undefined
    throw error
  })
  const threads = await pool
  try {
    return (await threads.run(wish)) as Answer
  } catch (error) {
    const outOfMemory =
      error instanceof WorkerDied && (error.cause as { code?: string } | undefined)?.code === OUT_OF_MEMORY
    if (error instanceof WorkerTimeout || outOfMemory) return BROKEN
    throw error
  }
}

/** Stops the threads. */
export async function stopInspection(): Promise<void> {
  const open = pool
  pool = undefined
  await (await open)?.close()
}
