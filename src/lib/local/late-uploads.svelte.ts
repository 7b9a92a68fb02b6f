import type { Draft } from './drafts.svelte.ts'
import { attachedLines, type SlotLine } from './slot-line.ts'
import type { Uploads } from './uploads.svelte.ts'

/** What the app asks of uploads. */
export type UploadDesk = Pick<
  Uploads,
  'linesOf' | 'choose' | 'replace' | 'bytesOf' | 'retry' | 'remove' | 'start' | 'goOn' | 'resume' | 'stop' | 'open'
>

/**
 * Uploads that are fetched when there is something for them to do: files were left on their way, a slot is on the screen, or
 * somebody takes a file. Until then a slot shows what the server has; what is on its way follows.
 * @param isLeft whether files of an earlier visit are here
 */
export function lateUploads(fetched: () => Promise<Uploads>, isLeft: () => Promise<boolean>): UploadDesk {
  let here: Uploads | undefined = $state.raw()
  let coming: Promise<Uploads> | undefined
  let isStarted = false
  let isStopped = false
  const come = async (): Promise<Uploads> => {
    const uploads = await fetched()
    if (isStarted && !isStopped) await uploads.start()
    here = uploads
    return uploads
  }
  const uploads = (): Promise<Uploads> =>
    (coming ??= come().catch((fault: unknown) => {
      // Whoever asks next has it fetched again.
      coming = undefined
      throw fault
    }))
  return {
    get open() {
      return here?.open ?? 0
    },
    linesOf: (draft, path): readonly SlotLine[] => {
      if (here) return here.linesOf(draft, path)
      uploads().catch(console.error)
      return attachedLines(draft, path)
    },
    choose: async (draft, path, files) => {
      // A chosen file may become unreadable a moment later (iOS): read before anything else is waited for.
      const kept = here ? files : await Promise.all([...files].map(inMemory))
      return (await uploads()).choose(draft, path, kept)
    },
    replace: async (draft, id, file) => (await uploads()).replace(draft, id, file),
    bytesOf: async (id) => (await uploads()).bytesOf(id),
    retry: async (id) => (await uploads()).retry(id),
    remove: async (draft, path, id) => (await uploads()).remove(draft, path, id),
    start: async (draft?: Pick<Draft, 'id'>, path?: string) => {
      if (draft) return (await uploads()).start(draft, path)
      isStarted = true
      if (isStopped) return
      if (coming) return (await uploads()).start()
      if (await isLeft()) await uploads()
    },
    goOn: async () => here?.goOn(),
    // also where they are just coming: the refusal may meet them on the way
    resume: async () => (await coming?.catch(() => undefined))?.resume(),
    stop: () => {
      isStopped = true
      here?.stop()
    },
  }
}

async function inMemory(file: File): Promise<File> {
  const bytes = await file.arrayBuffer().catch(() => new ArrayBuffer(0))
  return new File([bytes], file.name, { type: file.type, lastModified: file.lastModified })
}
