import { availableParallelism } from 'node:os'
import { createWorkerPool, type WorkerPool } from '../platform/worker-pool.ts'
import { composeData, type PaperSubject } from './compose.ts'
import { fontFiles, templateDirectory } from './fonts.ts'
import { paperKinds } from './paper-kinds.ts'
import { qrCode } from './qr-code.ts'

export interface TypesettingRequest {
  readonly template: string
  /** `TemplateData` as JSON */
  readonly data: string
  /** JPEG */
  readonly photo?: Uint8Array
  /** PNG */
  readonly qr?: Uint8Array
  /** milliseconds since 1970 */
  readonly createdAt: number
}

export interface Typeset {
  readonly pdf: Uint8Array
  readonly pages: number
}

export interface Typesetter {
  /** Sets one document. `photo` is the applicant's photo as JPEG, where the form shows one. */
  typeset(subject: PaperSubject, photo?: Uint8Array): Promise<Typeset>
  stop(): Promise<void>
}

/** Threads that set documents, so that requests go on being answered meanwhile. Each has a compiler of its own and keeps it warm. */
export function createTypesetter(threads: number): Typesetter {
  const pool: WorkerPool<TypesettingRequest, Typeset> = createWorkerPool({
    source: new URL('./typesetting.worker.ts', import.meta.url),
    workerData: { templates: templateDirectory(), fonts: fontFiles() },
    size: threads,
    timeout: 60_000,
  })
  return {
    typeset: (subject, photo) =>
      pool.run({
        template: paperKinds[subject.kind].template,
        data: JSON.stringify({ ...composeData(subject), photo: photo !== undefined }),
        createdAt: subject.at.getTime(),
        ...(photo && { photo }),
        ...(subject.official && { qr: qrCode(subject.official.verifyUrl) }),
      }),
    stop: () => pool.close(),
  }
}

let shared: Typesetter | undefined

/** Sets one document with the threads of this process, at most one a core. */
export function typesetPaper(subject: PaperSubject, photo?: Uint8Array): Promise<Typeset> {
  shared ??= createTypesetter(Math.max(1, availableParallelism()))
  return shared.typeset(subject, photo)
}

/** Stops the threads of this process, e.g. at its end. */
export async function stopTypesetting(): Promise<void> {
  await shared?.stop()
  shared = undefined
}
