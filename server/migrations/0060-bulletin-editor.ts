import { type Kysely, sql } from 'kysely'

/**
 * What the office writes: the text with its marks, whom it is for, and earlier texts of what was already published.
 * `paragraphs` stays: the same text without marks, for lists and for pages of before.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('bulletin')
    .addColumn('body', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('document_number', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('issuer', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('regions', 'jsonb', (c) => c.notNull().defaultTo(sql`'[]'::jsonb`))
    .addColumn('pinned', 'boolean', (c) => c.notNull().defaultTo(false))
    .addColumn('revision', 'integer', (c) => c.notNull().defaultTo(1))
    .addColumn('changed_at', 'timestamptz')
    .execute()
  await sql`
    update bulletin set changed_at = created_at, body = array_to_string(
      array(select value from jsonb_array_elements_text(paragraphs) with ordinality as one(value, place) order by place),
      E'\n\n')`.execute(db)

  await db.schema
    .createTable('bulletin_version')
    .addColumn('bulletin_id', sql`uuid`, (c) => c.notNull().references('bulletin.id').onDelete('cascade'))
    .addColumn('revision', 'integer', (c) => c.notNull())
    .addColumn('content', 'jsonb', (c) => c.notNull())
    .addColumn('sha256', 'text', (c) => c.notNull())
    .addColumn('replaced_by', sql`uuid`, (c) => c.notNull().references('account.id'))
    .addColumn('replaced_at', 'timestamptz', (c) => c.notNull())
    .addPrimaryKeyConstraint('bulletin_version_pk', ['bulletin_id', 'revision'])
    .execute()
}
