import { type Kysely, sql } from 'kysely'

/**
 * What everybody does at once in the last hour waits for nobody: serials are taken from a heap of free ones instead of the
 * batch's row, how many stand in each state is kept beside the applications instead of being counted, and a delivery and the
 * notices of an application are found by an index.
 */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema
    .createTable('batch_serial')
    .addColumn('batch_id', 'uuid', (c) => c.notNull().references('batch.id'))
    .addColumn('serial', 'integer', (c) => c.notNull())
    .addPrimaryKeyConstraint('batch_serial_pk', ['batch_id', 'serial'])
    .execute()

  await db.schema
    .createTable('application_tally')
    .addColumn('batch_id', 'uuid', (c) => c.notNull())
    .addColumn('type', 'text', (c) => c.notNull())
    .addColumn('state', 'text', (c) => c.notNull())
    .addColumn('region', 'text')
    .addColumn('acceptance_point', 'text')
    .addColumn('count', 'integer', (c) => c.notNull())
    .execute()
  await sql`insert into application_tally (batch_id, type, state, region, acceptance_point, count)
    select batch_id, type, state, region, acceptance_point, count(*) from application
    where first_submitted_at is not null and deleted_at is null
    group by batch_id, type, state, region, acceptance_point`.execute(db)
  // In the database, so that no way of changing an application can forget it; rows are added, never changed, so that nobody
  // waits for anybody. A job adds them up now and then.
  await sql`create function tally_application() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' and old.first_submitted_at is not null and old.deleted_at is null then
        insert into application_tally (batch_id, type, state, region, acceptance_point, count)
        values (old.batch_id, old.type, old.state, old.region, old.acceptance_point, -1);
      end if;
      if tg_op <> 'DELETE' and new.first_submitted_at is not null and new.deleted_at is null then
        insert into application_tally (batch_id, type, state, region, acceptance_point, count)
        values (new.batch_id, new.type, new.state, new.region, new.acceptance_point, 1);
      end if;
      return null;
    end $$`.execute(db)
  await sql`create trigger application_tally_row after insert or delete on application
    for each row execute function tally_application()`.execute(db)
  await sql`create trigger application_tally_change
    after update of batch_id, type, state, region, acceptance_point, first_submitted_at, deleted_at on application
    for each row when ((old.batch_id, old.type, old.state, old.region, old.acceptance_point, old.first_submitted_at is null,
      old.deleted_at is null) is distinct from (new.batch_id, new.type, new.state, new.region, new.acceptance_point,
      new.first_submitted_at is null, new.deleted_at is null))
    execute function tally_application()`.execute(db)

  await db.schema.createIndex('notice_delivery_notice').on('notice_delivery').column('notice_id').execute()
  await sql`create index notice_application on notice (application_id) where application_id is not null`.execute(db)
}
