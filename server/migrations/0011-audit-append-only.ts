import { sql } from 'kysely'
import type { Kysely } from 'kysely'

/**
 * The audit only grows: the database itself refuses to change or remove an event, and to turn a chain back. Whoever may switch the
 * triggers off leaves a chain that no longer fits (`npm run audit:verify`).
 */
export async function up(db: Kysely<any>): Promise<void> {
  await sql`
    create function audit_only_grows() returns trigger language plpgsql as $$
    begin
      raise exception 'audit_event is append-only' using errcode = 'restrict_violation';
    end $$`.execute(db)
  await sql`create trigger audit_event_unchanged before update or delete on audit_event
    for each row execute function audit_only_grows()`.execute(db)
  await sql`create trigger audit_event_kept before truncate on audit_event
    for each statement execute function audit_only_grows()`.execute(db)
  await sql`
    create function audit_chain_goes_on() returns trigger language plpgsql as $$
    begin
      if tg_op = 'UPDATE' and new.chain = old.chain and new.sequence > old.sequence then return new; end if;
      raise exception 'audit_chain only goes on' using errcode = 'restrict_violation';
    end $$`.execute(db)
  await sql`create trigger audit_chain_forward before update or delete on audit_chain
    for each row execute function audit_chain_goes_on()`.execute(db)
  await sql`create trigger audit_chain_kept before truncate on audit_chain
    for each statement execute function audit_only_grows()`.execute(db)
}
