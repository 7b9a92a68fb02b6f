import { type ExpressionBuilder, type Kysely, sql } from 'kysely'
import { states } from '#domain/lifecycle/states.ts'
import { inScope } from '#server/applications/scope.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'

/** Another application that holds the same file or names the same work. */
interface Twin {
  readonly applicationId: string
  readonly number: string | null
  readonly fullName: string | null
  readonly stateLabel: string
  /** of the same applicant */
  readonly own: boolean
}

export interface Duplicate {
  /** where in this application it stands: the slot of a file, the title of a work */
  readonly path: string
  readonly what: 'file' | 'work'
  /** name of the file; null for a work */
  readonly name: string | null
  /** those within the person's scope */
  readonly others: readonly Twin[]
  /** how many lie outside it: that they exist is said, which they are is not */
  readonly elsewhere: number
}

/** So many are named; a blank form that everybody hands in is no finding. */
const TWINS_AT_MOST = 20

interface Found extends Omit<Twin, 'stateLabel'> {
  readonly path: string
  readonly name: string | null
  readonly state: keyof typeof states
  readonly reached: boolean
}

/**
 * What of an application stands in another one as well: a file with the same bytes of somebody else, or a work of the same
 * title, somebody else's or his own. A hint for the reviewer, which decides nothing.
 */
export async function duplicatesOf(
  db: Kysely<Database>,
  who: Signed,
  of: { readonly id: string; readonly accountId: string },
): Promise<Duplicate[]> {
  const [files, works] = await Promise.all([sameFiles(db, who, of), sameWorks(db, who, of)])
  return [...grouped('file', files), ...grouped('work', works)]
}

function grouped(what: Duplicate['what'], rows: readonly Found[]): Duplicate[] {
  const places = new Map<string, Found[]>()
  for (const row of rows) places.set(`${row.path} ${row.name}`, [...(places.get(`${row.path} ${row.name}`) ?? []), row])
  return [...places.values()].map((some) => ({
    path: some[0]!.path,
    what,
    name: some[0]!.name,
    others: some
      .filter(({ reached }) => reached)
      .slice(0, TWINS_AT_MOST)
      .map(({ applicationId, number, fullName, own, state }) => ({
        applicationId,
        number,
        fullName,
        own,
        stateLabel: states[state].label,
      })),
    elsewhere: some.filter(({ reached }) => !reached).length,
  }))
}

type Eb = ExpressionBuilder<Database, 'application'>
const reached = (who: Signed) => (eb: unknown) => inScope(who)(eb as Eb)

const sameFiles = (db: Kysely<Database>, who: Signed, { id, accountId }: { id: string; accountId: string }) =>
  db
    .selectFrom('attachment as mine')
    .innerJoin('attachment as theirs', (join) =>
      join.onRef('theirs.sha256', '=', 'mine.sha256').onRef('theirs.applicationId', '<>', 'mine.applicationId'),
    )
    .innerJoin('application', 'application.id', 'theirs.applicationId')
    .where('mine.applicationId', '=', id)
    .where('mine.removedAt', 'is', null)
    .where('theirs.removedAt', 'is', null)
    .where('application.accountId', '<>', accountId)
    .where('application.firstSubmittedAt', 'is not', null)
    .where('application.deletedAt', 'is', null)
    .select([
      'mine.path',
      'mine.name',
      'application.id as applicationId',
      'application.number',
      'application.fullName',
      'application.state',
      sql<boolean>`false`.as('own'),
    ])
    .select((eb) => eb.case().when(reached(who)(eb)).then(true).else(false).end().as('reached'))
    .distinct()
    .orderBy('mine.path')
    .orderBy('application.number')
    .execute() as Promise<Found[]>

const sameWorks = (db: Kysely<Database>, who: Signed, { id, accountId }: { id: string; accountId: string }) =>
  db
    .selectFrom('applicationWork as mine')
    .innerJoin('applicationWork as theirs', (join) =>
      join.onRef('theirs.key', '=', 'mine.key').onRef('theirs.applicationId', '<>', 'mine.applicationId'),
    )
    .innerJoin('application', 'application.id', 'theirs.applicationId')
    .where('mine.applicationId', '=', id)
    .where('application.firstSubmittedAt', 'is not', null)
    .where('application.deletedAt', 'is', null)
    .select([
      'mine.path',
      sql<string | null>`null`.as('name'),
      'application.id as applicationId',
      'application.number',
      'application.fullName',
      'application.state',
    ])
    .select((eb) => eb('application.accountId', '=', accountId).as('own'))
    .select((eb) => eb.case().when(reached(who)(eb)).then(true).else(false).end().as('reached'))
    .distinct()
    .orderBy('mine.path')
    .orderBy('application.number')
    .execute() as Promise<Found[]>
