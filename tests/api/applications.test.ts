import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AccountId } from '#domain/brand.ts'
import type { ApplicationTypeId } from '#domain/forms/application-type.ts'
import { canonicalJson } from '#domain/forms/edition.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { isApplicationNumber } from '#domain/lifecycle/application-number.ts'
import { conflictsOf, contentOf, formAndContent, formOf } from '#server/applications/actions/content.ts'
import { expireOverdue, remindUnfinished } from '#server/applications/jobs.ts'
import { countUnverified, findDraft } from '#server/applications/queries.ts'
import { recordsOf } from '#server/education/actions.ts'
import { systemWho } from '#server/platform/who.ts'
import {
  apiOf,
  begin,
  completing,
  filledDraft,
  mutationOf,
  submit,
  submitted,
  sync,
  uploaded,
} from '../world/application-walk.ts'
import { CONSENT_VERSION } from '#domain/identity/consent.ts'
import { stopClock } from '../world/still-clock.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, problemOf, type World } from '../world/world.ts'

const DAY = 86_400_000
const types = Object.keys(applicationTypes) as ApplicationTypeId[]

describe.each(await databaseKinds())('applications on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(() => world.close())

  const reading = (browser: Parameters<typeof apiOf>[0], id: string, batchId: string) =>
    apiOf(browser).applications[':id'].reading.$post({ param: { id }, json: { batchId } })
  const accept = (browser: Parameters<typeof apiOf>[0], id: string, batchId: string) =>
    apiOf(browser).applications[':id'].reading.accept.$post({ param: { id }, json: { batchId } })
  const stateOf = async (id: string) =>
    (await world.db.selectFrom('application').select(['state', 'version']).where('id', '=', id).executeTakeFirst())!

  describe('the reading gate', () => {
    test.each([
      ['R28', 'initial'],
      ['R29', 'review'],
      ['R30', 'reissue'],
    ] as const)('[%s] %s: 19.999 s of server time are too early, 20.0 s are enough (A11)', async (_, type) => {
      const batch = await world.batch({ type })
      const browser = await world.signIn(await world.person())
      const id = crypto.randomUUID()
      const start = await world.now()
      const go = stopClock(world, start)
      try {
        const text = await bodyOf(await reading(browser, id, batch.id))
        expect(text.seconds).toBe(20)
        expect(text.paragraphs.length).toBeGreaterThan(0)
        stopClock(world, new Date(start.getTime() + 19_999))
        const early = await problemOf(await accept(browser, id, batch.id))
        expect(early).toMatchObject({ code: 'reading.too-early', params: { seconds: 1 } })
        expect(
          await world.db.selectFrom('application').select('id').where('id', '=', id).executeTakeFirst(),
        ).toBeUndefined()
        stopClock(world, new Date(start.getTime() + 20_000))
        expect((await bodyOf(await accept(browser, id, batch.id))).version).toBe(1)
        expect((await stateOf(id)).state).toBe('DRAFT')
      } finally {
        go()
      }
    })

    test.each([
      ['was given his account', null],
      ['agreed to an earlier notice', '2025-1'],
    ])('who %s agrees to the notice on personal data before he begins (PIPL 17)', async (_, consentVersion) => {
      const batch = await world.batch()
      const person = await world.person()
      const browser = await world.signIn(person)
      const consentAt = consentVersion === null ? null : await world.now()
      await world.db.updateTable('account').set({ consentVersion, consentAt }).where('id', '=', person.id).execute()
      const id = crypto.randomUUID()
      expect((await bodyOf(await reading(browser, id, batch.id))).asksConsent).toBe(true)
      world.clock.advanceBy(20_000)
      const answer = (said: { consentTo?: string | null }) =>
        apiOf(browser).applications[':id'].reading.accept.$post({ param: { id }, json: { batchId: batch.id, ...said } })
      expect(await problemOf(await answer({ consentTo: null }))).toMatchObject({
        code: 'account.consent-required',
        path: 'consent',
      })
      // a page that asks nothing, and one that has shown another notice
      expect((await problemOf(await answer({}))).code).toBe('client.outdated')
      expect((await problemOf(await answer({ consentTo: '2025-1' }))).code).toBe('client.outdated')
      await bodyOf(await answer({ consentTo: CONSENT_VERSION }))
      const kept = await world.db
        .selectFrom('account')
        .select(['consentVersion', 'consentAt'])
        .where('id', '=', person.id)
        .executeTakeFirstOrThrow()
      expect(kept.consentVersion).toBe(CONSENT_VERSION)
      expect(kept.consentAt).not.toBeNull()
      // From then on nobody asks him again.
      expect((await bodyOf(await reading(browser, id, batch.id))).asksConsent).toBe(false)
    })

    test('[R29] the page shows 承诺人 and 日期; accepting twice gives the same answer; opening again does not restart the clock', async () => {
      const batch = await world.batch()
      const person = await world.person({ fullName: '周文静' })
      const browser = await world.signIn(person)
      const id = crypto.randomUUID()
      const first = await bodyOf(await reading(browser, id, batch.id))
      expect(first.signed?.name).toBe('周文静')
      expect(first.signed?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/)
      world.clock.advanceBy(15_000)
      const again = await bodyOf(await reading(await world.signIn(person), id, batch.id))
      expect(again.deliveredAt).toBe(first.deliveredAt)
      world.clock.advanceBy(5_000)
      const one = await bodyOf(await accept(browser, id, batch.id))
      const two = await bodyOf(await accept(browser, id, batch.id))
      expect(two).toEqual(one)
      expect((await bodyOf(await reading(browser, id, batch.id))).acceptedAt).not.toBeNull()
    })

    test('[R29] without opening the text nothing begins', async () => {
      const batch = await world.batch()
      const browser = await world.signIn(await world.person())
      expect(await problemOf(await accept(browser, crypto.randomUUID(), batch.id))).toMatchObject({
        code: 'reading.missing',
      })
    })

    test('[R20] an application begins only inside the window: start − 1 s, start, end, end + 1 s', async () => {
      const opensAt = new Date((await world.now()).getTime() + 3_600_000)
      const closesAt = new Date(opensAt.getTime() + 600_000)
      const batch = await world.batch({ opensAt, closesAt })
      const codes: string[] = []
      for (const at of [opensAt.getTime() - 1000, opensAt.getTime(), closesAt.getTime(), closesAt.getTime() + 1000]) {
        const go = stopClock(world, new Date(at))
        const browser = await world.signIn(await world.person())
        const answer = await reading(browser, crypto.randomUUID(), batch.id)
        codes.push(answer.ok ? 'ok' : (await problemOf(answer)).code)
        go()
      }
      expect(codes).toEqual(['batch.not-open', 'ok', 'ok', 'batch.closed'])
    })

    test('E3: one live application a batch, also when two phones start at once; after 逾期 or deletion one may start again', async () => {
      const batch = await world.batch()
      const person = await world.person()
      const browser = await world.signIn(person)
      const [a, b] = [crypto.randomUUID(), crypto.randomUUID()]
      await bodyOf(await reading(browser, a, batch.id))
      await bodyOf(await reading(browser, b, batch.id))
      world.clock.advanceBy(20_000)
      const answers = await Promise.all([accept(browser, a, batch.id), accept(browser, b, batch.id)])
      expect(answers.map(({ ok }) => ok).sort()).toEqual([false, true])
      const refused = answers.find(({ ok }) => !ok)!
      expect((await problemOf(refused)).code).toBe('batch.already-applied')
      const live = answers[0]!.ok ? a : b
      expect((await problemOf(await reading(browser, crypto.randomUUID(), batch.id))).code).toBe(
        'batch.already-applied',
      )
      expect((await apiOf(browser).applications[':id'].$delete({ param: { id: live } })).status).toBe(204)
      await begin(world, browser, batch)
    })
  })

  test('[R8, R34, R54, R55, R59] a draft starts with what the account and the catalogue say', async () => {
    const batch = await world.batch()
    const person = await world.person({ fullName: '陈思远' })
    const browser = await world.signIn(person)
    const id = await begin(world, browser, batch)
    const [change] = (await sync(browser)).applications
    expect(change).toMatchObject({ id, state: 'DRAFT', version: 1 })
    const value = (path: string) => change!.cells[path]?.value
    expect(value('fullName')).toBe('陈思远')
    expect(value('mobile')).toBe(person.mobile)
    expect(value('email')).toBe(person.email)
    expect(value('isCivilServant')).toBe(false)
    expect(value('exceptionType')).toBe('NORMAL')
    expect(change!.cells).not.toHaveProperty('idNumber')
  })

  describe('submission', () => {
    test.each(types)(
      '[R23, R56, R89, R94] %s: with something missing it is refused with every place, and nothing is lost',
      async (type) => {
        const batch = await world.batch({ type })
        const person = await world.person()
        const browser = await world.signIn(person)
        const id = await begin(world, browser, batch)
        const refused = await problemOf(await submit(browser, id, 1))
        expect(refused.code).toBe('application.incomplete')
        const places = refused.issues!.map(({ path }) => path)
        expect(refused.params).toEqual({ count: places.length })
        expect(refused.path).toBe(places[0])
        expect(places).toContain('employerName')
        expect(places).toContain('photo')
        if (type === 'review') expect(places).toContain('pledge')
        expect(await stateOf(id)).toEqual({ state: 'DRAFT', version: 1 })
      },
    )

    test('[R56] 评审 without the signed 承诺书 alone is refused at that slot', async () => {
      const { browser, id } = await filledDraft(world)
      const [change] = (await sync(browser)).applications
      const pledge = change!.files.find(({ path }) => path === 'pledge')!
      const { applications } = await sync(browser, [
        mutationOf(id, { kind: 'detach', path: 'pledge', attachmentId: pledge.id }),
      ])
      const refused = await problemOf(await submit(browser, id, applications[0]!.version))
      expect(refused.issues!.map(({ path }) => path)).toEqual(['pledge'])
    })

    test.each(types)('[R40, R89, R94] %s: complete, it is frozen with its hash and gets its number', async (type) => {
      const { id, receipt, batch } = await submitted(world, { type })
      expect(receipt).toMatchObject({ state: 'SUBMITTED', round: 1 })
      expect(isApplicationNumber(receipt.number)).toBe(true)
      expect(receipt.number).toContain(`2026321202${applicationTypes[type].letter}`)
      const snapshot = (await world.db
        .selectFrom('applicationSnapshot')
        .selectAll()
        .where('applicationId', '=', id)
        .executeTakeFirst())!
      expect(createHash('sha256').update(canonicalJson(snapshot.content)).digest('hex')).toBe(receipt.sha256)
      expect(snapshot.content.editionId).toBe(batch.editionId)
      expect(JSON.stringify(snapshot.content)).not.toContain('idNumber')
      const row = (await world.db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirst())!
      expect(row).toMatchObject({
        region: '321202',
        fileCount: Object.values(snapshot.content.answers.files).flat().length,
      })
      expect(row.acceptancePoint).not.toBeNull()
    })

    test('[R20] the moment the server receives it decides: start − 1 s, start, end, end + 1 s (A4)', async () => {
      const opensAt = new Date((await world.now()).getTime() - 3_600_000)
      const closesAt = new Date(opensAt.getTime() + 3 * 3_600_000)
      const batch = await world.batch({ opensAt, closesAt })
      const answers: [string, string][] = []
      for (const [name, at] of [
        ['start − 1 s', opensAt.getTime() - 1000],
        ['start', opensAt.getTime()],
        ['end', closesAt.getTime()],
        ['end + 1 s', closesAt.getTime() + 1000],
      ] as const) {
        const { browser: _, person, id, version } = await filledDraft(world, { batch })
        const go = stopClock(world, new Date(at))
        const answer = await submit(await world.signIn(person), id, version)
        answers.push([name, answer.ok ? 'ok' : (await problemOf(answer)).code])
        go()
        world.clock.moveTo(new Date(opensAt.getTime() + 3_600_000))
      }
      expect(answers).toEqual([
        ['start − 1 s', 'batch.not-open'],
        ['start', 'ok'],
        ['end', 'ok'],
        ['end + 1 s', 'batch.closed'],
      ])
    })

    test('[R20] a submission received before the end counts, though its turn comes after it (A4)', async () => {
      const batch = await world.batch()
      const { browser, id, version } = await filledDraft(world, { batch })
      const closesAt = new Date((await world.now()).getTime() + 1000)
      await world.db.updateTable('batch').set({ closesAt }).where('id', '=', batch.id).execute()
      // Everybody submits at once: all connections are taken until after the end.
      let free = () => {}
      const freed = new Promise<void>((done) => (free = done))
      const busy = Array.from({ length: 10 }, () => world.db.connection().execute(() => freed))
      const sentAt = Date.now() + world.clock.offset
      const answering = submit(browser, id, version)
      await expect.poll(() => Date.now() + world.clock.offset, { timeout: 10_000 }).toBeGreaterThan(closesAt.getTime())
      free()
      await Promise.all(busy)
      expect(sentAt, 'the draft was ready in time').toBeLessThan(closesAt.getTime())
      const receipt = (await bodyOf(await answering)) as { submittedAt: string }
      expect(Date.parse(receipt.submittedAt)).toBeLessThanOrEqual(closesAt.getTime())
    })

    test('[R20] grace: what stood whole on the server before the end may be sent for some minutes, and is marked', async () => {
      const closesAt = new Date((await world.now()).getTime() + 3_600_000)
      const batch = await world.batch({ closesAt, graceMinutes: 10 })
      const end = closesAt.getTime() + 600_000
      const drafts = await Promise.all([1, 2, 3].map(() => filledDraft(world, { batch })))
      const [draft, atEnd, tooLate] = drafts as [(typeof drafts)[0], (typeof drafts)[0], (typeof drafts)[0]]
      const late = async (one: typeof draft, moment: number) => {
        const go = stopClock(world, new Date(moment))
        const answer = await submit(await world.signIn(one.person), one.id, one.version)
        go()
        return answer.ok ? 'ok' : (await problemOf(answer)).code
      }
      const go = stopClock(world, new Date(closesAt.getTime() + 1))
      const browser = await world.signIn(draft.person)
      const typed = await sync(browser, [
        mutationOf(draft.id, { kind: 'setField', path: 'societies', value: '晚了', base: 0 }),
      ])
      expect(typed.results[0]).toMatchObject({ outcome: 'refused', code: 'batch.closed' })
      go()
      expect(await late(draft, closesAt.getTime() + 1)).toBe('ok')
      expect(await late(atEnd, end)).toBe('ok')
      expect(await late(tooLate, end + 1)).toBe('batch.closed')
      const rows = await world.db
        .selectFrom('application')
        .select(['id', 'inGrace'])
        .where('id', 'in', [draft.id, atEnd.id])
        .execute()
      expect(rows.map(({ inGrace }) => inGrace)).toEqual([true, true])
      const told = await world.db
        .selectFrom('auditEvent')
        .select('details')
        .where('applicationId', '=', draft.id)
        .where('action', '=', 'application.submit')
        .executeTakeFirst()
      expect(told?.details).toMatchObject({ inGrace: true })
    })

    test('grace is for what was there: a draft that another request changed after the end has none', async () => {
      const closesAt = new Date((await world.now()).getTime() + 3_600_000)
      const batch = await world.batch({ closesAt, graceMinutes: 10 })
      const draft = await filledDraft(world, { batch })
      const codes: string[] = []
      for (const changedAt of [closesAt, new Date(closesAt.getTime() + 1)]) {
        await world.db.updateTable('application').set({ updatedAt: changedAt }).where('id', '=', draft.id).execute()
        const go = stopClock(world, new Date(closesAt.getTime() + 60_000))
        const answer = await submit(await world.signIn(draft.person), draft.id, draft.version + 1)
        codes.push((await problemOf(answer)).code)
        go()
      }
      // Whole before the end, only the version is not the one there; changed after it, the end itself stands against it.
      expect(codes).toEqual(['application.version-changed', 'batch.closed'])
    })

    test('[R89] the same Idempotency-Key is done once and answered alike, also when both come at once', async () => {
      const { browser, id, version, batch } = await filledDraft(world)
      const key = crypto.randomUUID()
      const both = await Promise.all([submit(browser, id, version, key), submit(browser, id, version, key)])
      const [one, two] = await Promise.all(both.map((answer) => bodyOf(answer)))
      expect(two).toEqual(one)
      expect(await bodyOf(await submit(browser, id, version, key))).toEqual(one)
      const rounds = await world.db
        .selectFrom('applicationSnapshot')
        .select('round')
        .where('applicationId', '=', id)
        .execute()
      expect(rounds).toEqual([{ round: 1 }])
      const free = world.db.selectFrom('batchSerial').select('serial').where('batchId', '=', batch.id).orderBy('serial')
      expect(await free.executeTakeFirst(), 'one number was given').toEqual({ serial: 2 })
      expect((await problemOf(await submit(browser, id, version))).code).toBe('application.transition-not-allowed')
    })

    test('[R90] what a submission reads in one statement is what stands there', async () => {
      const earlier = await submitted(world)
      const { id, person, browser } = await filledDraft(world, { person: earlier.person })
      await sync(browser, [mutationOf(id, { kind: 'setField', path: 'employerName', value: '另一台写的', base: 1 })])
      const { db } = world
      const row = await db.selectFrom('application').selectAll().where('id', '=', id).executeTakeFirstOrThrow()
      const who = { ...systemWho('test'), kind: 'account', accountId: row.accountId as AccountId, roles: [] } as const
      const signed = { ...who, sessionId: '' }
      const draft = (await findDraft(db, signed, id, null))!
      const now = await world.now()
      const { form, content } = await formAndContent(db, signed, row, now, draft)
      expect(form).toEqual(await formOf(db, signed, row, now))
      expect(content).toEqual(await contentOf(db, signed, row))
      expect(draft.records).toEqual(await recordsOf(db, signed, row.accountId))
      expect(draft.records.length).toBeGreaterThan(0)
      expect(draft.conflicts).toEqual(
        (await conflictsOf(db, signed, id)).map(({ path, version }) => ({ path, version })),
      )
      expect(draft.conflicts).toHaveLength(1)
      expect([draft.unverified, await countUnverified(db, signed, id)]).toEqual([0, 0])
      const somebody = await db.selectFrom('account').select('id').where('id', '!=', row.accountId).executeTakeFirst()
      expect(await findDraft(db, { ...signed, accountId: somebody!.id as AccountId }, id, null)).toBeUndefined()
      expect(person).toBe(earlier.person)
    })

    test('S3: a version that another device has passed by is refused; without a key nothing is done', async () => {
      const { browser, id, version } = await filledDraft(world)
      await sync(browser, [mutationOf(id, { kind: 'setField', path: 'societies', value: '土木学会', base: 0 })])
      expect((await problemOf(await submit(browser, id, version))).code).toBe('application.version-changed')
      const noKey = await browser.fetch(`/api/applications/${id}/submit`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ version: version + 1 }),
      })
      expect((await problemOf(noKey)).path).toBe('Idempotency-Key')
    })

    test('S8: a choice between two devices that nobody made yet stands against it', async () => {
      const { browser, id } = await filledDraft(world)
      const { applications } = await sync(browser, [
        mutationOf(id, { kind: 'setField', path: 'employerName', value: '另一台写的', base: 1 }),
      ])
      expect(applications[0]!.conflicts).toHaveLength(1)
      const refused = await problemOf(await submit(browser, id, applications[0]!.version))
      expect(refused.issues).toMatchObject([{ code: 'sync.conflict', path: 'employerName' }])
    })

    test.each(types)('[R90, R97] %s: after submission every write is refused, files and photo too', async (type) => {
      const { browser, person, id, version } = await submitted(world, { type })
      const [change] = (await sync(browser)).applications
      const photo = change!.files.find(({ path }) => path === 'photo')!
      const upload = await uploaded(world, { person, applicationId: id, path: 'photo' })
      const row = Object.keys(change!.cells).find((path) => path.split('/').length === 2)
      const writes = [
        mutationOf(id, {
          kind: 'setField',
          path: 'employerName',
          value: '改了',
          base: change!.cells.employerName!.version,
        }),
        mutationOf(id, {
          kind: 'settle',
          path: 'employerName',
          value: '改了',
          base: change!.cells.employerName!.version,
        }),
        mutationOf(id, { kind: 'attach', path: 'photo', attachmentId: crypto.randomUUID(), position: 2, ...upload }),
        mutationOf(id, { kind: 'detach', path: 'photo', attachmentId: photo.id }),
        ...(row
          ? [
              mutationOf(id, { kind: 'addRow', path: `${row.split('/')[0]}/${crypto.randomUUID()}`, position: 9 }),
              mutationOf(id, { kind: 'removeRow', path: row, base: change!.version, files: [] }),
            ]
          : []),
      ]
      const after = await sync(browser, writes)
      expect(after.results.map((one) => (one.outcome === 'refused' ? one.code : one.outcome))).toEqual(
        writes.map(() => 'application.not-editable'),
      )
      const [same] = (await sync(browser)).applications
      expect(same).toEqual(change)
      expect((await problemOf(await apiOf(browser).applications[':id'].$delete({ param: { id } }))).code).toBe(
        'application.not-editable',
      )
      expect((await problemOf(await submit(browser, id, version))).code).toBe('application.transition-not-allowed')
    })

    test('[R91] A21: the wish to have it returned needs a reason and changes nothing by itself', async () => {
      const { browser, id, version } = await submitted(world)
      const ask = (reason: string) =>
        apiOf(browser).applications[':id']['request-return'].$post({ param: { id }, json: { reason } })
      expect((await problemOf(await ask('错了'))).code).toBe('application.reason-required')
      expect((await ask('学历证书传错了一页')).status).toBe(204)
      expect((await ask('学历证书传错了两页')).status).toBe(204)
      const view = await bodyOf(await apiOf(browser).applications[':id'].$get({ param: { id } }))
      expect(view.returnRequest?.reason).toBe('学历证书传错了两页')
      expect(await stateOf(id)).toEqual({ state: 'SUBMITTED', version })
      const { browser: other, id: draft } = await filledDraft(world)
      const refused = await apiOf(other).applications[':id']['request-return'].$post({
        param: { id: draft },
        json: { reason: '还没有提交呢' },
      })
      expect((await problemOf(refused)).code).toBe('application.transition-not-allowed')
    })
  })

  describe('what one sees of his own', () => {
    test('[R27, R96, R97, R102] 当前申报信息 shows each with its phase, stage and whether it may be edited', async () => {
      const person = await world.person()
      const draft = await filledDraft(world, { person, type: 'reissue' })
      const sent = await submitted(world, { person, type: 'review' })
      const list = await bodyOf(await apiOf(sent.browser).applications.$get())
      const of = (id: string) => list.find((one) => one.id === id)!
      expect(of(draft.id)).toMatchObject({ phase: 'preparing', editable: true, state: 'DRAFT', issues: 0 })
      expect(of(sent.id)).toMatchObject({ phase: 'reviewing', editable: false, state: 'SUBMITTED', issues: null })
      expect(of(sent.id).specialty).toBe('建筑工程')
      expect(of(sent.id).stages.find(({ state }) => state === 'current')?.stage).toBe('point')
    })

    test('[R102] 公示 is no stage of an application whose batch has none, in what is offered and in what one sees of his own', async () => {
      for (const hasPublicity of [true, false]) {
        const batch = await world.batch({ type: 'initial', hasPublicity })
        const { browser, id } = await submitted(world, { batch, type: 'initial' })
        const offer = await bodyOf(await apiOf(browser).batches[':id'].$get({ param: { id: batch.id } }))
        expect(offer.hasPublicity).toBe(hasPublicity)
        const own = (await bodyOf(await apiOf(browser).applications.$get())).find((one) => one.id === id)!
        expect(own.stages.some(({ stage }) => stage === 'publicity')).toBe(hasPublicity)
      }
    })

    test('[R59, R99] 查看详情 is the whole application, read-only, from what was frozen; the ID number in full to its owner', async () => {
      const { browser, person, id, receipt } = await submitted(world)
      const view = await bodyOf(await apiOf(browser).applications[':id'].$get({ param: { id } }))
      expect(view.snapshot).toEqual({ round: 1, sha256: receipt.sha256 })
      expect(view.facts.account.idNumber).toBe(person.idNumber)
      expect(view.answers.rows.educations).toHaveLength(1)
      expect(view.timeline.map(({ transition }) => transition)).toEqual(['submit'])
      const { browser: other, id: draft } = await filledDraft(world)
      const open = await bodyOf(await apiOf(other).applications[':id'].$get({ param: { id: draft } }))
      expect(open.snapshot).toBeNull()
      expect(open.answers.fields.specialty).toBe('engineering.construction')
    })

    test('[R101, R103] 历史申报信息 finds by year, type and words; nothing found is an empty list', async () => {
      const person = await world.person()
      const batch = await world.batch({ type: 'reissue' })
      const { browser, id } = await submitted(world, { person, batch }, { employerName: '泰州市第二中学' })
      const find = async (query: Record<string, string>) =>
        (await bodyOf(await apiOf(browser).applications.history.$get({ query }))).map((one) => one.id)
      expect(await find({})).toEqual([])
      await world.db.updateTable('application').set({ state: 'CERTIFIED' }).where('id', '=', id).execute()
      expect(await find({})).toEqual([id])
      expect(await find({ year: '2026', type: 'reissue', q: '第二中学' })).toEqual([id])
      expect(await find({ year: '2025' })).toEqual([])
      expect(await find({ type: 'review' })).toEqual([])
      expect(await find({ q: '没有这个单位' })).toEqual([])
    })

    test('A30: a decision that is not published is not on the wire, neither in the list nor in the sync', async () => {
      const batch = await world.batch()
      const one = await submitted(world, { batch })
      const two = await submitted(world, { batch })
      const when = new Date('2031-01-01T00:00:00Z')
      const state = (id: string, to: 'PASSED' | 'FAILED' | 'PUBLICITY') =>
        world.db
          .updateTable('application')
          .set({ state: to, version: 99, stateSince: when, updatedAt: when })
          .where('id', '=', id)
          .execute()
      await state(one.id, 'PASSED')
      await state(two.id, 'FAILED')
      const whole = await bodyOf(await apiOf(one.browser).applications[':id'].$get({ param: { id: one.id } }))
      expect(JSON.stringify([whole, await sync(one.browser)])).not.toContain('2031-')
      const seen = async (browser: typeof one.browser) => [
        (await bodyOf(await apiOf(browser).applications.$get()))[0]!.state,
        (await sync(browser)).applications[0]!.state,
      ]
      expect(await seen(one.browser)).toEqual(['COMMITTEE', 'COMMITTEE'])
      expect(await seen(two.browser)).toEqual(['COMMITTEE', 'COMMITTEE'])
      // Another's result tells nothing of his own: he is told when his own session is published.
      await state(one.id, 'PUBLICITY')
      expect(await seen(two.browser)).toEqual(['COMMITTEE', 'COMMITTEE'])
    })

    test('T3: a draft is deleted, its number is free, and the phone hears that it is gone', async () => {
      const { browser, id, version } = await filledDraft(world)
      expect((await apiOf(browser).applications[':id'].$delete({ param: { id } })).status).toBe(204)
      const answer = await sync(browser, [], { known: { [id]: version } })
      expect(answer).toMatchObject({ applications: [], gone: [id] })
      expect((await problemOf(await apiOf(browser).applications[':id'].$get({ param: { id } }))).code).toBe(
        'request.not-found',
      )
    })
  })

  describe('what time brings about', () => {
    test('T4: a draft expires after the end of its batch, once, and its owner is told; one in an open batch does not', async () => {
      const closesAt = new Date((await world.now()).getTime() + DAY)
      const draft = await filledDraft(world, { batch: await world.batch({ closesAt }) })
      const other = await filledDraft(world)
      await expireOverdue(world.platform)
      expect((await stateOf(draft.id)).state).toBe('DRAFT')
      world.clock.moveTo(new Date(closesAt.getTime() + 1000))
      expect(await expireOverdue(world.platform)).toBeGreaterThanOrEqual(1)
      expect(await expireOverdue(world.platform)).toBe(0)
      expect((await stateOf(draft.id)).state).toBe('EXPIRED')
      expect((await stateOf(other.id)).state).toBe('DRAFT')
      const notice = await world.db.selectFrom('notice').selectAll().where('applicationId', '=', draft.id).execute()
      expect(notice.map((one) => one.kind)).toEqual(['expired'])
      const [row] = await world.db
        .selectFrom('applicationTransition')
        .selectAll()
        .where('applicationId', '=', draft.id)
        .execute()
      expect(row).toMatchObject({ transition: 'expire', role: 'system', actorId: null })
    })

    test('T4: 3 days and 1 day before the end those with an unfinished draft are reminded, once a day', async () => {
      const closesAt = new Date((await world.now()).getTime() + 10 * DAY)
      const { person, id, batch } = await filledDraft(world, { batch: await world.batch({ closesAt }) })
      await submitted(world, { batch })
      const reminders = () =>
        world.db
          .selectFrom('notice')
          .select('body')
          .where('kind', '=', 'reminder')
          .where('accountId', '=', person.id)
          .execute()
      const on = async (days: number) => {
        world.clock.moveTo(new Date(closesAt.getTime() - days * DAY))
        await remindUnfinished(world.platform)
        await remindUnfinished(world.platform)
        return (await reminders()).length
      }
      expect([await on(5), await on(3), await on(2), await on(1)]).toEqual([0, 1, 1, 2])
      expect((await reminders())[0]!.body).toContain('还差 0 处')
      const sms = await world.db
        .selectFrom('notice')
        .innerJoin('noticeDelivery', 'noticeDelivery.noticeId', 'notice.id')
        .select('noticeDelivery.channel')
        .where('notice.applicationId', '=', id)
        .where('notice.kind', '=', 'reminder')
        .execute()
      expect(sms.map(({ channel }) => channel)).toEqual(['sms', 'sms'])
    })
  })

  test('[R42, R87] a form with 30 rows of evidence keeps every file in its place through the submission', async () => {
    const batch = await world.batch()
    const person = await world.person()
    const browser = await world.signIn(person)
    const id = await begin(world, browser, batch)
    const type = applicationTypes.review
    await sync(browser, await completing(world, { person, applicationId: id, type }))
    const places: string[] = []
    const mutations = []
    for (let n = 0; n < 29; n++) {
      const row = `achievements/${crypto.randomUUID()}`
      const path = `${row}/proof`
      const file = await uploaded(world, { person, applicationId: id, path, size: 10_240_000 })
      places.push(path)
      mutations.push(
        mutationOf(id, { kind: 'addRow', path: row, position: n + 2 }),
        ...Object.entries({ from: '2020-01', to: '2021-01', projectName: `项目${n}`, role: '负责人' }).map(
          ([field, value]) => mutationOf(id, { kind: 'setField', path: `${row}/${field}`, value, base: 0 }),
        ),
        mutationOf(id, { kind: 'attach', path, attachmentId: crypto.randomUUID(), position: 1, ...file }),
      )
    }
    const answer = await sync(browser, mutations)
    expect(answer.results.filter(({ outcome }) => outcome !== 'applied')).toEqual([])
    await bodyOf(await submit(browser, id, answer.applications[0]!.version))
    const { content } = (await world.db
      .selectFrom('applicationSnapshot')
      .select('content')
      .where('applicationId', '=', id)
      .executeTakeFirst())!
    expect(Object.keys(content.answers.files)).toEqual(expect.arrayContaining(places))
  })
})
