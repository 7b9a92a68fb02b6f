import { availableParallelism } from 'node:os'
import type { ProblemCode, ProblemParams } from '#domain/problems.ts'
import { createWorkerPool, type WorkerPool, WorkerDied, WorkerTimeout } from '../platform/worker-pool.ts'

/** What a thread is asked to look at. Bytes are copied to it: what a file does there cannot reach us. */
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

let pool: WorkerPool<Inspection, Inspected> | undefined

/** Looks at a file in a thread with bounded memory and time. A file that breaks the thread is refused as damaged. */
export async function inspect(request: Inspection): Promise<Inspected> {
  pool ??= createWorkerPool({
    source: new URL('./inspection.worker.ts', import.meta.url),
    size: Math.max(1, availableParallelism()),
    timeout: TIME_LIMIT,
    heapLimit: 256,
    renewAfter: 500,
  })
  try {
    return await pool.run(request)
  } catch (error) {
    const outOfMemory =
      error instanceof WorkerDied && (error.cause as { code?: string } | undefined)?.code === OUT_OF_MEMORY
    if (error instanceof WorkerTimeout || outOfMemory) return { refusal: { code: 'attachment.damaged' } }
    throw error
  }
}

/** Stops the threads. */
export async function stopInspection(): Promise<void> {
  await pool?.close()
  pool = undefined
}
