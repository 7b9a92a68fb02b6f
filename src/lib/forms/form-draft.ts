import type { Answers, CellValue, Facts } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import type { Outcome, Refused } from '#domain/problems.ts'
import type { ReviewComment } from '#domain/sync/protocol.ts'
import type { AttachmentState } from '$lib/components/kinds.ts'

export interface FieldConflict {
  readonly path: string
  readonly label: string
  readonly mine: CellValue
  readonly theirs: CellValue
}

/**
 * What the renderer needs of an application in hand. A draft on the phone is one, and so is a submitted application
 * that is only looked at.
 */
export interface FormDraft {
  readonly id: string
  readonly type: ApplicationType
  readonly answers: Answers
  /** without the rows: all that a row's card depends on beside its own row */
  readonly answersAroundRows: Answers
  /** as they were when the disk last changed; for what need not follow every keystroke */
  readonly keptAnswers: Answers
  readonly facts: Facts
  readonly editable: boolean
  commentsAt(path: string): readonly ReviewComment[]
  conflictAt(path: string): FieldConflict | null
  /** what the server refused at this field; the entry is still on the phone */
  refusalAt(path: string): { readonly words: { readonly detail: string } } | null
  setField(path: string, value: CellValue): Outcome<undefined>
  addRow(listId: string): Promise<Outcome<string>>
  removeRow(path: string): Promise<Outcome<RemovedRow>>
  undoRemove(removed: RemovedRow): Promise<Outcome<undefined>>
  markOnly(listId: string, rowId: string, fieldId: string): Outcome<undefined>
  settle(path: string, keep: 'mine' | 'theirs'): Promise<Outcome<undefined>>
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- handed back unread to the draft that made it
export type RemovedRow = any

/** One line of a slot: an attached file, or one on its way (R44). */
export interface FormSlotLine {
  readonly id: string
  readonly name: string
  readonly bytes: number
  readonly pages?: number | undefined
  readonly sent?: number | undefined
  readonly state: AttachmentState
  readonly problem?: string | undefined
  readonly href?: string | undefined
  readonly removable: boolean
  readonly retryable: boolean
}

/** The files of the application in hand. */
export interface FormUploads {
  linesOf(path: string): readonly FormSlotLine[]
  choose(path: string, files: Iterable<File>): Promise<Outcome<unknown>>
  start(path?: string): Promise<void>
  retry(id: string): Promise<void>
  remove(path: string, id: string): Promise<Outcome<undefined>>
}

/** What the pages around the renderer offer it: files, the scanner, the viewer. */
export interface FormTools {
  readonly uploads: FormUploads
  /** 拍照扫描 into a slot; absent where this browser has no way to take pictures */
  readonly scan?: ((path: string, title: string) => void) | undefined
  /** 自动压到 … 内 */
  readonly shrink?: ((lineId: string, path: string) => void) | undefined
  readonly cropPhoto?: ((path: string, file: File) => void) | undefined
  /** opens a file in the viewer of the app (R47) */
  readonly view: (lineId: string, name: string, href: string | undefined) => void
  /** 申请修改学历 */
  readonly requestEducationChange?: ((rowId: string) => void) | undefined
  readonly templateHref?: ((template: string) => string | undefined) | undefined
}

/** What a kind's component is given. */
export interface KindProps<F> {
  readonly field: F
  readonly draft: FormDraft
  readonly value: CellValue
  readonly onchange: (value: CellValue) => void
  readonly onleave: () => void
}

export const fieldElementId = (path: string): string => `field-${path.replaceAll('/', '-')}`

export type { Refused }
