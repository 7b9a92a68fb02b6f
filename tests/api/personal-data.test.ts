import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { CONSENT_VERSION } from '#domain/identity/consent.ts'
import { ofAccount, ofApplication, partsOfAccount, partsOfApplication } from '#server/accounts/own-data.ts'
import { apiOf, HAILING, pointIn, submitted } from '../world/application-walk.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, PASSWORD, problemOf, type World } from '../world/world.ts'

describe.each(await databaseKinds())('personal data on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const apply = async () => {
    const batch = await world.batch({ hasDepartment: false })
    return submitted(world, { batch }, { acceptRegion: HAILING, acceptancePoint: pointIn(HAILING) })
  }

  test('[A40] after an application was filled in and submitted its ID number stands in no table in the clear', async () => {
    const { person } = await apply()
    await world.runJobs()
    const { rows } = await sql<{
      name: string
    }>`select quote_ident(table_schema) || '.' || quote_ident(table_name) as name
      from information_schema.tables where table_type = 'BASE TABLE' and table_schema in ('public', 'pgboss')`.execute(
      world.db,
    )
    expect(rows.length).toBeGreaterThan(40)
    const leaking: string[] = []
    for (const { name } of rows) {
      const found = await sql<{ count: number }>`select count(*)::int as count from ${sql.raw(name)} as row
        where to_jsonb(row)::text like ${`%${person.idNumber}%`}`.execute(world.db)
      if (found.rows[0]!.count > 0) leaking.push(name)
    }
    expect(leaking).toEqual([])
  })

  test('a person gets a copy of everything that is kept of him, and of nobody else; it stands in the audit', async () => {
    const mine = await apply()
    const other = await apply()
    const clerk = await world.staff('office')
    const desk = await world.signIn(clerk)
    const asked = { idNumber: mine.person.idNumber, mobile: '15911112222', reason: '手机丢失，已核对身份证原件' }
    await bodyOf(await desk.api.api.accounts['mobile-changes'].$post({ json: asked }))
    await bodyOf(
      await desk.api.api.accounts['mobile-changes'].$post({ json: { ...asked, idNumber: other.person.idNumber } }),
    )
    const endpoint = {
      endpoint: 'https://push.example/secret-of-the-browser',
      p256dh: 'p'.repeat(87),
      auth: 'a'.repeat(22),
    }
    await world.db
      .insertInto('pushSubscription')
      .values({
        id: crypto.randomUUID(),
        accountId: mine.person.id,
        ...endpoint,
        createdAt: new Date(),
        seenAt: new Date(),
      })
      .execute()
    const code = await mine.browser.api.api.accounts.me.mobile.code.$post({
      json: { mobile: mine.person.mobile, password: PASSWORD },
    })
    await bodyOf(code)
    const comment = {
      id: crypto.randomUUID(),
      applicationId: mine.id,
      round: 1,
      authorId: clerk.id,
      authorRole: 'office',
    }
    const { id: transitionId } = await world.db
      .selectFrom('applicationTransition')
      .select('id')
      .where('applicationId', '=', mine.id)
      .executeTakeFirstOrThrow()
    await world.db
      .insertInto('reviewComment')
      .values([
        { ...comment, path: 'employerName', text: '单位全称请写全', transitionId, createdAt: new Date() },
        {
          ...comment,
          id: crypto.randomUUID(),
          path: '',
          text: '还没有写完',
          transitionId: null,
          createdAt: new Date(),
        },
      ])
      .execute()
    const answer = await mine.browser.api.api.accounts.me.data.$get()
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="my-data.json"/)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const copy = await bodyOf(answer)
    expect(copy).toMatchObject({
      account: { idNumber: mine.person.idNumber, fullName: mine.person.fullName, consentVersion: CONSENT_VERSION },
      applications: [{ id: mine.id, state: 'SUBMITTED' }],
    })
    const [application] = copy.applications
    expect(application!.filledIn.length).toBeGreaterThan(10)
    expect(application!.submitted).toHaveLength(1)
    expect(application!.steps.map(({ transition }) => transition)).toEqual(['submit'])
    expect(application!.files.length).toBeGreaterThan(0)
    expect(copy.mobileChanges).toMatchObject([{ reason: asked.reason, state: 'waiting', mobileMasked: '159****2222' }])
    expect(copy.browsersWithPush).toHaveLength(1)
    expect(copy.messages).toContainEqual(expect.objectContaining({ purpose: 'mobile-code', text: null }))
    expect(copy.textsRead).toMatchObject([{ title: '个人申报专业技术资格诚信承诺书', version: 1 }])
    expect(copy.textsRead[0]!.paragraphs!.join('')).toContain('承诺')
    expect(copy.grants.map(({ role }) => role)).toEqual(['applicant'])
    expect(application!.comments.map(({ text }) => text)).toEqual(['单位全称请写全'])
    expect(copy.record).toContainEqual(
      expect.objectContaining({ action: 'account.mobile-change-asked', by: 'another' }),
    )
    expect(copy.record).toContainEqual(
      expect.objectContaining({ action: 'application.submit', by: 'me', applicationId: mine.id }),
    )
    const text = JSON.stringify(copy)
    for (const secret of [/argon2/, /tokenHash/, /publicKey/, /Cipher/i, /p256dh/, /endpoint/, /"hash"/])
      expect(text).not.toMatch(secret)
    expect(text).not.toContain(clerk.id)
    expect(text).not.toContain(other.person.id)
    expect(text).not.toContain(other.id)
    const noted = await world.db
      .selectFrom('auditEvent')
      .select('subject')
      .where('action', '=', 'account.data-copied')
      .execute()
    expect(noted).toEqual([{ subject: `account:${mine.person.id}` }])
    // What an official did at work is in his own copy without whom it concerned.
    const his = await bodyOf(await desk.api.api.accounts.me.data.$get())
    expect(his.record.some(({ action }) => action === 'account.mobile-change-asked')).toBe(true)
    expect(JSON.stringify(his)).not.toContain(mine.person.id)
    for (let count = 0; count < 9; count++) await mine.browser.fetch('/api/accounts/me/data')
    expect((await problemOf(await mine.browser.fetch('/api/accounts/me/data'))).code).toBe('request.too-many')
  })

  test('[A14] of two with one mobile each finds in his copy what the office wrote to him, and not to the other', async () => {
    const mobile = '13700001234'
    const [his, other] = [await apply(), await apply()]
    for (const { person } of [his, other])
      await world.db.updateTable('account').set({ mobile }).where('id', '=', person.id).execute()
    const desk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: pointIn(HAILING) }))
    const text = '请周五前把身份证反面补传到申报里。'
    const wrote = await apiOf(desk).review.applications[':id'].messages.$post({
      param: { id: his.id },
      json: { id: crypto.randomUUID(), text },
    })
    expect(wrote.status).toBe(204)
    const json = { mobile: '13700005678', password: PASSWORD }
    await bodyOf(await his.browser.api.api.accounts.me.mobile.code.$post({ json }))
    await world.runJobs()
    const messages = async ({ browser }: typeof his) =>
      (await bodyOf(await browser.api.api.accounts.me.data.$get())).messages
    expect((await messages(his)).map((sms) => sms.text ?? '').join()).toContain(text)
    expect(JSON.stringify(await messages(other))).not.toContain(text)
    // his own, whichever number it went to
    await world.db.updateTable('account').set({ mobile: '13700005678' }).where('id', '=', his.person.id).execute()
    expect(JSON.stringify(await messages(his))).toContain(text)
    expect(await messages(his)).toContainEqual(expect.objectContaining({ purpose: 'mobile-code', text: null }))
  })

  test('[A30] the copy tells no decision that is not published yet, neither as a state nor as a step', async () => {
    const { browser, id } = await apply()
    const when = new Date('2030-01-01T00:00:00Z')
    const decided = async (toState: 'PASSED' | 'FAILED', transition: 'passCommittee' | 'failCommittee') => {
      const row = { state: toState, stateSince: when, updatedAt: when }
      await world.db.updateTable('application').set(row).where('id', '=', id).execute()
      await world.db
        .insertInto('applicationTransition')
        .values({
          id: crypto.randomUUID(),
          applicationId: id,
          transition,
          fromState: 'COMMITTEE',
          toState,
          actorId: null,
          role: 'office',
          reason: '',
          at: when,
        })
        .execute()
    }
    const copied = async () => (await bodyOf(await browser.api.api.accounts.me.data.$get())).applications[0]!
    for (const [state, transition] of [
      ['PASSED', 'passCommittee'],
      ['FAILED', 'failCommittee'],
    ] as const) {
      await decided(state, transition)
      const { state: told, steps, stateSince, updatedAt } = await copied()
      expect([told, steps.map((one) => one.transition)]).toEqual(['COMMITTEE', ['submit']])
      const submitted = steps.at(-1)!.at
      expect([stateSince, updatedAt]).toEqual([submitted, submitted])
      await world.db.deleteFrom('applicationTransition').where('transition', '=', transition).execute()
    }
  })

  /** Tables that hold something of a person and are not copied, and why. */
  const tablesLeftOut: Readonly<Record<string, string>> = {
    account_challenge: 'codes and challenges of a few minutes: secrets',
    application_mutation: 'which change of a phone has arrived; what it changed is in filledIn',
    application_search: 'words of the application once more, for the search',
    application_work: 'titles of works once more, to find the same elsewhere',
    audit_event: 'copied by recordOf, without what binds the chain',
    bulletin_version: 'texts that were published; who of the office changed them is in the audit',
    case_presence: 'who of the office has a case open, for a minute',
    code_list_version: 'lists of the office; who wrote them is in the audit',
    export_order: 'who in the office exported what: his work, in the audit; filters name others',
    integrity_record: 'entered by number, registered or not; told to whom it bars, with its end (E15)',
    integrity_release: 'who of the office let him go, and why; that it was done is in recordOf (E15)',
    objection: 'the office alone reads who objected and why (T18)',
    publicity_entry: 'on which public list; the list is public and the step is in steps',
    reading_text: 'texts of the office; who wrote them is in the audit',
    request_key: 'answers kept for a few days, so that a request sent twice counts once',
    review_mark: 'notes of the office for itself while it looks',
    session_case: 'the ballot is secret (T15); its result is in steps',
    session_recusal: 'who of the committee left the room: of the ballot',
    stock_phrases: 'words of the office; who wrote them last is in the audit',
  }
  const columnsLeftOut: Readonly<Record<string, string>> = {
    'account.id_number_index': 'digest of the number, which is copied',
    'account.id_number_masked': 'the number is copied in full',
    'account.password_hash': 'secret',
    'account.temporary_password_hash': 'secret',
    'account.temporary_password_expires_at': 'of a secret of ten minutes',
    'application.version': 'counts changes for the sync',
    'application.file_count': 'the files are copied',
    'application.search_text': 'words of the application once more, for the search',
    'application.point_decided_at': 'the step is in steps',
    'application_conflict.mutation_id': 'counts changes for the sync',
    'application_conflict.version': 'counts changes for the sync',
    'application_transition.actor_id': 'who in the office did it is not his data',
    'application_transition.details': 'ids of what a step was decided by',
    'application_transition.ip': 'from where the office acted',
    'application_transition.snapshot_id': 'the round tells it',
    'education_change.decided_by': 'who in the office did it is not his data',
    'mobile_change.mobile': 'secret until it is decided, then empty',
    'mobile_change.asked_by': 'who in the office did it is not his data',
    'mobile_change.decided_by': 'who in the office did it is not his data',
    'paper.snapshot_id': 'the round tells it',
    'passkey.credential_id': 'secret',
    'passkey.public_key': 'secret',
    'passkey.counter': 'of a secret',
    'passkey.transports': 'of a secret',
    'push_subscription.endpoint': 'whoever has it can push',
    'push_subscription.p256dh': 'secret',
    'push_subscription.auth': 'secret',
    'push_subscription.session_id': 'a handle of the store; the session itself is in the copy',
    'review_comment.author_id': 'who in the office did it is not his data',
    'review_comment.transition_id': 'that it was sent; only such are copied',
    'session.token_hash': 'secret',
    'upload.parts': 'places in the file store',
    'upload.content_sha256': 'the files are copied',
  }

  test('every column of every table that refers to a person or an application is in the copy or left out for a reason', async () => {
    const { rows } = await sql<{ table: string; column: string }>`
      select columns.table_name as "table", columns.column_name as "column"
      from information_schema.columns where columns.table_schema = 'public' and columns.table_name in (
        select table_name from information_schema.columns
          where table_schema = 'public' and column_name in ('account_id', 'application_id')
        union select keys.table_name from information_schema.key_column_usage keys
          join information_schema.referential_constraints bonds using (constraint_schema, constraint_name)
          join information_schema.key_column_usage goals on goals.constraint_name = bonds.unique_constraint_name
            and goals.constraint_schema = bonds.unique_constraint_schema
          where keys.table_schema = 'public' and goals.table_name in ('account', 'application')
        union values ('account'), ('application'))
      order by 1, 2`.execute(world.db)
    const snake = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
    const copied = new Set<string>()
    const copy = (table: string, columns: readonly string[]) => {
      for (const column of columns) copied.add(`${snake(table)}.${snake(column)}`)
    }
    copy('account', ofAccount)
    copy('application', [...ofApplication, 'accountId'])
    // read by functions of their own
    copy('reviewComment', ['id', 'applicationId', 'round', 'path', 'text', 'authorRole', 'createdAt'])
    for (const { table, by, columns } of [...Object.values(partsOfAccount), ...Object.values(partsOfApplication)]) {
      // the key of a row, and whose it is, say nothing more
      copy(table, ['id', by, ...columns])
    }
    copy('fileOpening', ['accountId'])
    const all = new Set(rows.map(({ table, column }) => `${table}.${column}`))
    expect(all.size).toBeGreaterThan(200)
    const unknown = [...all].filter((column) => {
      const [table] = column.split('.')
      return !copied.has(column) && !(table! in tablesLeftOut) && !(column in columnsLeftOut)
    })
    expect(unknown).toEqual([])
    // An exception for what is not there, or is copied, would hide the next.
    const tables = new Set(rows.map(({ table }) => table))
    expect(Object.keys(tablesLeftOut).filter((table) => !tables.has(table))).toEqual([])
    expect(Object.keys(columnsLeftOut).filter((column) => !all.has(column) || copied.has(column))).toEqual([])
  })
})
