import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'

/** A worker did not answer in time and was stopped. */
export class WorkerTimeout extends Error {
  override readonly name = 'WorkerTimeout'
}

/** A worker died: out of memory, or a fault of ours in it. */
export class WorkerDied extends Error {
  override readonly name = 'WorkerDied'
}

export interface WorkerPoolOptions {
  /** The worker's source beside the caller, e.g. `new URL('./typesetting.worker.ts', import.meta.url)`. */
  readonly source: URL
  readonly workerData?: unknown
  /** At most so many threads; each is started when it is first needed. */
  readonly size: number
  /** Milliseconds after which a thread that has not answered is stopped. */
  readonly timeout: number
  /** MB of heap a thread may use; buffers and WebAssembly memory are bounded by the worker itself. */
  readonly heapLimit?: number
  /** MB of it for what is new; without it as much as a process would take. Needs `heapLimit`. */
  readonly youngLimit?: number
  /** A thread that did so many pieces of work makes room for a fresh one. */
  readonly renewAfter?: number
}

export interface WorkerPool<Request, Answer> {
  /** Does one piece of work in a thread. Rejects with what the worker threw, WorkerTimeout or WorkerDied. */
  run(request: Request): Promise<Answer>
  close(): Promise<void>
}

/** What a worker sends back for each request it was sent. */
export type WorkerAnswer<Answer> = (
  | { readonly value: Answer }
  /** with the system's code, where it has one (`ENOSPC`) */
  | { readonly error: string; readonly code?: string | undefined }
) & {
  /** The thread is no longer fit for work and must be replaced. */
  readonly spent?: true
}

interface Task {
  readonly request: unknown
  readonly resolve: (answer: never) => void
  readonly reject: (reason: Error) => void
}

interface Thread {
  readonly worker: Worker
  done: number
  task: Task | undefined
  timer: NodeJS.Timeout | undefined
  /** it did not answer in time and is being stopped */
  late: boolean
}

/**
 * Node 20 reads no TypeScript, and tsx does not follow into threads by itself: from source, a thread first asks tsx in.
 * The built server has JavaScript files beside it.
 */
const fromSource = (source: URL): string => `
  import(${JSON.stringify(
    pathToFileURL(
      createRequire(import.meta.url)
        .resolve('tsx/esm/api')
        .replace(/cjs$/, 'mjs'),
    ).href,
  )})
    .then(({ register }) => (register(), import(${JSON.stringify(source.href)})))
    .catch((error) => setImmediate(() => { throw error }))`

/**
 * Threads for work that would hold up the event loop or must be stopped by force. Threads start when needed, stay warm, and
 * never keep the process alive by themselves.
 */
export function createWorkerPool<Request, Answer>(options: WorkerPoolOptions): WorkerPool<Request, Answer> {
  const threads = new Set<Thread>()
  const waiting: Task[] = []
  let closed = false

  function start(): Thread {
    const how = {
      workerData: options.workerData,
      ...(options.heapLimit && {
        resourceLimits: {
          maxOldGenerationSizeMb: options.heapLimit,
          ...(options.youngLimit && { maxYoungGenerationSizeMb: options.youngLimit }),
        },
      }),
    }
    const worker = import.meta.url.endsWith('.ts')
      ? new Worker(fromSource(options.source), { ...how, eval: true })
      : new Worker(new URL(options.source.href.replace(/\.ts$/, '.js')), how)
    const thread: Thread = { worker, done: 0, task: undefined, timer: undefined, late: false }
    threads.add(thread)
    worker.unref()
    worker.on('message', (answer: WorkerAnswer<Answer>) => {
      finish(thread, (task) =>
        'error' in answer
          ? task.reject(Object.assign(new Error(answer.error), answer.code !== undefined && { code: answer.code }))
          : task.resolve(answer.value as never),
      )
      if (answer.spent || (options.renewAfter && thread.done >= options.renewAfter)) retire(thread)
      next()
    })
    worker.on('error', (error) => {
      threads.delete(thread)
      finish(thread, (task) => task.reject(new WorkerDied(error.message, { cause: error })))
      next()
    })
    worker.on('exit', () => {
      threads.delete(thread)
      finish(thread, (task) =>
        task.reject(
          thread.late
            ? new WorkerTimeout(`No answer within ${options.timeout} ms`)
            : new WorkerDied('The worker ended before it answered'),
        ),
      )
      next()
    })
    return thread
  }

  function finish(thread: Thread, end: (task: Task) => void) {
    const { task } = thread
    if (!task) return
    clearTimeout(thread.timer)
    thread.task = undefined
    thread.done++
    thread.worker.unref()
    end(task)
  }

  function retire(thread: Thread) {
    threads.delete(thread)
    void thread.worker.terminate()
  }

  function next() {
    while (waiting.length > 0 && !closed) {
      const idle = [...threads].find((thread) => thread.task === undefined)
      const thread = idle ?? (threads.size < options.size ? start() : undefined)
      if (!thread) return
      const task = waiting.shift()!
      thread.task = task
      thread.worker.ref()
      // Told when it has ended: what it shares with us may be in its hands until then.
      thread.timer = setTimeout(() => {
        thread.late = true
        retire(thread)
        next()
      }, options.timeout)
      thread.worker.postMessage(task.request)
    }
  }

  return {
    run: (request) =>
      new Promise<Answer>((resolve, reject) => {
        if (closed) return reject(new WorkerDied('The pool is closed'))
        waiting.push({ request, resolve: resolve as (answer: never) => void, reject })
        next()
      }),
    close: async () => {
      closed = true
      for (const task of waiting.splice(0)) task.reject(new WorkerDied('The pool is closed'))
      await Promise.all([...threads].map((thread) => thread.worker.terminate()))
      threads.clear()
    },
  }
}
