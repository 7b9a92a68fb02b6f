import type { CellValue } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { type ProblemCode, type ProblemWords, wordsOf } from '#domain/problems.ts'
import type { MutationKind } from '#domain/sync/mutation.ts'
import type { Waiting } from './database.ts'
import { labelAt } from './outbox.ts'

/** One thing that the server refused and that now stands only on this phone: 需要处理 (S9). */
export interface AttentionItem {
  /** of the mutation, for `sync.tryAgain` and `sync.discard` */
  readonly id: string
  readonly applicationId: string
  readonly path: string
  readonly label: string
  readonly kind: MutationKind
  /** what was typed; null where it was not a field */
  readonly value: CellValue
  /** name of the file, where it was one */
  readonly fileName: string | null
  readonly code: ProblemCode
  readonly words: ProblemWords
  readonly at: string
}

export function attentionOf(row: Waiting, type: ApplicationType | undefined): AttentionItem {
  const { mutation } = row
  const code = row.code ?? 'request.failed'
  return {
    id: row.id,
    applicationId: row.applicationId,
    path: row.path,
    label: labelAt(type, row.path),
    kind: mutation.kind,
    value: mutation.kind === 'setField' || mutation.kind === 'settle' ? mutation.value : null,
    fileName: mutation.kind === 'attach' ? mutation.name : null,
    code,
    words: wordsOf({ code, params: row.params ?? undefined }),
    at: row.at,
  }
}
