import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { ProblemCode, ProblemParams } from '#domain/problems.ts'
import { createWorkerPool, type WorkerPool, WorkerDied, WorkerTimeout } from '../platform/worker-pool.ts'
import { boundMemory } from './bounded-wasm.ts'

/** A file to be looked at. Bytes in shared memory are not copied for the thread. */
export interface Inspection {
  readonly what: 'pdf' | 'photo'
  readonly bytes: Uint8Array
  /** What its digest must be. */
  readonly sha256?: string | undefined
  /** Where the thread keeps what passed, under its digest (`keepInFolder`); without it the caller does. */
  readonly folder?: string | undefined
  /** Shared: 1 from when the file has passed and is being stored. A disk that takes long is no fault of the file. */
  readonly passed?: Int32Array
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

/** Longest time a file may keep a thread busy before it counts as damaged. */
const TIME_LIMIT = 10_000

const OUT_OF_MEMORY = 'ERR_WORKER_OUT_OF_MEMORY'

/** What PDFium may use; a page of 10 MB of JPEG at 300 dpi needs about half of it. */
const PDFIUM_MEMORY = 256 * 1024 * 1024

/** What a thread is started with. */
export interface InspectionTools {
  /** PDFium, compiled once for all threads: by itself each of them, and each that takes its place, would compile it again. */
  readonly pdfium: WebAssembly.Module
}

type Pool = WorkerPool<Inspection | PageWish, Verdict<InspectedContent | PageImage>>

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
 * Looks at a file in a thread with bounded memory and time. A file that breaks the thread is refused as damaged. Throws what the
 * disk says where the thread was to keep it.
 */
export const inspect = (file: Omit<Inspection, 'passed'>) =>
  ask<InspectedContent>({ ...file, passed: new Int32Array(new SharedArrayBuffer(4)) })

/** Draws a page there. */
export const drawPage = (wish: PageWish) => ask<PageImage>(wish)

async function ask<Content extends InspectedContent | PageImage>(
  request: Inspection | PageWish,
): Promise<Verdict<Content>> {
  pool ??= openPool().catch((error: unknown) => {
    // The next file tries again.
    pool = undefined
    throw error
  })
  const threads = await pool
  try {
    return (await threads.run(request)) as Verdict<Content>
  } catch (error) {
    if (error instanceof WorkerTimeout && request.what !== 'page' && request.passed?.[0] === 1)
      throw Object.assign(new Error('The disk did not take a file in time'), { code: 'EIO', cause: error })
    const outOfMemory =
      error instanceof WorkerDied && (error.cause as { code?: string } | undefined)?.code === OUT_OF_MEMORY
    if (error instanceof WorkerTimeout || outOfMemory) return { refusal: { code: 'attachment.damaged' } }
    throw error
  }
}

/** Stops the threads. */
export async function stopInspection(): Promise<void> {
  const open = pool
  pool = undefined
  await (await open)?.close()
}
