import { type Answers, type CellValue, type Facts, itemAt } from '#domain/forms/answers.ts'
import type { ApplicationType } from '#domain/forms/application-type.ts'
import { answersAfter, applyMutation, type Content } from '#domain/sync/apply.ts'
import { assemble, withCell } from '#domain/sync/cell.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import type { KeptApplication, Waiting } from './database.ts'

export interface Shown {
  readonly content: Content
  readonly answers: Answers
}

type Truth = Pick<KeptApplication, 'cells' | 'files' | 'lockedRows' | 'version'>
// An autosave changes what waits, seldom the truth below it: two thousand cells need not be sorted into rows again for it.
const assembled = new WeakMap<Truth, Answers>()
function answersOf(truth: Truth): Answers {
  const known = assembled.get(truth)
  if (known) return known
  const answers = assemble(truth.cells, truth.files, truth.lockedRows)
  assembled.set(truth, answers)
  return answers
}

/**
 * What the phone shows: the server's content with everything that still waits here applied, in order (S13).
 * A waiting value shows even where the truth has moved on meanwhile; the server is asked later and decides (S4).
 * What no longer applies (the row was removed on another device) is left out here and refused there.
 */
export function shownContent(
  application: Truth,
  waiting: readonly Waiting[],
  type: ApplicationType,
  facts: Facts,
): Shown {
  const { lockedRows, version } = application
  let content: Content = { cells: application.cells, files: application.files }
  let answers = answersOf(application)
  for (const one of waiting) {
    if (one.state === 'refused') continue
    const { mutation } = one
    if (one.state === 'held') {
      const shown = withValue({ content, answers }, mutation.path, valueIn(one), type)
      content = shown.content
      answers = shown.answers
      continue
    }
    const current = content.cells[mutation.path]
    const sets = mutation.kind === 'setField' || mutation.kind === 'settle'
    const applied = applyMutation(asSeenHere(mutation, content), content, {
      type,
      answers,
      facts,
      // The cell keeps the version of the truth below it: the base of what is typed next.
      version: sets ? (current?.version ?? 0) : version,
      file: one.file ?? undefined,
    })
    if (applied.outcome !== 'applied' || applied.content === content) continue
    content = applied.content
    answers = answersAfter(mutation, answers, content, lockedRows)
  }
  return { content, answers }
}

/** A waiting change shows whatever the truth has become meanwhile; whether it may stand there is the server's question. */
function asSeenHere(mutation: Mutation, content: Content): Mutation {
  switch (mutation.kind) {
    case 'setField':
    case 'settle':
      return { ...mutation, base: content.cells[mutation.path]?.version ?? 0 }
    case 'removeRow':
      return { ...mutation, base: Infinity, files: content.files.map(({ id }) => id) }
    default:
      return mutation
  }
}

const valueIn = ({ mutation }: Waiting): CellValue =>
  mutation.kind === 'setField' || mutation.kind === 'settle' ? mutation.value : null

/** The shown content with one value laid over it unchecked. */
function withValue(shown: Shown, path: string, value: CellValue, type: ApplicationType): Shown {
  const answers = answersWith(shown.answers, path, value, type)
  if (answers === shown.answers) return shown
  const version = shown.content.cells[path]?.version ?? 0
  return { content: { ...shown.content, cells: { ...shown.content.cells, [path]: { value, version } } }, answers }
}

/**
 * Answers with one value laid over them unchecked: what is being typed at this moment. A path that the form does not have, or in a
 * row that is gone, changes nothing.
 */
export function answersWith(answers: Answers, path: string, value: CellValue, type: ApplicationType): Answers {
  const found = itemAt(type, path)
  if (!found) return answers
  if (found.list && !answers.rows[found.list.id]?.some(({ id }) => id === found.rowId)) return answers
  return withCell(answers, path, value)
}
