import { sql } from 'kysely'
import type { World } from './world.ts'

/** Rows in one statement: what is written with a thousand drafts or twenty thousand applications would take minutes one by one. */
const AT_ONCE = 4000

/** @param types of the columns that are no text, e.g. `{ id: 'uuid' }` */
export async function insertRows(
  world: World,
  table: string,
  rows: readonly Readonly<Record<string, unknown>>[],
  types: Readonly<Record<string, string>> = {},
): Promise<void> {
  if (rows.length === 0) return
  const names = Object.keys(rows[0]!)
  const columns = sql.raw(names.join(', '))
  const typed = sql.raw(names.map((name) => `${name} ${types[name] ?? 'text'}`).join(', '))
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const some = JSON.stringify(rows.slice(at, at + AT_ONCE))
    await sql`insert into ${sql.raw(table)} (${columns})
      select ${columns} from jsonb_to_recordset(${some}::jsonb) as rows(${typed})`.execute(world.db)
  }
}
