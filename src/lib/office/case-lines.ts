import type { FileReference } from '#domain/attachment.ts'
import {
  type Answers,
  type Facts,
  isVisible,
  lookupIn,
  pathOf,
  type Row,
  rowsOf,
  valueOf,
} from '#domain/forms/answers.ts'
import { type ApplicationType, isField, isList, isSlot, type Step } from '#domain/forms/application-type.ts'
import type { Field } from '#domain/forms/field.ts'
import { formatValue } from '#domain/forms/kinds/index.ts'
import type { List } from '#domain/forms/list.ts'
import { materialsOf, rowTitle } from '#domain/forms/paper.ts'
import type { Slot } from '#domain/forms/slot.ts'

/** One thing a reviewer judges: a field with its value, or a place with its files. */
export interface CaseLine {
  readonly path: string
  readonly label: string
  readonly kind: 'field' | 'files'
  /** in the words of paper; '' where nothing was entered */
  readonly value: string
  /** what it said in the round before, where that differs; null where it is the same or there was no round before */
  readonly before: string | null
  readonly files: readonly CaseFile[]
  /** files of the round before that are gone now */
  readonly filesGone: readonly string[]
  readonly isLong: boolean
  readonly isPhoto: boolean
}

export interface CaseFile extends FileReference {
  readonly path: string
  /** 学历·本科 南京工业大学·附件材料 */
  readonly place: string
  /** came in with this round */
  readonly isNew: boolean
}

/** A headed group of lines: a section of the form, or one row of a list. */
export interface CaseBlock {
  readonly key: string
  readonly title: string
  /** comments may stand at a row or a list as a whole */
  readonly path: string | null
  readonly lockedBy: string | null
  /** the row carries the mark of its list, e.g. 本专业最高学历 */
  readonly mark: string | null
  readonly state: 'same' | 'added' | 'removed'
  /** a list without rows says so */
  readonly isEmpty: boolean
  readonly lines: readonly CaseLine[]
}

export interface CaseStep {
  readonly step: Step
  readonly blocks: readonly CaseBlock[]
  /** places of this step that were changed since the round before */
  readonly changes: number
}

interface Case {
  readonly type: ApplicationType
  readonly answers: Answers
  readonly previous: Answers | null
  readonly facts: Facts
}

/**
 * The whole application as a reviewer reads it, step by step, with what changed since the round before (A20). Fields that are
 * not shown to the applicant are not shown here either.
 */
export function caseSteps(of: Case): CaseStep[] {
  return of.type.steps.map((step) => {
    const blocks = step.sections.flatMap((section, at) => {
      const plain = section.items.filter((item): item is Field | Slot => !isList(item))
      const lines = plain.filter((item) => isVisible(item, lookupIn(of.answers))).map((item) => lineOf(of, item))
      const head: CaseBlock[] =
        lines.length > 0 ? [{ ...plainBlock, key: `${step.id}/${at}`, title: section.label ?? '', lines }] : []
      return [...head, ...section.items.filter(isList).flatMap((list) => blocksOf(of, list))]
    })
    return { step, blocks, changes: blocks.reduce((sum, block) => sum + changesIn(block), 0) }
  })
}

const plainBlock = { path: null, lockedBy: null, mark: null, state: 'same', isEmpty: false } as const

const changesIn = (block: CaseBlock): number => (block.state === 'same' ? block.lines.filter(isChanged).length : 1)

export const isChanged = (line: CaseLine): boolean =>
  line.before !== null || line.filesGone.length > 0 || line.files.some(({ isNew }) => isNew)

function blocksOf(of: Case, list: List): CaseBlock[] {
  const rows = rowsOf(list, of.answers)
  const gone = of.previous ? rowsOf(list, of.previous).filter(({ id }) => !rows.some((row) => row.id === id)) : []
  if (rows.length + gone.length === 0) {
    return [{ ...plainBlock, key: list.id, title: list.label, path: list.id, isEmpty: true, lines: [] }]
  }
  return [
    ...rows.map((row, at) => rowBlock(of, list, row, at)),
    ...gone.map((row): CaseBlock => {
      const was = rowTitle(list, row, of.previous!, of.facts)
      return { ...plainBlock, key: `${list.id}/${row.id}`, title: `${list.label}：${was}`, state: 'removed', lines: [] }
    }),
  ]
}

function rowBlock(of: Case, list: List, row: Row, at: number): CaseBlock {
  const known = of.previous === null || rowsOf(list, of.previous).some(({ id }) => id === row.id)
  const mark = list.items.filter(isField).find(({ kind }) => kind === 'mark')
  const lookup = lookupIn(of.answers, row)
  const lines = list.items
    .filter((item) => item.kind !== 'mark' && isVisible(item, lookup))
    .map((item) => lineOf(known ? of : { ...of, previous: null }, item, list, row))
  return {
    key: `${list.id}/${row.id}`,
    title: `${list.label} ${at + 1}：${rowTitle(list, row, of.answers, of.facts)}`,
    path: `${list.id}/${row.id}`,
    lockedBy: row.lockedBy ?? null,
    mark: mark && row.values[mark.id] === true ? mark.label : null,
    state: known ? 'same' : 'added',
    isEmpty: false,
    lines,
  }
}

function lineOf({ answers, previous, facts }: Case, item: Field | Slot, list?: List, row?: Row): CaseLine {
  const path = pathOf(item.id, list, row)
  const base = {
    path,
    label: item.label,
    value: '',
    before: null,
    files: [],
    filesGone: [],
    isLong: false,
    isPhoto: false,
  }
  if (isSlot(item)) {
    const files = answers.files[path] ?? []
    const old = previous?.files[path] ?? []
    const place = list && row ? `${rowTitle(list, row, answers, facts)}·${item.label}` : item.label
    return {
      ...base,
      kind: 'files',
      isPhoto: item.accept === 'photo',
      files: files.map((file) => ({
        ...file,
        path,
        place,
        isNew: previous !== null && !old.some(({ sha256 }) => sha256 === file.sha256),
      })),
      filesGone: old.filter(({ sha256 }) => !files.some((file) => file.sha256 === sha256)).map(({ name }) => name),
    }
  }
  const oldRow = row && previous && list ? rowsOf(list, previous).find(({ id }) => id === row.id) : undefined
  const value = formatValue(valueOf(item, answers, facts, row), item, facts)
  const was = previous ? formatValue(valueOf(item, previous, facts, oldRow), item, facts) : value
  return {
    ...base,
    kind: 'field',
    value,
    before: was === value ? null : was,
    isLong: item.kind === 'longText',
  }
}

/** Every file a reviewer has to open, in the order of the steps; the photo is on the page itself (T10). */
export function filesToOpen(steps: readonly CaseStep[]): CaseFile[] {
  return steps
    .flatMap(({ blocks }) => blocks)
    .flatMap(({ lines }) => lines)
    .filter(({ isPhoto }) => !isPhoto)
    .flatMap(({ files }) => files)
}

/** What a path is called: 学历 1：本科·南京工业大学·学校. */
export function placeOf(steps: readonly CaseStep[], path: string): string {
  for (const { step, blocks } of steps) {
    if (step.id === path) return step.label
    for (const block of blocks) {
      if (block.path === path) return block.title
      const line = block.lines.find((one) => one.path === path)
      if (line) return block.path === null ? line.label : `${block.title}·${line.label}`
    }
  }
  return path
}

/** The step a path lies in. */
export const stepOfLine = (steps: readonly CaseStep[], path: string): CaseStep | undefined =>
  steps.find(
    ({ step, blocks }) =>
      step.id === path || blocks.some((block) => block.path === path || block.lines.some((line) => line.path === path)),
  )

/** The material list with its files, for the step that shows nothing else (R87). */
export const caseMaterials = ({ type, answers, facts }: Omit<Case, 'previous'>) =>
  materialsOf(type, answers, facts).filter(({ files, required }) => files.length > 0 || required)

/** 建筑工程·工程师: what is applied for, in words; '' for a type that names none. */
export function wishedTitle(steps: readonly CaseStep[]): string {
  const lines = steps.flatMap(({ blocks }) => blocks).flatMap((block) => (block.path === null ? block.lines : []))
  const wished = [
    ['targetTitle', 'certTitle'],
    ['specialty', 'certSpecialty'],
  ].map((ids) => lines.find(({ path }) => ids.includes(path))?.value ?? '')
  return wished.filter((word) => word !== '').join('·')
}
