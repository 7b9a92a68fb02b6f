import { type Kysely, type Selectable } from 'kysely'
import type { PrintId } from '#domain/forms/application-type.ts'
import { withinReach } from '#server/applications/scope.ts'
import type { ApplicationTable } from '#server/applications/tables.ts'
import type { Who } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { PaperTable } from './tables.ts'

type Db = Kysely<Database>
export type Paper = Selectable<PaperTable>

/** An application for whoever may see its papers: its owner, a person of the back office within his scope, or a job. */
export const findPrintable = (db: Db, who: Who, id: string): Promise<Selectable<ApplicationTable> | undefined> =>
  db
    .selectFrom('application')
    .selectAll()
    .where('application.id', '=', id)
    .where('application.deletedAt', 'is', null)
    .where(withinReach(who))
    .executeTakeFirst()

/** The paper of a kind made from a snapshot that still counts. */
export const findPaper = (db: Db, _who: Who, snapshotId: string, kind: PrintId): Promise<Paper | undefined> =>
  db
    .selectFrom('paper')
    .selectAll()
    .where('snapshotId', '=', snapshotId)
    .where('kind', '=', kind)
    .where('voidedAt', 'is', null)
    .orderBy('createdAt', 'desc')
    .limit(1)
    .executeTakeFirst()

/** Papers of a snapshot that still count. */
export const listPapers = (db: Db, _who: Who, snapshotId: string): Promise<Paper[]> =>
  db
    .selectFrom('paper')
    .selectAll()
    .where('snapshotId', '=', snapshotId)
    .where('voidedAt', 'is', null)
    .orderBy('createdAt')
    .orderBy('kind')
    .execute()

/** A paper by what its QR code says, with as much of the application as anybody may know. */
export const findByCode = (db: Db, _who: Who, code: string) =>
  db
    .selectFrom('paper')
    .innerJoin('application', 'application.id', 'paper.applicationId')
    .select([
      'paper.kind',
      'paper.createdAt',
      'paper.voidedAt',
      'application.number',
      'application.fullName',
      'application.deletedAt',
    ])
    .where('paper.code', '=', code)
    .executeTakeFirst()

/** The newest words of a document that the office wrote, if it wrote any. */
export const findTexts = (db: Db, _who: Who, kind: string) =>
  db.selectFrom('paperText').selectAll().where('kind', '=', kind).orderBy('version', 'desc').limit(1).executeTakeFirst()

/** Every version the office wrote, of every document, the newest first. */
export const listTextVersions = (db: Db, _who: Who) =>
  db
    .selectFrom('paperText')
    .leftJoin('account', 'account.id', 'paperText.createdBy')
    .select(['paperText.kind', 'paperText.version', 'paperText.texts', 'paperText.createdAt', 'account.fullName as by'])
    .orderBy('paperText.kind')
    .orderBy('paperText.version', 'desc')
    .execute()

/** What the making of papers needs of the newest submission: its snapshot, form and choices. */
export const findLatestSnapshot = (db: Db, _who: Who, applicationId: string) =>
  db
    .selectFrom('applicationSnapshot')
    .innerJoin('application', 'application.id', 'applicationSnapshot.applicationId')
    .innerJoin('catalogueEdition', 'catalogueEdition.id', 'application.editionId')
    .select(['applicationSnapshot.id', 'applicationSnapshot.content', 'catalogueEdition.catalogue'])
    .where('applicationSnapshot.applicationId', '=', applicationId)
    .orderBy('applicationSnapshot.round', 'desc')
    .limit(1)
    .executeTakeFirst()

export const setMade = (db: Db, _who: Who, id: string, made: { sha256: string; size: number; madeAt: Date }) =>
  db.updateTable('paper').set(made).where('id', '=', id).where('sha256', 'is', null).execute()
