import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeOfficialPapers, voidPapers } from '#server/papers/actions.ts'
import { printPaper } from '#server/papers/print.ts'
import { stopTypesetting } from '#server/papers/typesetting.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import { actAs } from '#server/platform/transaction.ts'
import { systemWho } from '#server/platform/who.ts'
import { ok } from '#domain/problems.ts'
import { filledDraft, mutationOf, submit, submitted, sync } from '../world/application-walk.ts'
import { textsOf } from '../world/paper-pages.ts'
import { databaseKinds } from '../world/test-database.ts'
import { bodyOf, openWorld, problemOf, type Browser, type World } from '../world/world.ts'

const flat = (texts: readonly string[]) => texts.join('').replace(/[\s\u200b\ufffe]/g, '')

describe.each(await databaseKinds())('papers on %s', (kind) => {
  let world: World
  beforeAll(async () => void (world = await openWorld(kind)))
  afterAll(async () => {
    await world.close()
    await stopTypesetting()
  })

  const paper = (browser: Browser, id: string, of: string) => browser.fetch(`/api/applications/${id}/papers/${of}`)
  const pdfOf = async (response: Response) => {
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
    return new Uint8Array(await response.arrayBuffer())
  }
  /** What `passPreReview` does with the papers, without the way there. */
  const passed = async (id: string) => {
    await world.db.updateTable('application').set({ state: 'PRE_PASSED' }).where('id', '=', id).execute()
    await actAs(world.platform, systemWho('test'), async (ctx) => ok(await makeOfficialPapers(ctx, { id })))
  }
  const returned = async (id: string) => {
    await world.db.updateTable('application').set({ state: 'RETURNED' }).where('id', '=', id).execute()
    await actAs(world.platform, systemWho('test'), async (ctx) => ok(await voidPapers(ctx, id)))
  }
  const rows = (id: string) =>
    world.db
      .selectFrom('paper')
      .selectAll()
      .where('applicationId', '=', id)
      .orderBy('createdAt')
      .orderBy('kind')
      .execute()
  const verify = async (code: string) => {
    const api = world.browser().api.api
    return bodyOf(await api.papers.verify[':code'].$get({ param: { code } }))
  }

  test('[R88] 申报表 and 简介表 can be previewed before the submission, with what was typed last', async () => {
    const { browser, id } = await filledDraft(world, {}, { currentSpecialty: '桥梁养护' })
    for (const of of ['applicationForm', 'summarySheet']) {
      const response = await paper(browser, id, `${of}?preview=1`)
      expect(response.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
      expect(response.headers.get('cache-control')).toBe('private, no-store')
      const words = flat(await textsOf(await pdfOf(response)))
      expect(words).toContain('桥梁养护')
      expect(words).toContain('预审通过后方可打印正式版')
    }
  })

  test('[R92] after the submission 申报表, 简介表 and 材料目录 can be exported, marked as previews', async () => {
    const { browser, id } = await submitted(world)
    for (const of of ['applicationForm', 'summarySheet', 'materialList']) {
      const response = await paper(browser, id, `${of}?preview=1&download=1`)
      expect(response.headers.get('content-disposition')).toContain('attachment')
      expect(decodeURIComponent(response.headers.get('content-disposition')!)).toContain('（预览）.pdf')
      expect(flat(await textsOf(await pdfOf(response)))).toContain('预览·仅供查看')
    }
  })

  test('the receipt on the phone has a code from the submission on, the same on every phone, that a counter can check', async () => {
    const draft = await filledDraft(world)
    const early = await draft.browser.fetch(`/api/applications/${draft.id}/receipt`)
    expect((await problemOf(early)).code).toBe('paper.not-yet-official')
    const { browser, id } = await submitted(world)
    const asked = await Promise.all([1, 2].map(() => browser.fetch(`/api/applications/${id}/receipt`)))
    const [one, two] = (await Promise.all(asked.map((answer) => answer.json()))) as {
      code: string
      verifyUrl: string
    }[]
    expect(one).toEqual(two)
    expect(one!.verifyUrl).toMatch(new RegExp(`/verify/${one!.code}$`))
    expect(await verify(one!.code)).toMatchObject({ kind: '职称申报提交回执', state: 'current' })
  })

  test('[R93] the official copy is refused before the pre-review, whatever is asked', async () => {
    const draft = await filledDraft(world)
    const sent = await submitted(world)
    for (const [browser, id] of [
      [draft.browser, draft.id],
      [sent.browser, sent.id],
    ] as const) {
      for (const of of ['applicationForm', 'summarySheet', 'materialList']) {
        expect(await problemOf(await paper(browser, id, of))).toMatchObject({
          code: 'paper.not-yet-official',
          status: 403,
        })
      }
    }
  })

  test('[R93][R100] from 预审通过 on the official copy is there: made by the job or at once, always the same bytes', async () => {
    const { browser, id } = await submitted(world)
    await passed(id)
    const early = await pdfOf(await paper(browser, id, 'materialList'))
    await world.runJobs()
    const made = await rows(id)
    expect(made.map((one) => one.kind).sort()).toEqual(['applicationForm', 'materialList', 'summarySheet'])
    for (const one of made) {
      const served = await pdfOf(await paper(browser, id, one.kind))
      expect(createHash('sha256').update(served).digest('hex')).toBe(one.sha256)
      expect(await world.platform.files.head(contentKey(one.sha256!))).toMatchObject({ size: served.length })
      const words = flat(await textsOf(served))
      expect(words).toContain(one.code)
      expect(words).not.toContain('预览')
    }
    expect(await pdfOf(await paper(browser, id, 'materialList'))).toEqual(early)
  })

  test('[R85] the A4 form of the sheet is the same official paper', async () => {
    const { browser, id } = await submitted(world)
    await passed(id)
    const small = await pdfOf(await paper(browser, id, 'summarySheet?size=A4'))
    const row = (await rows(id)).find((one) => one.kind === 'summarySheet')!
    expect(flat(await textsOf(small))).toContain(row.code)
  })

  test('a return voids the papers: they are refused, and whoever scans one learns it', async () => {
    const { browser, id } = await submitted(world)
    await passed(id)
    const [first] = await rows(id)
    expect(await verify(first!.code)).toMatchObject({ state: 'current' })
    await returned(id)
    expect(await problemOf(await paper(browser, id, first!.kind))).toMatchObject({ code: 'paper.not-yet-official' })
    expect(await verify(first!.code)).toMatchObject({ state: 'voided' })
  })

  test.each(['CANCELLED', 'EXPIRED', 'REVOKED'] as const)(
    'the receipt of an application that is %s counts no more, and asked for again it is not made anew',
    async (state) => {
      const { browser, id } = await submitted(world)
      const receipt = () => browser.fetch(`/api/applications/${id}/receipt`)
      const { code } = (await (await receipt()).json()) as { code: string }
      await returned(id)
      await world.db.updateTable('application').set({ state }).where('id', '=', id).execute()
      expect((await problemOf(await receipt())).code).toBe('paper.not-yet-official')
      expect((await problemOf(await paper(browser, id, 'receipt'))).code).toBe('paper.not-yet-official')
      expect(await rows(id)).toHaveLength(1)
      expect(await verify(code)).toMatchObject({ state: 'voided' })
    },
  )

  test.each([
    ['materialList', 'RETURNED'],
    ['receipt', 'CANCELLED'],
  ] as const)('no %s is made of an application that becomes %s while it is asked for', async (of, state) => {
    const { id } = await submitted(world)
    await passed(id)
    let read = false
    const clock = {
      ...world.platform.clock,
      // asked after the application was read, and before its paper is looked for
      now: async (db: Parameters<typeof world.platform.clock.now>[0]) => {
        if (!read) {
          read = true
          await returned(id)
          await world.db.updateTable('application').set({ state }).where('id', '=', id).execute()
        }
        return world.platform.clock.now(db)
      },
    }
    const request = { applicationId: id, kind: of, preview: false }
    expect(await printPaper({ ...world.platform, clock }, systemWho('test'), request)).toMatchObject({
      ok: false,
      code: 'paper.not-yet-official',
    })
    expect((await rows(id)).filter(({ voidedAt }) => voidedAt === null)).toEqual([])
  })

  test('verification says what counts, and nothing personal beyond the masked name', async () => {
    const { id, person } = await submitted(world)
    await passed(id)
    const [first] = await rows(id)
    const spoken = `${first!.code.slice(0, 4).toLowerCase()} ${first!.code.slice(4)}`
    const answer = await verify(spoken)
    const { number } = await world.db
      .selectFrom('application')
      .select('number')
      .where('id', '=', id)
      .executeTakeFirstOrThrow()
    expect(answer).toMatchObject({ state: 'current', number })
    expect(answer.nameMasked).toMatch(/\*/)
    expect(JSON.stringify(answer)).not.toContain(person.idNumber)
    expect(JSON.stringify(answer)).not.toContain(person.mobile)
    expect(await verify('0000000000000000')).toEqual({
      state: 'unknown',
      kind: null,
      number: null,
      nameMasked: null,
      madeAt: null,
    })
  })

  test('[R105][A24] the letter to another committee only for who asked for it, official after the pre-review', async () => {
    const without = await submitted(world)
    expect(await problemOf(await paper(without.browser, without.id, 'entrustLetter?preview=1'))).toMatchObject({
      code: 'paper.not-needed',
    })
    const draft = await filledDraft(world, {}, { needsEntrustLetter: true })
    expect((await paper(draft.browser, draft.id, 'entrustLetter?preview=1')).status).toBe(200)
  })

  test('[R56] the pledge is there from the first minute, and a receipt from the submission on with one code', async () => {
    const draft = await filledDraft(world)
    expect(flat(await textsOf(await pdfOf(await paper(draft.browser, draft.id, 'pledge?download=1'))))).toContain(
      draft.person.idNumber,
    )
    expect(await problemOf(await paper(draft.browser, draft.id, 'receipt'))).toMatchObject({
      code: 'paper.not-yet-official',
    })
    const sent = await submitted(world)
    const [one, two] = await Promise.all(
      [0, 1].map(async () => pdfOf(await paper(sent.browser, sent.id, 'receipt?preview=1'))),
    )
    expect(one).toEqual(two)
    const receipts = await rows(sent.id)
    expect(receipts).toHaveLength(1)
    expect(await verify(receipts[0]!.code)).toMatchObject({ state: 'current' })
  })

  test("[A23] 初定 and 补证 have their own forms, and not another type's", async () => {
    for (const [type, own, foreign] of [
      ['initial', 'initialForm', 'applicationForm'],
      ['reissue', 'reissueForm', 'summarySheet'],
    ] as const) {
      const { browser, id } = await filledDraft(world, { type })
      expect((await paper(browser, id, `${own}?preview=1`)).status).toBe(200)
      expect((await paper(browser, id, 'materialList?preview=1')).status).toBe(200)
      expect((await paper(browser, id, `${foreign}?preview=1`)).status).toBe(404)
    }
  })

  test('papers of others do not exist, for staff only within their scope and once submitted', async () => {
    const draft = await filledDraft(world)
    const stranger = await world.signIn(await world.person())
    const office = await world.signIn(await world.staff('office'))
    const elsewhere = await world.signIn(await world.staff('pointClerk', { acceptancePoint: 'nowhere' }))
    const statuses = async (id: string) =>
      Promise.all(
        [stranger, office, elsewhere, world.browser()].map(
          async (one) => (await paper(one, id, 'materialList?preview=1')).status,
        ),
      )
    expect(await statuses(draft.id)).toEqual([404, 404, 404, 401])
    const sent = await submitted(world)
    expect(await statuses(sent.id)).toEqual([404, 200, 404, 401])
  })

  test('[R90, T7] the office prints what a returned applicant has sent, not what he is typing; he prints that', async () => {
    const one = await submitted(world, {}, { employerName: '旧的单位' })
    const office = await world.signIn(await world.staff('office'))
    await world.db.updateTable('application').set({ state: 'RETURNED' }).where('id', '=', one.id).execute()
    const { cells } = (await sync(one.browser, [])).applications.find(({ id }) => id === one.id)!
    const base = cells['employerName']!.version
    await sync(one.browser, [mutationOf(one.id, { kind: 'setField', path: 'employerName', value: '新的单位', base })])
    const read = async (browser: Browser) => {
      const shown = await paper(browser, one.id, 'applicationForm?preview=1')
      return (await textsOf(new Uint8Array(await shown.arrayBuffer()))).join('').replace(/\s/g, '')
    }
    expect(await read(office)).toContain('旧的单位')
    expect(await read(office)).not.toContain('新的单位')
    expect(await read(one.browser)).toContain('新的单位')
  })

  test('what the form does not show stops neither the preview nor the submission', async () => {
    const hidden = { exceptionType: 'NORMAL', exceptionReason: '完成😀' }
    const { browser, id, version } = await filledDraft(world, {}, hidden)
    expect((await paper(browser, id, 'applicationForm?preview=1')).status).toBe(200)
    expect((await submit(browser, id, version)).status).toBe(200)
  })

  test('a character that cannot be printed is named with its place before the preview', async () => {
    const { browser, id } = await filledDraft(world, {}, { workSummary: '完成😀' })
    expect(await problemOf(await paper(browser, id, 'applicationForm?preview=1'))).toMatchObject({
      code: 'paper.rare-character',
      path: 'workSummary',
      params: { character: '😀' },
    })
  })

  test('the office edits the words of a document in versions; nobody else does', async () => {
    const office = await world.signIn(await world.staff('office'))
    const clerk = await world.signIn(await world.staff('pointClerk', { acceptancePoint: 'p1' }))
    const put = (browser: Browser, texts: Record<string, string>) =>
      browser.api.api.papers.texts[':kind'].$put({ param: { kind: 'applicationForm' }, json: { texts } })
    expect((await put(clerk, { issuer: 'x' })).status).toBe(403)
    expect((await put(office, { unknown: 'x' })).status).toBe(422)
    const first = await bodyOf(await put(office, { issuer: '泰州市职称办公室印制' }))
    const second = await bodyOf(await put(office, { instructions: '一条' }))
    expect([first.version, second.version]).toEqual([1, 2])
    const all = await bodyOf(await office.api.api.papers.texts.$get())
    expect(all.map(({ kind: one }) => one)).toContain('pledge')
    const form = all.find(({ kind: one }) => one === 'applicationForm')!
    expect(form.parts.map(({ name, text }) => [name, text])).toEqual([
      ['issuer', '泰州市职称办公室印制'],
      ['instructions', '一条'],
    ])
    expect(form.parts[0]!.initial).toBe('江苏省人力资源和社会保障厅制')
    expect(form.history.map(({ version }) => version)).toEqual([2, 1])
    // what would print as a blank, or nothing, or over somebody else's words is refused
    const code = async (texts: Record<string, string>, version?: number) =>
      (
        await problemOf(
          await office.api.api.papers.texts[':kind'].$put({
            param: { kind: 'applicationForm' },
            json: { texts, ...(version !== undefined && { version }) },
          }),
        )
      ).code
    expect(await code({ instructions: '由{fullname}填写' })).toBe('paper.unknown-placeholder')
    expect(await code({ instructions: ' ' })).toBe('answer.required')
    expect(await code({ instructions: '两条' }, 1)).toBe('paper.text-changed')
    const { browser, id } = await filledDraft(world)
    const words = flat(await textsOf(await pdfOf(await paper(browser, id, 'applicationForm?preview=1'))))
    expect(words).toContain('泰州市职称办公室印制')
  })
})
