import { CompiledQuery, type Insertable, type Kysely, type Updateable } from 'kysely'
import type { Database } from '#server/schema.ts'

/*
 * Where a request is asked thousands of times in an hour, its statements are text that is made once. Kysely builds, copies and
 * prints a tree for each statement anew, which was a fifth of what a submission cost the application (docs/performance.md).
 */

/** A statement as it is sent: its text with `$1`, `$2`, … and the values for them. */
export interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

/** Sends a statement at once; its columns are camelCase here, as everywhere. */
export async function run<Row = unknown>(db: Kysely<any>, { text, values }: Statement): Promise<Row[]> {
  const { rows } = await db.withoutPlugins().executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, [...values]))
  return rows.map(inCamelCase) as Row[]
}

const camel = new Map<string, string>()

function camelCase(column: string): string {
  let known = camel.get(column)
  if (known === undefined) {
    known = column.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())
    camel.set(column, known)
  }
  return known
}

/** A row whose columns are called as in the database, as the rooms call them. */
export function inCamelCase(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const named: Record<string, unknown> = {}
  for (const column in row) named[camelCase(column)] = row[column]
  return named
}

/** Rows as one value, for a statement that reads several things at once. */
export const rowsAsJson = (text: string) => `(select coalesce(json_agg(one), '[]'::json) from (${text}) as one)`

/** An instant as JSON has it here. */
export const instantText = (column: string) => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** The one row, or null. */
export const rowAsJson = (text: string) => `(select to_json(one) from (${text}) as one)`

/** Rows that came as JSON, as if they had come by themselves. JSON has no dates: `dates` names the columns that are some. */
export const fromJson = <Row>(
  rows: readonly Readonly<Record<string, unknown>>[],
  dates: readonly (keyof Row & string)[] = [],
) =>
  rows.map((row) => {
    const named = inCamelCase(row)
    for (const date of dates) if (typeof named[date] === 'string') named[date] = new Date(named[date])
    return named as Row
  })

/** As a column is called in the database. */
export const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** Texts by what they are made of. They are as many as there are places in the program that write. */
const texts = new Map<string, string>()

function textOf(key: string, make: () => string): string {
  let text = texts.get(key)
  if (text === undefined) {
    text = make()
    texts.set(key, text)
  }
  return text
}

type TableName = keyof Database & string

const given = (row: object): [string, unknown][] => Object.entries(row).filter(([, value]) => value !== undefined)

/** Inserts one row. */
export function insertion<Table extends TableName>(table: Table, row: Insertable<Database[Table]>): Statement {
  const entries = given(row)
  const names = entries.map(([name]) => name)
  const text = textOf(`insert ${table} ${names.join()}`, () => {
    const columns = names.map(snakeCase).join(', ')
    return `insert into ${snakeCase(table)} (${columns}) values (${names.map((_, at) => `$${at + 1}`).join(', ')})`
  })
  return { text, values: entries.map(([, value]) => value) }
}

/** Inserts rows of the same columns, however many: one value, so that the text stays the same. JSON is given as it is, not as text. */
export function insertions<Table extends TableName>(
  table: Table,
  rows: readonly { readonly [Column in keyof Insertable<Database[Table]>]: unknown }[],
): Statement {
  const names = Object.keys(rows[0]!)
  const text = textOf(`rows ${table} ${names.join()}`, () => {
    const columns = names.map(snakeCase).join(', ')
    const name = snakeCase(table)
    return `insert into ${name} (${columns}) select ${columns} from jsonb_populate_recordset(null::${name}, $1::jsonb)`
  })
  const asStored = rows.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [snakeCase(name), value])),
  )
  return { text, values: [JSON.stringify(asStored)] }
}

/** Changes the rows in which these columns have these values. */
export function change<Table extends TableName>(
  table: Table,
  columns: Updateable<Database[Table]>,
  where: Readonly<Record<string, unknown>>,
): Statement {
  const sets = given(columns)
  const wheres = Object.entries(where)
  const text = textOf(`update ${table} ${sets.map(([name]) => name).join()} ${Object.keys(where).join()}`, () => {
    const equal = (entries: [string, unknown][], from: number) =>
      entries.map(([name], at) => `${snakeCase(name)} = $${from + at + 1}`)
    return `update ${snakeCase(table)} set ${equal(sets, 0).join(', ')} where ${equal(wheres, sets.length).join(' and ')}`
  })
  return { text, values: [...sets, ...wheres].map(([, value]) => value) }
}

/** A number for each text: together they are thousands of characters, which to look up takes longer than to count them. */
const numbers = new Map<string, number>()

function numberOf(text: string): number {
  let number = numbers.get(text)
  if (number === undefined) {
    number = numbers.size
    numbers.set(text, number)
  }
  return number
}

/** A statement's text where so many values stand before its own. */
export const behind = (text: string, before: number): string =>
  text.replace(/\$(\d+)/g, (_, number: string) => `$${Number(number) + before}`)

/** So many are one statement at most: an act on hundreds of applications must not make a text of its own for each number of them. */
export const MERGED_AT_MOST = 16

/**
 * Statements that write, as one: each costs the database and the driver as much again for the way as for the work. They must
 * not depend on each other, nor bring a `with` of their own; what refers to a row that another one inserts may stand beside it.
 */
export function merged(statements: readonly Statement[]): Statement {
  if (statements.length === 1) return statements[0]!
  const text = textOf(`merged ${statements.map(({ text: one }) => numberOf(one)).join()}`, () => {
    let before = 0
    const numbered = statements.map(({ text: one, values }) => {
      const from = before
      before += values.length
      return behind(one, from)
    })
    const last = numbered.pop()!
    return `with ${numbered.map((one, at) => `written${at} as (${one})`).join(', ')} ${last}`
  })
  return { text, values: statements.flatMap(({ values }) => values) }
}
