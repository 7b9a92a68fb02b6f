import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { ProblemCode, ProblemParams } from '#domain/problems.ts'
import { createWorkerPool, type WorkerPool, WorkerDied, WorkerTimeout } from '../platform/worker-pool.ts'
import { boundMemory } from './bounded-wasm.ts'

/**
 * What a thread is asked to look at. Bytes are handed over to it and are empty here afterwards; what comes of them is handed
 * back. What a file did to them there is seen where they are stored under their digest.
 */
export type Inspection =
  | { readonly what: 'pdf' | 'photo'; readonly bytes: Uint8Array }
  /** counted from 1 */
  | { readonly what: 'page'; readonly bytes: Uint8Array; readonly page: number }

export interface InspectedContent {
  /** The bytes to keep: the PDF as it came, the photo made anew. */
  readonly bytes: Uint8Array
  readonly mediaType: 'application/pdf' | 'image/jpeg' | 'image/png'
  readonly pages: number
}

export type Inspected =
  | { readonly content: InspectedContent }
  | { readonly refusal: { readonly code: ProblemCode; readonly params?: ProblemParams } }

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

let pool: Promise<WorkerPool<Inspection, Inspected>> | undefined

async function openPool(): Promise<WorkerPool<Inspection, Inspected>> {
  const module = await readFile(createRequire(import.meta.url).resolve('@hyzyla/pdfium/pdfium.wasm'))
  const pdfium = await WebAssembly.compile(boundMemory(module, PDFIUM_MEMORY))
  return createWorkerPool({
    source: new URL('./inspection.worker.ts', import.meta.url),
    workerData: { pdfium } satisfies InspectionTools,
    size: Math.max(1, availableParallelism()),
    timeout: TIME_LIMIT,
    heapLimit: 256,
    renewAfter: 500,
  })
}

/** Looks at a file in a thread with bounded memory and time. A file that breaks the thread is refused as damaged. */
export async function inspect(request: Inspection): Promise<Inspected> {
  pool ??= openPool().catch((error: unknown) => {
    // The next file tries again.
    pool = undefined
    throw error
  })
  const threads = await pool
  const { buffer, byteLength } = request.bytes
  // Some lie in a buffer that others use too.
  const handed = buffer instanceof ArrayBuffer && byteLength === buffer.byteLength ? [buffer] : []
  try {
    return await threads.run(request, handed)
  } catch (error) {
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
