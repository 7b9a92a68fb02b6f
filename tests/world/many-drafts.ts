import { sql } from 'kysely'
import { maskIdNumber } from '#domain/identity/id-number.ts'
import { idNumberIndex, sealIdNumber } from '#server/accounts/identity-seal.ts'
import { newToken, sessionEnd, tokenHash } from '#server/accounts/session.ts'
import { type Filled } from './application-walk.ts'
import { insertRows } from './bulk-rows.ts'
import { type Batch, newIdNumber, type World } from './world.ts'

/** A draft of somebody of his own, with his session. */
export interface Draft {
  readonly accountId: string
  readonly applicationId: string
  readonly cookie: string
  /** version of the application */
  readonly version: number
}

/**
 * Drafts like a filled one, each of another person, all in `batch`, with a record of what their phones have sent: it is large in
 * every database that has seen a season.
 * @param without paths of the fields and slots that are still empty
 */
export async function manyDrafts(
  world: World,
  { id: template, version }: Filled,
  { batch, count, without = [] }: { batch: Batch; count: number; without?: readonly string[] },
): Promise<Draft[]> {
  const { secrets } = world.platform
  const now = await world.now()
  const at = now.toISOString()
  const end = sessionEnd(now, [{ role: 'applicant' }]).toISOString()
  const made = Array.from({ length: count }, () => {
    const accountId = crypto.randomUUID()
    const token = newToken()
    const idNumber = newIdNumber()
    return { accountId, idNumber, token, applicationId: crypto.randomUUID() }
  })
  const accounts = made.map(({ accountId, idNumber }, place) => ({
    id: accountId,
    // Among so many the same number may fall twice; the index of an account is its own.
    id_number_index: `${idNumberIndex(secrets, idNumber)}.${accountId}`,
    id_number_cipher: sealIdNumber(secrets, idNumber, accountId),
    id_number_masked: maskIdNumber(idNumber),
    full_name: '周明远',
    gender: '1',
    birth_date: '1985-06-01',
    email: `p${place}@example.com`,
    mobile: `139${String(place).padStart(8, '0')}`,
    password_hash: '-',
  }))
  await insertRows(world, 'account', accounts, { id: 'uuid' })
  const grants = made.map(({ accountId }) => ({ id: crypto.randomUUID(), account_id: accountId, role: 'applicant' }))
  await insertRows(world, 'account_grant', grants, { id: 'uuid', account_id: 'uuid' })
  const time = 'timestamptz'
  const sessions = made.map(({ accountId, token }) => ({
    id: crypto.randomUUID(),
    token_hash: tokenHash(token),
    account_id: accountId,
    created_at: at,
    last_seen_at: at,
    expires_at: end,
    device: 'phone',
    ip: '',
  }))
  const times = { created_at: time, last_seen_at: time, expires_at: time }
  await insertRows(world, 'session', sessions, { id: 'uuid', account_id: 'uuid', ...times })
  const applications = made.map(({ accountId, applicationId }) => ({
    id: applicationId,
    type: batch.type,
    batch_id: batch.id,
    edition_id: batch.editionId,
    account_id: accountId,
    state: 'DRAFT',
    version,
    gate_accepted_at: at,
    state_since: at,
    created_at: at,
    updated_at: at,
  }))
  const uuids = { id: 'uuid', batch_id: 'uuid', account_id: 'uuid' }
  const instants = { gate_accepted_at: time, state_since: time, created_at: time, updated_at: time }
  await insertRows(world, 'application', applications, { ...uuids, ...instants, version: 'int' })
  const ids = JSON.stringify(made.map(({ applicationId }) => applicationId))
  const wanted = sql`(select jsonb_array_elements_text(${ids}::jsonb)::uuid as id) made`
  const left = sql`array[${sql.join(['', ...without])}]::text[]`
  // A row is of one application: every copy has rows of its own.
  const own = sql.raw(`case when path like '%/%' then split_part(path, '/', 1) || '/' ||
    md5(made.id::text || split_part(path, '/', 2))::uuid || substring(path from '^[^/]*/[^/]*(.*)$') else path end`)
  await sql`insert into application_cell (application_id, path, value, version, updated_at)
    select made.id, ${own}, value, version, updated_at from application_cell, ${wanted}
    where application_id = ${template} and path <> all (${left})`.execute(world.db)
  await sql`insert into application_mutation (id, application_id, account_id, result, received_at)
    select gen_random_uuid(), application.id, application.account_id, '{"outcome":"applied"}', application.created_at
    from application, generate_series(1, 20), ${wanted} where application.id = made.id`.execute(world.db)
  await sql`insert into attachment (id, application_id, path, name, sha256, size, pages, position, created_at)
    select gen_random_uuid(), made.id, ${own}, name, sha256, size, pages, position, created_at
    from attachment, ${wanted}
    where application_id = ${template} and removed_at is null and path <> all (${left})`.execute(world.db)
  return made.map(({ accountId, applicationId, token }) => ({
    accountId,
    applicationId,
    cookie: `sid=${token}`,
    version,
  }))
}
