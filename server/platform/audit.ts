import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Kysely, Transaction } from 'kysely'
import { canonicalJson } from '#domain/forms/edition.ts'
import type { Role } from '#domain/lifecycle/roles.ts'
import type { Statement } from './statements.ts'
import type { AuditEventTable, PlatformTables } from './tables.ts'
import type { Who } from './who.ts'

/** One fact for the audit: what was done to which thing. Ids and codes only; never a name, an ID number or a mobile. */
export interface AuditEntry {
  /** `room.what-happened`, e.g. `application.returned`. */
  readonly action: `${string}.${string}`
  readonly applicationId?: string
  /** `kind:id` of what it was done to, where that is not an application, e.g. `account:0190…`. */
  readonly subject?: `${string}:${string}`
  /** The role in which the person acted, where he has several. */
  readonly role?: Role
  readonly details?: Readonly<Record<string, unknown>>
}

/** Acts on different things seldom wait for each other: each thing has its chain, one of these. */
const CHAINS = 16

type Chained = Omit<AuditEventTable, 'id' | 'hash' | 'at' | 'details'> & { at: Date; details: Record<string, unknown> }

/**
 * Appends the entries to their chains in the transaction of the act. The chain's row is the lock: chains are taken in order, so two acts
 * cannot wait for each other.
 */
export async function appendAudit(
  db: Transaction<any>,
  who: Who,
  now: Date,
  entries: readonly AuditEntry[],
): Promise<void> {
  const tables = db as unknown as Transaction<PlatformTables>
  const byChain = new Map<number, AuditEntry[]>()
  for (const entry of entries) {
    const chain = chainOf(entry, who)
    const known = byChain.get(chain)
    if (known) known.push(entry)
    else byChain.set(chain, [entry])
  }
  const rows: (Chained & { hash: string })[] = []
  for (const chain of [...byChain.keys()].sort((a, b) => a - b)) {
    const head = await tables
      .selectFrom('auditChain')
      .selectAll()
      .where('chain', '=', chain)
      .forUpdate()
      .executeTakeFirstOrThrow()
    let { sequence, hash } = head
    for (const entry of byChain.get(chain)!) {
      const row = chained(who, now, entry, chain, ++sequence)
      hash = hashOf(hash, row)
      rows.push({ ...row, hash: toHex(hash) })
    }
    await tables.updateTable('auditChain').set({ sequence, hash }).where('chain', '=', chain).execute()
  }
  if (rows.length === 0) return
  // One value however many rows: 14 values a row would soon be more than a statement may have.
  await sql`
    insert into audit_event (at, actor_kind, account_id, role, action, subject, application_id, details, ip, user_agent,
      request_id, chain, sequence, hash)
    select at, "actorKind", "accountId", role, action, subject, "applicationId", details, ip, "userAgent",
      "requestId", chain, sequence, decode(hash, 'hex')
    from json_to_recordset(${JSON.stringify(rows)}::json) as given(at timestamptz, "actorKind" text, "accountId" uuid,
      role text, action text, subject text, "applicationId" uuid, details jsonb, ip text, "userAgent" text,
      "requestId" text, chain smallint, sequence bigint, hash text)`.execute(tables)
}

/** A place in the canonical text that no fact can hold: canonical JSON writes no control character as it is. */
const HERE = '\u0001'

/** So many facts are linked one by one. */
export const FEW_ENTRIES = 8

/**
 * Few facts, as nearly every act has: the database itself links each to its chain, in a statement that waits for no answer to
 * another, and the chain is locked for so much shorter. In the order of the chains, as above.
 */
export const audited = (who: Who, now: Date, entries: readonly AuditEntry[]): Statement[] =>
  entries
    .map((entry) => ({ entry, chain: chainOf(entry, who) }))
    .sort((a, b) => a.chain - b.chain)
    .map(({ entry, chain }) => linked(who, now, entry, chain))

function linked(who: Who, now: Date, entry: AuditEntry, chain: number): Statement {
  const { sequence: _, ...row } = chained(who, now, entry, chain, 0)
  const [before, after] = canonicalJson({ ...row, at: row.at.toISOString(), sequence: HERE }).split(
    JSON.stringify(HERE),
  )
  const { at, actorKind, accountId, role, action, subject, applicationId, details, ip, userAgent, requestId } = row
  const told = JSON.stringify(details)
  return {
    text: APPENDING,
    values: [
      before,
      after,
      chain,
      at,
      actorKind,
      accountId,
      role,
      action,
      subject,
      applicationId,
      told,
      ip,
      userAgent,
      requestId,
    ],
  }
}

const APPENDING = `
  with head as (
    update audit_chain set sequence = sequence + 1,
      hash = sha256(hash || convert_to($1::text || (sequence + 1)::text || $2::text, 'UTF8'))
    where chain = $3::smallint returning chain, sequence, hash
  )
  insert into audit_event (at, actor_kind, account_id, role, action, subject, application_id, details, ip, user_agent,
    request_id, chain, sequence, hash)
  select $4::timestamptz, $5, $6::uuid, $7, $8, $9, $10::uuid, $11::jsonb, $12, $13, $14, head.chain, head.sequence, head.hash
  from head`

const chained = (who: Who, at: Date, entry: AuditEntry, chain: number, sequence: number): Chained => ({
  at,
  actorKind: who.kind,
  accountId: who.kind === 'account' ? who.accountId : null,
  role: entry.role ?? (who.kind === 'account' && who.roles.length === 1 ? who.roles[0]!.role : null),
  action: entry.action,
  subject: entry.subject ?? (who.kind === 'system' ? `job:${who.job}` : null),
  applicationId: entry.applicationId ?? null,
  // What JSON cannot hold (undefined, dates) must not count in the hash either.
  details: JSON.parse(JSON.stringify(entry.details ?? {})) as Record<string, unknown>,
  ip: who.ip || null,
  userAgent: who.userAgent || null,
  requestId: who.requestId || null,
  chain,
  sequence,
})

function chainOf(entry: AuditEntry, who: Who): number {
  const thing =
    entry.applicationId ?? entry.subject ?? (who.kind === 'account' ? who.accountId : who.requestId || entry.action)
  return createHash('sha256').update(thing).digest()[0]! % CHAINS
}

function hashOf(previous: Uint8Array, row: Chained): Uint8Array {
  return createHash('sha256')
    .update(previous)
    .update(canonicalJson({ ...row, at: row.at.toISOString() }))
    .digest()
}

/** How far a chain had come at some time: kept outside the database, it shows a chain that was written anew as a whole. */
export interface AuditAnchor {
  readonly chain: number
  readonly sequence: number
  /** hexadecimal */
  readonly hash: string
}

export interface AuditFault {
  readonly chain: number
  readonly sequence: number
  /** `rewritten`: the chain fits together, but is not the one whose anchor was kept. */
  readonly fault: 'changed' | 'missing' | 'added' | 'rewritten'
}

export interface AuditVerdict {
  readonly faults: readonly AuditFault[]
  /** Rows looked at. */
  readonly events: number
  /** To be kept outside the database for the next time. */
  readonly anchors: readonly AuditAnchor[]
}

/**
 * Walks all chains and names the first place of each that does not fit: a row changed, removed, added, or cut off at the end, or another
 * chain than that of an earlier anchor. All of it is one picture of the database: acts may go on meanwhile.
 */
export async function verifyAudit(db: Kysely<any>, earlier: readonly AuditAnchor[] = []): Promise<AuditVerdict> {
  return (db as unknown as Kysely<PlatformTables>)
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tables) => {
      const heads = await tables.selectFrom('auditChain').selectAll().orderBy('chain').execute()
      const faults: AuditFault[] = []
      let events = 0
      for (const chain of missingChains(heads)) faults.push({ chain, sequence: 0, fault: 'missing' })
      for (const head of heads) {
        const anchors = earlier.filter(({ chain }) => chain === head.chain)
        const { fault, walked } = await verifyChain(tables, head, anchors)
        events += walked
        if (fault) faults.push({ chain: head.chain, ...fault })
      }
      const anchors = heads.map(({ chain, sequence, hash }) => ({
        chain,
        sequence,
        hash: toHex(hash),
      }))
      return { faults, events, anchors }
    })
}

const missingChains = (heads: readonly { chain: number }[]): number[] =>
  Array.from({ length: CHAINS }, (_, chain) => chain).filter((chain) => !heads.some((head) => head.chain === chain))

async function verifyChain(
  tables: Kysely<PlatformTables>,
  head: { chain: number; sequence: number; hash: Uint8Array },
  anchors: readonly AuditAnchor[],
): Promise<{ fault?: Omit<AuditFault, 'chain'>; walked: number }> {
  const kept = new Map(anchors.map((anchor) => [anchor.sequence, anchor.hash]))
  let hash: Uint8Array = new Uint8Array(32)
  let sequence = 0
  const found = (at: number, fault: AuditFault['fault']) => ({ fault: { sequence: at, fault }, walked: sequence })
  for (;;) {
    const rows = await tables
      .selectFrom('auditEvent')
      .selectAll()
      .where('chain', '=', head.chain)
      .where('sequence', '>', sequence)
      .orderBy('sequence')
      .limit(5000)
      .execute()
    if (rows.length === 0) break
    for (const { id: _, hash: stored, ...row } of rows) {
      sequence++
      if (row.sequence !== sequence) return found(sequence, 'missing')
      if (sequence > head.sequence) return found(sequence, 'added')
      hash = hashOf(hash, row as Chained)
      if (Buffer.compare(hash, stored) !== 0) return found(sequence, 'changed')
      const anchor = kept.get(sequence)
      if (anchor !== undefined && anchor !== toHex(hash)) return found(sequence, 'rewritten')
    }
  }
  if (sequence < head.sequence) return found(sequence + 1, 'missing')
  if (Buffer.compare(hash, head.hash) !== 0) return found(sequence, 'changed')
  const beyond = anchors.find((anchor) => anchor.sequence > sequence)
  return beyond ? found(sequence + 1, 'missing') : { walked: sequence }
}

const toHex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
