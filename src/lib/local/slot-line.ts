import type { ProblemCode } from '#domain/problems.ts'
import type { Draft } from './drafts.svelte.ts'

/** One line of a slot: what AttachmentChip shows (R44–R47). */
export interface SlotLine {
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly pages?: number
  /** share sent, 0–1 */
  readonly sent?: number
  readonly state: 'waiting' | 'uploading' | 'uploaded' | 'offline' | 'too-large' | 'failed'
  readonly problem?: string
  readonly code?: ProblemCode
  /** opens the file at the server */
  readonly href?: string
  readonly removable: boolean
  readonly retryable: boolean
}

/** The lines of what the server has in a slot. */
export function attachedLines(draft: Draft, path: string): readonly SlotLine[] {
  const locked = draft.isLocked(path)
  return (draft.answersAroundRows.files[path] ?? []).map(({ id, name, size, pages }): SlotLine => ({
    id,
    name,
    bytes: size,
    ...(pages > 0 && { pages }),
    state: 'uploaded',
    href: `/api/files/${id}`,
    removable: !locked,
    retryable: false,
  }))
}
