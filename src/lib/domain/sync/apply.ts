import type { ApplicationType } from '../forms/application-type.ts'
import { isField, isList, isSlot } from '../forms/application-type.ts'
import { type Answers, type Facts, itemAt } from '../forms/answers.ts'
import { checkCell } from '../forms/check.ts'
import { initialRowValues } from '../forms/start.ts'
import type { Issue } from '../problems.ts'
import { assemble, type AttachedFile, type Cell, type Cells, withCell, withFiles } from './cell.ts'
import type { Mutation } from './mutation.ts'

export interface Content {
  readonly cells: Cells
  readonly files: readonly AttachedFile[]
}

type Removal = Extract<Mutation, { kind: 'removeRow' }>

export type Applied =
  | { readonly outcome: 'applied'; readonly content: Content; readonly changed: readonly string[] }
  /** The cell moved on since the phone read it: the server's value stays, the other is kept beside it (S4). */
  | { readonly outcome: 'conflict'; readonly path: string; readonly kept: Cell }
  | { readonly outcome: 'refused'; readonly issue: Issue }

const refused = (issue: Issue): Applied => ({ outcome: 'refused', issue })
const unchanged = (content: Content): Applied => ({ outcome: 'applied', content, changed: [] })

/**
 * Applies one mutation to the content of an application: the same function on the phone and on the server.
 * Content that does not change is returned as it is, so `===` tells (STYLE §4.11).
 * @param version the application's version after this mutation
 * @param file what the server knows of an attached file; the phone passes its own knowledge
 */
export function applyMutation(
  mutation: Mutation,
  content: Content,
  context: { type: ApplicationType; answers: Answers; facts: Facts; version: number; file?: AttachedFile | undefined },
): Applied {
  const { type, answers, facts, version } = context
  const { path } = mutation
  const found = itemAt(type, path)
  if (!found) return refused({ code: 'answer.unknown-path', path })
  const rowPath = found.list && found.rowId !== undefined ? `${found.list.id}/${found.rowId}` : undefined
  const lockedBy = found.list && answers.rows[found.list.id]?.find(({ id }) => id === found.rowId)?.lockedBy

  switch (mutation.kind) {
    case 'setField':
    case 'settle': {
      if (!isField(found.item)) return refused({ code: 'answer.unknown-path', path })
      // 本专业最高学历 is a choice among rows, not part of a locked row (R68).
      if (lockedBy !== undefined && found.item.kind !== 'mark') return refused({ code: 'answer.row-locked', path })
      if (rowPath !== undefined && typeof content.cells[rowPath]?.value !== 'number')
        return refused({ code: 'answer.row-missing', path })
      const issue = checkCell(type, path, mutation.value, answers, facts)
      if (issue) return refused(issue)
      const current = content.cells[path]
      if (current?.value === mutation.value || (current === undefined && mutation.value === null))
        return unchanged(content)
      if ((current?.version ?? 0) !== mutation.base) {
        return { outcome: 'conflict', path, kept: current ?? { value: null, version: 0 } }
      }
      return changed(content, { [path]: { value: mutation.value, version } })
    }
    case 'addRow': {
      const { item, list } = found
      if (!isList(item) || !list || rowPath === undefined) return refused({ code: 'answer.unknown-path', path })
      if (content.cells[path] !== undefined) return unchanged(content)
      const rows = answers.rows[list.id]?.length ?? 0
      if (list.atMost !== undefined && rows >= list.atMost) {
        return refused({ code: 'answer.too-many-rows', path, params: { label: list.label, atMost: list.atMost } })
      }
      const start = Object.entries(initialRowValues(list.items.filter(isField)))
      return changed(content, {
        [path]: { value: mutation.position, version },
        ...Object.fromEntries(start.map(([id, value]) => [`${path}/${id}`, { value, version }])),
      })
    }
    case 'removeRow': {
      if (!isList(found.item)) return refused({ code: 'answer.unknown-path', path })
      if (lockedBy !== undefined) return refused({ code: 'answer.row-locked', path })
      if (typeof content.cells[path]?.value !== 'number') return unchanged(content)
      if (holdsUnseen(content, mutation)) return refused({ code: 'sync.row-changed', path })
      return {
        outcome: 'applied',
        content: {
          cells: { ...content.cells, [path]: { value: null, version } },
          files: content.files.filter((file) => !file.path.startsWith(`${path}/`)),
        },
        changed: [path],
      }
    }
    case 'attach': {
      if (!isSlot(found.item)) return refused({ code: 'answer.unknown-path', path })
      if (rowPath !== undefined && typeof content.cells[rowPath]?.value !== 'number')
        return refused({ code: 'answer.row-missing', path })
      if (content.files.some(({ id }) => id === mutation.attachmentId)) return unchanged(content)
      const { file } = context
      if (!file) return refused({ code: 'attachment.missing', path, params: { count: 1 } })
      const others = content.files.filter((one) => one.path === path)
      // The one photo is replaced by a new one (R62).
      const stays = found.item.accept === 'photo' ? content.files.filter((one) => one.path !== path) : content.files
      if (found.item.accept !== 'photo' && others.length >= found.item.maxFiles) {
        return refused({ code: 'attachment.too-many-files', path, params: { atMost: found.item.maxFiles } })
      }
      return { outcome: 'applied', content: { ...content, files: [...stays, file] }, changed: [path] }
    }
    case 'detach': {
      if (!isSlot(found.item)) return refused({ code: 'answer.unknown-path', path })
      // Files of a locked row stay; more may be added (A17).
      if (lockedBy !== undefined) return refused({ code: 'answer.row-locked', path })
      if (!content.files.some(({ id }) => id === mutation.attachmentId)) return unchanged(content)
      return {
        outcome: 'applied',
        content: { ...content, files: content.files.filter(({ id }) => id !== mutation.attachmentId) },
        changed: [path],
      }
    }
  }
}

/**
 * The answers once a mutation has been applied, without assembling again what it leaves as it is.
 * @param before the answers it was applied to
 * @param content what it made of their content
 */
export function answersAfter(
  mutation: Mutation,
  before: Answers,
  content: Content,
  lockedRows: Readonly<Record<string, string>> | undefined,
): Answers {
  switch (mutation.kind) {
    case 'setField':
    case 'settle':
      return withCell(before, mutation.path, mutation.value)
    case 'attach':
    case 'detach':
      return withFiles(before, content.files)
    case 'addRow':
    case 'removeRow':
      return assemble(content.cells, content.files, lockedRows)
  }
}

/** Whether a row holds something that came after its remover looked at it: a value typed or a file attached elsewhere (S14). */
function holdsUnseen({ cells, files }: Content, { path, base, files: seen }: Removal): boolean {
  const inside = `${path}/`
  return (
    Object.entries(cells).some(([one, cell]) => one.startsWith(inside) && cell.value !== null && cell.version > base) ||
    files.some((file) => file.path.startsWith(inside) && !seen.includes(file.id))
  )
}

function changed(content: Content, cells: Record<string, Cell>): Applied {
  return {
    outcome: 'applied',
    content: { ...content, cells: { ...content.cells, ...cells } },
    changed: Object.keys(cells),
  }
}
