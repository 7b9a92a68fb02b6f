import { sql } from 'kysely'
import type { Generated, Kysely } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ok, refuse } from '#domain/problems.ts'
import { appendAudit, verifyAudit } from '#server/platform/audit.ts'
import { createMovableClock, systemClock } from '#server/platform/clock.ts'
import type { DatabaseKind, OpenDatabase } from '#server/platform/database.ts'
import { createLimiter } from '#server/platform/limits.ts'
import { createMetrics } from '#server/platform/metrics.ts'
import { createSecrets } from '#server/platform/secrets.ts'
import type { PlatformTables } from '#server/platform/tables.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { openTestDatabase } from '../world/test-database.ts'

interface ParcelTable {
  id: Generated<number>
  ownerName: string
  content: unknown
  tags: string[] | null
  bytes: Uint8Array | null
  sentAt: Date | null
  day: string | null
  weight: number | null
}

type Tables = PlatformTables & { parcel: ParcelTable }

/** What every database we run on has to do alike. */
export function databaseContract(kind: DatabaseKind): void {
  describe(`database: ${kind}`, () => {
    let database: OpenDatabase<Tables>
    let db: Kysely<Tables>
    const base = { ownerName: '王', content: '{}', tags: null, bytes: null, sentAt: null, day: null, weight: null }

    beforeAll(async () => {
      database = await openTestDatabase<Tables>(kind)
      db = database.db
      await database.executeSql(`
        create table parcel (id bigint generated always as identity primary key, owner_name text not null, content jsonb not null,
          tags text[], bytes bytea, sent_at timestamptz, day date, weight bigint);
        create unique index parcel_weight on parcel (weight)`)
    })
    afterAll(() => database.close())

    test('values come back as they went in, keys inside json untouched', async () => {
      const sentAt = new Date('2026-03-01T02:03:04.567Z')
      const content = { first_name: '𠮷', nested: { aB: [1, true, null] } }
      const given = {
        ...base,
        content,
        tags: ['a', '二'],
        bytes: new Uint8Array([0, 255, 7]),
        sentAt,
        day: '2026-03-01',
        weight: 4_294_967_296,
      }
      const { id } = await db.insertInto('parcel').values(given).returning('id').executeTakeFirstOrThrow()
      const row = await db.selectFrom('parcel').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      expect({ ...row, bytes: [...row.bytes!] }).toEqual({ ...given, id, bytes: [0, 255, 7] })
      expect(row.sentAt).toBeInstanceOf(Date)
      expect(row.bytes).toBeInstanceOf(Uint8Array)
      expect(typeof id).toBe('number')
      await db.deleteFrom('parcel').execute()
    })

    test.each([
      ['true', true],
      ['a list of booleans', [true, false]],
      ['an empty list', []],
      ['a number', 12],
      ['an object as JSON text', '{"a":"b"}'],
      ['a string as JSON text', '"Zhao"'],
    ])('a json column takes %s', async (_, content) => {
      const row = await db
        .insertInto('parcel')
        .values({ ...base, content })
        .returning('content')
        .executeTakeFirstOrThrow()
      expect(row.content).toEqual(typeof content === 'string' ? JSON.parse(content) : content)
    })

    test('counts and sums of bigint are numbers; a number beyond the safe range is an error, not a wrong number', async () => {
      const { count } = await db
        .selectFrom('parcel')
        .select(({ fn }) => fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      expect(typeof count).toBe('number')
      await expect(sql`select 9007199254740993::bigint`.execute(db)).rejects.toThrow(/safe range/)
    })

    test('a list is one parameter', async () => {
      const { rows } = await sql<{
        n: number
      }>`select n from generate_series(1, 5) n where n = any(${[2, 4]}::int[])`.execute(db)
      expect(rows.map(({ n }) => n)).toEqual([2, 4])
    })

    test('a unique key refused has SQLSTATE 23505 on the error, and the transaction is undone', async () => {
      const twice = db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('parcel')
          .values({ ...base, ownerName: '双', weight: 7 })
          .execute()
        await transaction
          .insertInto('parcel')
          .values({ ...base, ownerName: '双', weight: 7 })
          .execute()
      })
      await expect(twice).rejects.toMatchObject({ code: '23505' })
      expect(await db.selectFrom('parcel').selectAll().where('ownerName', '=', '双').execute()).toEqual([])
    })

    test('a query outside a transaction waits or goes beside it, and never sees what is not committed', async () => {
      const seen: number[] = []
      let outside: Promise<unknown> = Promise.resolve()
      await db.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('parcel')
          .values({ ...base, ownerName: '外' })
          .execute()
        outside = db
          .selectFrom('parcel')
          .select('id')
          .where('ownerName', '=', '外')
          .execute()
          .then((rows) => seen.push(rows.length))
        await transaction
          .insertInto('parcel')
          .values({ ...base, ownerName: '外' })
          .execute()
      })
      await outside
      // 0 beside it (PostgreSQL), 2 after it (the one embedded connection); 1 would be a look into the middle.
      expect(seen[0]).not.toBe(1)
      expect(await db.selectFrom('parcel').select('id').where('ownerName', '=', '外').execute()).toHaveLength(2)
    })

    test('fifty transactions at once that add to one row lose nothing', async () => {
      const { id } = await db
        .insertInto('parcel')
        .values({ ...base, weight: 1000 })
        .returning('id')
        .executeTakeFirstOrThrow()
      await Promise.all(
        Array.from({ length: 50 }, () =>
          db.transaction().execute(async (transaction) => {
            const { weight } = await transaction
              .selectFrom('parcel')
              .select('weight')
              .where('id', '=', id)
              .forUpdate()
              .executeTakeFirstOrThrow()
            await transaction
              .updateTable('parcel')
              .set({ weight: weight! + 1 })
              .where('id', '=', id)
              .execute()
          }),
        ),
      )
      expect(await db.selectFrom('parcel').select('weight').where('id', '=', id).executeTakeFirst()).toEqual({
        weight: 1050,
      })
    })

    test('a notification reaches the listener', async () => {
      const heard = new Promise<string>((resolve, reject) => {
        database
          .listen('parcel', resolve)
          .then(() => sql`select pg_notify('parcel', 'come')`.execute(db))
          .catch(reject)
      })
      expect(await heard).toBe('come')
    })

    describe('the limiter', () => {
      const secrets = createSecrets(new Uint8Array(32))
      const limit = { name: 'try', atMost: 3, seconds: 60 }

      test('counts to the limit, says when to come again, and starts anew when the window is over', async () => {
        const clock = createMovableClock()
        const limiter = createLimiter(db, secrets, clock)
        for (const left of [2, 1, 0]) expect(await limiter.take(limit, 'a')).toEqual({ allowed: true, left })
        const refused = await limiter.take(limit, 'a')
        expect(refused.allowed).toBe(false)
        if (!refused.allowed) expect(refused.retryAfter).toBeGreaterThan(50)
        expect(await limiter.take(limit, 'b')).toEqual({ allowed: true, left: 2 })
        clock.advanceBy(61_000)
        expect(await limiter.hits(limit, 'a')).toBe(0)
        expect(await limiter.take(limit, 'a')).toEqual({ allowed: true, left: 2 })
      })

      test('of twenty at once exactly the limit is let through, and no key is kept in the clear', async () => {
        const limiter = createLimiter(db, secrets, systemClock)
        const taken = await Promise.all(Array.from({ length: 20 }, () => limiter.take(limit, '321283199001011234')))
        expect(taken.filter(({ allowed }) => allowed)).toHaveLength(3)
        const rows = await db.selectFrom('rateLimit').select('key').execute()
        expect(rows.filter(({ key }) => key.includes('321283'))).toEqual([])
        await limiter.forget(limit, '321283199001011234')
        expect(await limiter.hits(limit, '321283199001011234')).toBe(0)
      })
    })

    describe('the audit', () => {
      const who = systemWho('contract')

      /** What somebody does who may switch the triggers off. */
      const tamper = (statement: ReturnType<typeof sql>) =>
        db.transaction().execute(async (transaction) => {
          await sql`alter table audit_event disable trigger user`.execute(transaction)
          await sql`alter table audit_chain disable trigger user`.execute(transaction)
          await statement.execute(transaction)
          await sql`alter table audit_event enable trigger user`.execute(transaction)
          await sql`alter table audit_chain enable trigger user`.execute(transaction)
        })
      const send = (n: number) =>
        db.transaction().execute((transaction) =>
          appendAudit(transaction, who, new Date('2026-03-01T00:00:00.123Z'), [
            { action: 'parcel.sent', subject: 'parcel:1', details: { n, b: 1, a: { d: 1, c: undefined } } },
            { action: 'parcel.sent', subject: `parcel:${n}` },
          ]),
        )
      const faults = async (...anchors: Parameters<typeof verifyAudit>[1][]) =>
        (
          await verifyAudit(
            db,
            anchors.flatMap((some) => some ?? []),
          )
        ).faults

      test('[E17] is append-only: the database refuses to change, remove or empty it, and to turn a chain back', async () => {
        await send(0)
        const { chain } = await db
          .selectFrom('auditEvent')
          .select('chain')
          .where('subject', '=', 'parcel:1')
          .executeTakeFirstOrThrow()
        for (const statement of [
          sql`update audit_event set action = 'parcel.lost' where chain = ${chain}`,
          sql`delete from audit_event where chain = ${chain}`,
          sql`truncate audit_event`,
          sql`update audit_chain set sequence = 0 where chain = ${chain}`,
          sql`delete from audit_chain where chain = ${chain}`,
          sql`truncate audit_chain`,
        ])
          await expect(statement.execute(db)).rejects.toThrow(/append-only|only goes on/)
        expect(await faults()).toEqual([])
      })

      test('grows without gaps when many append at once', async () => {
        const before = (await verifyAudit(db)).events
        await Promise.all(
          Array.from({ length: 30 }, (_, n) =>
            db.transaction().execute((transaction) =>
              appendAudit(transaction, who, new Date(), [
                { action: 'parcel.opened', subject: `box:${n % 4}` },
                { action: 'parcel.opened', subject: `box:${(n + 1) % 4}` },
              ]),
            ),
          ),
        )
        const { events, faults } = await verifyAudit(db)
        expect([events - before, faults]).toEqual([60, []])
      })

      test('[E17] tampering with one row is found, as is one that was removed, added or written anew with all that follow', async () => {
        const { anchors } = await verifyAudit(db)
        const { chain, sequence } = anchors.find((anchor) => anchor.sequence >= 10)!
        const at = 4
        const kept = await db.selectFrom('auditEvent').selectAll().where('chain', '=', chain).execute()
        const { id: _, ...last } = kept.find((row) => row.sequence === sequence)!

        await tamper(sql`insert into audit_event (at, action, actor_kind, chain, sequence, hash)
          values (now(), 'parcel.added', 'system', ${chain}, ${sequence + 1}, ${last.hash})`)
        expect(await faults()).toEqual([{ chain, sequence: sequence + 1, fault: 'added' }])
        await tamper(sql`delete from audit_event where chain = ${chain} and sequence > ${sequence}`)
        expect(await faults()).toEqual([])

        for (const [column, value] of [
          ['action', sql`'parcel.lost'`],
          ['details', sql`'{"n":99}'::jsonb`],
          ['at', sql`at + interval '1 second'`],
          ['account_id', sql`gen_random_uuid()`],
          ['ip', sql`'10.0.0.1'`],
        ] as const) {
          const row = kept.find((one) => one.sequence === at)!
          await tamper(
            sql`update audit_event set ${sql.ref(column)} = ${value} where chain = ${chain} and sequence = ${at}`,
          )
          expect(await faults()).toEqual([{ chain, sequence: at, fault: 'changed' }])
          await tamper(sql`update audit_event set action = ${row.action}, details = ${JSON.stringify(row.details)}::jsonb,
            at = ${row.at}, account_id = ${row.accountId}, ip = ${row.ip} where chain = ${chain} and sequence = ${at}`)
          expect(await faults()).toEqual([])
        }

        await tamper(sql`delete from audit_event where chain = ${chain} and sequence >= ${at}`)
        expect(await faults()).toEqual([{ chain, sequence: at, fault: 'missing' }])
        // Now the chain is made to fit again from there on, head and all: only an anchor kept elsewhere tells.
        await tamper(sql`update audit_chain set sequence = ${at - 1},
          hash = (select hash from audit_event where chain = ${chain} and sequence = ${at - 1}) where chain = ${chain}`)
        expect(await faults()).toEqual([])
        expect(await faults(anchors)).toEqual([{ chain, sequence: at, fault: 'missing' }])
        const forged = kept
          .slice(at - 1)
          .map(() => ({ action: 'parcel.forged', subject: last.subject as never }) as const)
        await db.transaction().execute((transaction) => appendAudit(transaction, who, new Date(), forged))
        expect(await faults()).toEqual([])
        expect(await faults(anchors)).toEqual([{ chain, sequence, fault: 'rewritten' }])
      })
    })

    describe('an act', () => {
      const platform = () =>
        ({
          database,
          clock: systemClock,
          metrics: createMetrics(),
          log: { info: () => {} },
          jobs: { wake: () => {}, enqueue: async () => {} },
        }) as never
      const insert = (owner: string) => db.insertInto('parcel').values({ ...base, ownerName: owner })

      test('that is refused leaves nothing behind and returns its refusal', async () => {
        const outcome = await actAs<Tables, ReturnType<typeof refuse>>(platform(), systemWho('act'), async (ctx) => {
          await ctx.db
            .insertInto('parcel')
            .values({ ...base, ownerName: '拒' })
            .execute()
          ctx.audit({ action: 'parcel.refused' })
          return refuse('request.invalid')
        })
        expect(outcome).toEqual(refuse('request.invalid'))
        expect(await db.selectFrom('parcel').select('id').where('ownerName', '=', '拒').execute()).toEqual([])
        expect(await db.selectFrom('auditEvent').select('id').where('action', '=', 'parcel.refused').execute()).toEqual(
          [],
        )
      })

      test('is done again when the database asks for it', async () => {
        let attempts = 0
        const outcome = await actAs<Tables, ReturnType<typeof ok<number>>>(
          platform(),
          systemWho('act'),
          async (ctx) => {
            attempts++
            await ctx.db
              .insertInto('parcel')
              .values({ ...base, ownerName: `再${attempts}` })
              .execute()
            if (attempts === 1)
              await sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`.execute(ctx.db)
            return ok(attempts)
          },
        )
        expect(outcome).toEqual(ok(2))
        const kept = await db
          .selectFrom('parcel')
          .select('ownerName')
          .where('ownerName', 'in', ['再1', '再2'])
          .execute()
        expect(kept).toEqual([{ ownerName: '再2' }])
        await insert('续').execute()
      })

      test('writes at its end what nobody reads in it: all of it with the rest, or, where one part fails, nothing', async () => {
        const adding = (owner: string) => ({
          text: `insert into parcel (owner_name, content) values ($1, $2)`,
          values: [owner, '{}'],
        })
        const acting = (divisor: number) =>
          actAs<Tables, ReturnType<typeof ok>>(platform(), systemWho('act'), async (ctx) => {
            await ctx.db
              .insertInto('parcel')
              .values({ ...base, ownerName: `末${divisor}` })
              .execute()
            for (let at = 0; at < 20; at++) ctx.write(adding(`末${divisor}`))
            ctx.write({
              text: 'update parcel set content = to_jsonb(1 / $1::int) where owner_name = $2',
              values: [divisor, `末${divisor}`],
            })
            ctx.audit({ action: `parcel.divided${divisor}` })
            return ok()
          })
        await acting(1)
        await expect(acting(0)).rejects.toThrow(/division by zero/)
        const left = (await db.selectFrom('parcel').select('ownerName').execute()).map(({ ownerName }) => ownerName)
        expect([left.filter((one) => one === '末1').length, left.filter((one) => one === '末0').length]).toEqual([
          21, 0,
        ])
        const noted = await db.selectFrom('auditEvent').select('action').where('action', 'like', '%divided%').execute()
        expect(noted).toEqual([{ action: 'parcel.divided1' }])
      })
    })
  })
}
