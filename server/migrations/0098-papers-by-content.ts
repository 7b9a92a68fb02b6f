import type { Kysely } from 'kysely'

/** The sweep asks of each file that nothing else refers to whether it is a paper: by its digest, without reading all papers. */
export async function up(db: Kysely<any>): Promise<void> {
  await db.schema.createIndex('paper_sha256').on('paper').column('sha256').execute()
}
