import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { migrations } from '#server/migrations/index.ts'
import { openDatabase } from '#server/platform/database.ts'
import { migrate } from '#server/platform/migrate.ts'
import { databaseKinds, openTestDatabase } from '../world/test-database.ts'

/** The interfaces that queries are checked against say what the migrated database is. */

interface Column {
  readonly kind: string
  readonly nullable: boolean
}
type Tables = Record<string, Record<string, Column>>

const server = fileURLToPath(new URL('../../server', import.meta.url))
const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

function interfacesOf(file: string): Map<string, ts.InterfaceDeclaration> {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true)
  return new Map(source.statements.filter(ts.isInterfaceDeclaration).map((one) => [one.name.text, one]))
}

const properties = (of: ts.InterfaceDeclaration) =>
  of.members.filter(ts.isPropertySignature).map((one) => ({ name: one.name.getText(), type: one.type!.getText() }))

function columnOf(written: string): Column {
  const generated = /^Generated<(.+)>$/s.exec(written)?.[1] ?? written
  const type = /^ColumnType<([^,<>]+)/.exec(generated)?.[1] ?? generated
  // of the values of a cell, null is one: cleared
  const nullable = type === 'CellValue' || /\|\s*null\b/.test(type.replaceAll(/<[^]*>/g, ''))
  const bare = type.replace(/\s*\|\s*null\b/, '').trim()
  const kind = /^(JSONColumnType|CellValue)/.test(bare)
    ? 'json'
    : ({
        number: 'number',
        boolean: 'boolean',
        Date: 'moment',
        Instant: 'moment',
        Uint8Array: 'bytes',
        'string[]': 'texts',
      }[bare] ?? 'text')
  return { kind, nullable }
}

/** What the code says of the tables. */
function written(): Tables {
  const rooms = readdirSync(server).map((room) => join(server, room, 'tables.ts'))
  const known = new Map(rooms.filter((file) => existsSync(file)).flatMap((file) => [...interfacesOf(file)]))
  const database = interfacesOf(join(server, 'schema.ts')).get('Database')!
  return Object.fromEntries(
    properties(database).map(({ name, type }) => {
      const table = known.get(type)
      if (!table) throw new Error(`No interface ${type}`)
      return [snake(name), Object.fromEntries(properties(table).map((one) => [snake(one.name), columnOf(one.type)]))]
    }),
  )
}

const kinds: Record<string, string> = {
  uuid: 'text',
  text: 'text',
  _text: 'texts',
  bpchar: 'text',
  int2: 'number',
  int4: 'number',
  int8: 'number',
  float8: 'number',
  bool: 'boolean',
  timestamptz: 'moment',
  bytea: 'bytes',
  jsonb: 'json',
}

describe.each(await databaseKinds())('the tables on %s', (kind) => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>
  beforeAll(async () => {
    database = await openTestDatabase(kind)
  })
  afterAll(() => database.close())

  it('are in the code as they are in the migrated database: names, kinds, and what may be null', async () => {
    const { rows } = await sql<{ table: string; column: string; type: string; nullable: boolean }>`
      select table_name as "table", column_name as "column", udt_name as "type", is_nullable = 'YES' as nullable
      from information_schema.columns where table_schema = 'public'`.execute(database.db)
    const here = written()
    const found: Tables = {}
    for (const { table, column, type, nullable } of rows) {
      if (!(table in here)) continue
      const columns = (found[table] ??= {})
      columns[column] = { kind: kinds[type] ?? type, nullable }
    }
    expect(Object.keys(found).length).toBeGreaterThan(30)
    expect(here).toEqual(found)
  })
})

describe('migrations', () => {
  it('go on from whichever of them ran last, as a server does that was away for several releases', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'zhicheng-migration-'))
    const database = await openDatabase<any>({ kind: 'pglite', directory })
    try {
      for (const name of Object.keys(migrations).sort())
        expect(await migrate(database.db, migrations, name)).toEqual([name])
      expect(await migrate(database.db, migrations)).toEqual([])
    } finally {
      await database.close()
      await rm(directory, { recursive: true, force: true })
    }
  }, 60_000)
})
