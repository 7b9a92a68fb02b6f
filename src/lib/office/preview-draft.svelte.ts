import type { Answers, CellValue, Facts, Row } from '#domain/forms/answers.ts'
import { type ApplicationType, isField } from '#domain/forms/application-type.ts'
import { itemAt } from '#domain/forms/answers.ts'
import { initialCells, initialRowValues } from '#domain/forms/start.ts'
import { ok, type Outcome } from '#domain/problems.ts'
import type { FormDraft, FormSlotLine, FormTools, RemovedRow } from '$lib/forms/form-draft.ts'

/** An application that nobody has: filled to see how a form behaves, and gone with the page. Nothing of it is stored or sent. */
export class PreviewDraft implements FormDraft {
  readonly id = 'preview'
  readonly editable = true
  readonly #type: () => ApplicationType
  readonly #facts: () => Facts
  readonly #newId: () => string
  #answers: Answers = $state.raw({ fields: {}, rows: {}, files: {} })
  #files: Readonly<Record<string, readonly FormSlotLine[]>> = $state.raw({})

  /** @param type and `facts` are asked for anew whenever they change, so that the form follows what is typed beside it */
  constructor(type: () => ApplicationType, facts: () => Facts, newId: () => string) {
    this.#type = type
    this.#facts = facts
    this.#newId = newId
    this.#answers = { fields: initialCells(type(), facts().account), rows: {}, files: {} }
  }

  get type(): ApplicationType {
    return this.#type()
  }
  get facts(): Facts {
    return this.#facts()
  }
  get answers(): Answers {
    return this.#answers
  }
  get answersAroundRows(): Answers {
    return this.#answers
  }
  get keptAnswers(): Answers {
    return this.#answers
  }
  commentsAt = () => []
  conflictAt = () => null
  refusalAt = () => null
  settle = async (): Promise<Outcome<undefined>> => ok()

  #setRows(listId: string, rows: readonly Row[]): void {
    this.#answers = { ...this.#answers, rows: { ...this.#answers.rows, [listId]: rows } }
  }
  #rows(listId: string): readonly Row[] {
    return this.#answers.rows[listId] ?? []
  }

  setField(path: string, value: CellValue): Outcome<undefined> {
    const [head = '', rowId, inner] = path.split('/')
    if (rowId === undefined || inner === undefined) {
      this.#answers = { ...this.#answers, fields: { ...this.#answers.fields, [head]: value } }
      return ok()
    }
    const change = (row: Row): Row => (row.id === rowId ? { ...row, values: { ...row.values, [inner]: value } } : row)
    this.#setRows(head, this.#rows(head).map(change))
    return ok()
  }

  async addRow(listId: string): Promise<Outcome<string>> {
    const item = itemAt(this.type, listId)?.item
    const values = item?.kind === 'list' ? initialRowValues(item.items.filter(isField)) : {}
    const rows = this.#rows(listId)
    const row: Row = { id: this.#newId(), position: rows.length + 1, values }
    this.#setRows(listId, [...rows, row])
    return ok(row.id)
  }

  async removeRow(path: string): Promise<Outcome<RemovedRow>> {
    const [listId = '', rowId] = path.split('/')
    const before = this.#rows(listId)
    this.#setRows(
      listId,
      before.filter(({ id }) => id !== rowId),
    )
    return ok({ listId, row: before.find(({ id }) => id === rowId) })
  }

  async undoRemove({ listId, row }: RemovedRow): Promise<Outcome<undefined>> {
    const rows = [...this.#rows(listId), row as Row]
    this.#setRows(
      listId,
      rows.sort((a, b) => a.position - b.position),
    )
    return ok()
  }

  markOnly(listId: string, rowId: string, fieldId: string): Outcome<undefined> {
    this.#setRows(
      listId,
      this.#rows(listId).map((row) => ({ ...row, values: { ...row.values, [fieldId]: row.id === rowId } })),
    )
    return ok()
  }

  /** Files are named and listed, and their bytes stay where they are. */
  readonly tools: FormTools = {
    uploads: {
      linesOf: (path) => this.#files[path] ?? [],
      choose: async (path, files) => {
        const chosen = [...files].map(({ name, size }): FormSlotLine => ({
          id: this.#newId(),
          name,
          bytes: size,
          state: 'uploaded',
          removable: true,
          retryable: false,
        }))
        this.#keep(path, [...(this.#files[path] ?? []), ...chosen])
        return ok()
      },
      start: async () => {},
      retry: async () => {},
      remove: async (path, id) => {
        this.#keep(
          path,
          (this.#files[path] ?? []).filter((line) => line.id !== id),
        )
        return ok()
      },
    },
    view: () => {},
  }

  #keep(path: string, lines: readonly FormSlotLine[]): void {
    this.#files = { ...this.#files, [path]: lines }
    const files = lines.map(({ id, name, bytes }, at) => ({
      id,
      name,
      size: bytes,
      sha256: '',
      pages: 0,
      position: at + 1,
    }))
    this.#answers = { ...this.#answers, files: { ...this.#answers.files, [path]: files } }
  }
}
