import { type Kysely, sql } from 'kysely'

/**
 * The office writes its own reading texts (R28–R30). Of one kind there may be several, each with its versions, and a version never
 * changes: a row of `reading` says which one a person has accepted. `text_id` is the kind for the text that comes with the product.
 * `body` has the marks; `paragraphs` stays: the same without marks, for pages of before.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .alterTable('reading_text')
    .addColumn('text_id', 'text')
    .addColumn('body', 'text', (c) => c.notNull().defaultTo(''))
    .addColumn('changed_by', sql`uuid`, (c) => c.references('account.id'))
    .execute()
  await sql`
    update reading_text set text_id = kind, body = array_to_string(
      array(select value from jsonb_array_elements_text(paragraphs) with ordinality as one(value, place) order by place),
      E'\n\n')`.execute(db)
  await sql`alter table reading_text alter column text_id set not null`.execute(db)
  await sql`alter table reading_text drop constraint reading_text_kind_version`.execute(db)
  await sql`alter table reading_text add constraint reading_text_version unique (text_id, version)`.execute(db)
  await sql`
    create function reading_text_stands() returns trigger language plpgsql as $$
    begin
      raise exception 'a version of a reading text never changes' using errcode = 'restrict_violation';
    end $$`.execute(db)
  await sql`create trigger reading_text_unchanged before update on reading_text
    for each row execute function reading_text_stands()`.execute(db)
}
