import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ACCOUNT, batch, ModelServer, TestClock, TestPhone } from '../../../tests/interleavings/two-phones.ts'
import type { Draft } from './drafts.svelte.ts'
import { stepOfPath } from '#domain/forms/application-type.ts'
import { ok, refuse } from '#domain/problems.ts'
import { conflictsKey, forgetApplication } from './outbox.ts'
import { eraseAccount } from './eraser.ts'

let server: ModelServer
let phone: TestPhone
let draft: Draft

/** A draft that the server has created. */
beforeEach(async () => {
  server = new ModelServer(new TestClock())
  phone = new TestPhone('a', server)
  const started = await phone.drafts.start(batch.id)
  if (!started.ok) throw new Error(started.code)
  draft = started.value
  await server.create(draft.id)
  await phone.sync.now()
  await draft.reread()
})

const waiting = () => phone.db.outbox.orderBy('seq').toArray()

describe('a draft', () => {
  it('shows a keystroke at once and has it on the disk after a flush', async () => {
    expect(draft.setField('employerName', '泰州一建').ok).toBe(true)
    expect(draft.answers.fields['employerName']).toBe('泰州一建')
    expect(draft.saved).toBe('saving')
    await draft.flush()
    expect(draft.saved).toBe('saved')
    expect((await waiting()).map(({ mutation }) => mutation)).toMatchObject([
      { kind: 'setField', path: 'employerName', value: '泰州一建', base: 0 },
    ])
  })

  it('writes by itself within half a second of the first keystroke, though typing goes on', async () => {
    draft.setField('employerName', '泰')
    const begun = performance.now()
    let typed = '泰'
    while ((await waiting()).length === 0) {
      expect(performance.now() - begun).toBeLessThan(500)
      draft.setField('employerName', (typed += '州'))
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await draft.flush()
    expect((await waiting()).length).toBe(1)
    expect(draft.answers.fields['employerName']).toBe(typed)
  })

  it('[S13] merges consecutive changes of one field that have not left, keeping the first base', async () => {
    for (const value of ['一', '一二', '一二三']) {
      draft.setField('employerName', value)
      await draft.flush()
    }
    expect((await waiting()).map(({ mutation }) => mutation)).toMatchObject([{ value: '一二三', base: 0 }])
    draft.setField('employerName', '')
    await draft.flush()
    expect((await waiting()).length).toBe(1)
  })

  it('sends nothing for a value that was put back as it was', async () => {
    const before = draft.answers.fields['isCivilServant'] ?? null
    draft.setField('isCivilServant', true)
    await draft.flush()
    draft.setField('isCivilServant', before)
    await draft.flush()
    expect(await waiting()).toEqual([])
  })

  it('[S1] never changes a mutation that has left: what is typed after it is another one', async () => {
    phone.weather = 'answer-lost'
    draft.setField('employerName', '甲')
    await draft.flush()
    await phone.sync.now()
    draft.setField('employerName', '甲乙')
    await draft.flush()
    const rows = await waiting()
    expect(rows.map(({ mutation, sent }) => [mutation.kind === 'setField' && mutation.value, sent])).toEqual([
      ['甲', 1],
      ['甲乙', 0],
    ])
    phone.weather = 'fine'
    await phone.sync.now()
    expect(await waiting()).toEqual([])
    expect(server.contentOf(draft.id).cells['employerName']?.value).toBe('甲乙')
    expect(server.conflictsOf(draft.id)).toEqual([])
  })

  it('[R83] keeps a text beyond its limit on the phone and shows it, but does not send it', async () => {
    const text = '我'.repeat(2001)
    expect(draft.setField('workSummary', text)).toMatchObject({ ok: false, code: 'answer.too-long' })
    await draft.flush()
    await phone.sync.now()
    expect(server.contentOf(draft.id).cells['workSummary']).toBeUndefined()
    await phone.restart()
    const again = await phone.draft(draft.id)
    expect(again.answers.fields['workSummary']).toBe(text)
    again.setField('workSummary', text.slice(1))
    await again.flush()
    await phone.sync.now()
    expect(server.contentOf(draft.id).cells['workSummary']?.value).toBe(text.slice(1))
  })

  it('[R45] removes a row, lets it be taken back for 8 seconds, and sends nothing of it before', async () => {
    const added = await draft.addRow('educations')
    if (!added.ok) throw new Error(added.code)
    const path = `educations/${added.value}`
    draft.setField(`${path}/school`, '扬州大学')
    await draft.flush()
    await phone.sync.now()
    const removed = await draft.removeRow(path)
    if (!removed.ok) throw new Error(removed.code)
    expect(draft.answers.rows['educations']).toBeUndefined()
    await phone.sync.now()
    expect(server.contentOf(draft.id).cells[path]?.value).toBe(1)
    // 【保存】 leaves it time too.
    await phone.sync.saveNow()
    expect(server.contentOf(draft.id).cells[path]?.value).toBe(1)
    expect((await draft.undoRemove(removed.value)).ok).toBe(true)
    expect(draft.answers.rows['educations']?.[0]?.values['school']).toBe('扬州大学')
    const again = await draft.removeRow(path)
    if (!again.ok) throw new Error(again.code)
    phone.clock.time += 9_000
    await phone.sync.now()
    expect(server.contentOf(draft.id).cells[path]?.value).toBeNull()
    expect(await draft.undoRemove(again.value)).toMatchObject({ code: 'answer.row-missing' })
  })

  it('[R45] a row that was just removed is gone where all of it is asked for at the server', async () => {
    const added = await draft.addRow('educations')
    if (!added.ok) throw new Error(added.code)
    const path = `educations/${added.value}`
    await phone.sync.now()
    await draft.removeRow(path)
    await phone.sync.saveAll()
    expect(server.contentOf(draft.id).cells[path]?.value).toBeNull()
  })

  it('[R45] removes a row although the answer to what was typed in it comes at that moment', async () => {
    const added = await draft.addRow('educations')
    if (!added.ok) throw new Error(added.code)
    const path = `educations/${added.value}`
    draft.setField(`${path}/school`, '扬州大学')
    const flush = draft.flush.bind(draft)
    // between the tap and the disk the typed words go and are answered
    vi.spyOn(draft, 'flush').mockImplementationOnce(async () => {
      await flush()
      await phone.sync.now()
    })
    const removed = await draft.removeRow(path)
    if (!removed.ok) throw new Error(removed.code)
    phone.clock.time += 9_000
    await phone.sync.now()
    expect(server.contentOf(draft.id).cells[path]?.value).toBeNull()
    expect(draft.answers.rows['educations']).toBeUndefined()
  })

  it('[R68] marks one row as the highest education and takes the mark from the others', async () => {
    const first = await draft.addRow('educations')
    const second = await draft.addRow('educations')
    if (!first.ok || !second.ok) throw new Error('no row')
    const mark = draft.type.steps
      .flatMap((step) => step.sections.flatMap(({ items }) => items))
      .flatMap((item) => (item.kind === 'list' && item.id === 'educations' ? item.items : []))
      .find((item) => item.kind === 'mark')
    if (!mark) throw new Error('no mark')
    draft.markOnly('educations', first.value, mark.id)
    draft.markOnly('educations', second.value, mark.id)
    await draft.flush()
    await phone.sync.now()
    expect(server.contentOf(draft.id).cells[`educations/${first.value}/${mark.id}`]?.value ?? false).toBe(false)
    expect(server.contentOf(draft.id).cells[`educations/${second.value}/${mark.id}`]?.value).toBe(true)
  })

  it('[R98] counts a remark as answered by what the server says came since, and by what is typed or waits here; at a step by its items', async () => {
    const at = new Date(0).toISOString()
    const remark = (path: string, settled = false) => ({ id: path, path, text: '请核对', by: '职称办', at, settled })
    const step = stepOfPath(draft.type, 'employerName')!.id
    const comments = ['idCard', 'photo', step].map((path) => remark(path, path === 'idCard'))
    const returned = { reason: '几处要改', by: '职称办', at, resubmitUntil: null, comments }
    await phone.db.applications.put({ ...(await phone.db.applications.get(draft.id))!, state: 'RETURNED', returned })
    await draft.close()
    await phone.drafts.closeAll()
    draft = await phone.draft(draft.id)
    const answered = () => comments.filter(({ path }) => draft.commentsAt(path)[0]!.settled).map(({ path }) => path)
    expect(answered()).toEqual(['idCard'])
    draft.setField('employerName', '泰州一建')
    expect(answered()).toEqual(['idCard', step])
    await draft.flush()
    expect(answered()).toEqual(['idCard', step])
  })

  it('is closed when the window is, by the server’s time (A5)', () => {
    phone.clock.time = Date.parse(batch.closesAt as string)
    expect(draft.setField('employerName', '甲').ok).toBe(true)
    phone.clock.time += 1
    expect(draft.setField('employerName', '乙')).toMatchObject({ ok: false, code: 'batch.closed' })
    expect(draft.answers.fields['employerName']).toBe('甲')
  })

  it('[R20] an end that the office moves reaches a form that is open', async () => {
    phone.clock.time = Date.parse(batch.closesAt as string) + 1
    expect(draft.editable).toBe(false)
    await phone.db.batches.put({ ...batch, closesAt: '2026-12-10T09:30:00Z' })
    await vi.waitFor(() => expect(draft.editable).toBe(true), { timeout: 10_000 })
    expect(draft.closesAt).toBe('2026-12-10T09:30:00Z')
  })

  it('[R20] in the minutes of grace may still be sent where the server has everything, and not be written', async () => {
    const end = Date.parse(batch.closesAt as string)
    await draft.close()
    await phone.drafts.closeAll()
    await phone.db.batches.put({ ...batch, graceMinutes: 10 })
    const again = await phone.draft(draft.id)
    phone.clock.time = end
    expect(again.graceUntil).toBeNull()
    phone.clock.time = end + 1
    expect([again.editable, again.graceUntil]).toEqual([false, '2026-11-30T09:40:00.000Z'])
    phone.clock.time = end + 600_001
    expect(again.graceUntil).toBeNull()
    // What was typed in the last second and has not gone is not at the server: nothing to be sent in grace.
    phone.clock.time = end
    again.setField('employerName', '甲')
    await again.flush()
    phone.clock.time = end + 1
    expect(again.graceUntil).toBeNull()
  })

  it('keeps what was typed when the phone is full, says so, and writes it when there is room', async () => {
    const { put } = phone.db.outbox
    const full = () => Promise.reject(Object.assign(new Error('full'), { name: 'QuotaExceededError' }))
    const add = phone.db.outbox.add
    phone.db.outbox.add = full as unknown as typeof add
    draft.setField('employerName', '甲')
    await draft.flush()
    expect(draft.saved).toBe('failed')
    expect(draft.problem?.code).toBe('storage.full')
    expect(draft.answers.fields['employerName']).toBe('甲')
    phone.db.outbox.add = add
    phone.db.outbox.put = put
    await draft.flush()
    expect(draft.saved).toBe('saved')
    expect((await waiting()).length).toBe(1)
    await draft.close()
  })

  it('that is left while the disk is full goes on until it is written, and who comes back finds what he typed', async () => {
    const { add, put } = phone.db.outbox
    const full = () => Promise.reject(Object.assign(new Error('full'), { name: 'QuotaExceededError' }))
    phone.db.outbox.add = full as unknown as typeof add
    phone.db.outbox.put = full as unknown as typeof put
    draft.setField('employerName', '甲')
    expect(await phone.drafts.isWritten()).toBe(false)
    await draft.close()
    const again = await phone.drafts.open(draft.id)
    expect(again.ok && again.value.answers.fields['employerName']).toBe('甲')
    await draft.close()
    phone.db.outbox.add = add
    phone.db.outbox.put = put
    await vi.waitFor(async () => expect(await waiting()).toHaveLength(1), { timeout: 10_000 })
    await vi.waitFor(() => expect(draft.isEnded).toBe(true))
    expect(await phone.drafts.isWritten()).toBe(true)
  })

  it('that another tab has thrown away can be changed no more, and does not come back', async () => {
    draft.setField('employerName', '甲')
    await draft.flush()
    await phone.sync.now()
    await draft.reread()
    expect(draft.editable).toBe(true)
    await phone.db.transaction('rw', phone.db.tables, () => forgetApplication(phone.db, draft.id))
    await vi.waitFor(() => expect(draft.editable).toBe(false))
    await draft.flush()
    await draft.reread()
    expect(await phone.db.applications.get(draft.id)).toBeUndefined()
    await draft.close()
  })

  it('goes on by itself after a full disk took the store away, reads and all', async () => {
    const { transaction } = phone.db
    const gone = () =>
      Promise.reject(
        Object.assign(new Error('Internal error opening backing store for indexedDB.open.'), { name: 'UnknownError' }),
      )
    phone.db.transaction = gone as unknown as typeof transaction
    draft.setField('employerName', '甲')
    await draft.flush()
    expect(draft.problem?.code).toBe('storage.full')
    expect(draft.answers.fields['employerName']).toBe('甲')
    phone.db.transaction = transaction
    await vi.waitFor(() => expect([draft.saved, draft.problem]).toEqual(['saved', null]), { timeout: 10_000 })
    expect((await waiting()).length).toBe(1)
    await draft.close()
  })

  it('writes again what the store had confirmed and then lost: what waited, a row, and what was typed last', async () => {
    draft.setField('employerName', '甲')
    await draft.flush()
    const row = await draft.addRow('educations')
    const before = await waiting()
    const lose = () =>
      phone.db.transaction('rw', phone.db.outbox, phone.db.meta, phone.db.applications, async () => {
        for (const table of [phone.db.outbox, phone.db.meta, phone.db.applications]) await table.clear()
      })
    // Nobody types: it is found out by itself.
    await lose()
    await vi.waitFor(async () => expect((await waiting()).map(({ id }) => id)).toEqual(before.map(({ id }) => id)))
    expect(await phone.db.applications.get(draft.id)).toMatchObject({ id: draft.id })
    // Lost together with what the page has not read back yet.
    draft.setField('employerName', '乙')
    const written = draft.flush()
    await lose()
    await written
    expect(draft.setField('workSummary', '丙').ok).toBe(true)
    await draft.flush()
    await vi.waitFor(async () => expect(await waiting()).toHaveLength(3))
    expect(draft.answers.fields).toMatchObject({ employerName: '乙', workSummary: '丙' })
    await phone.sync.now()
    expect(server.contentOf(draft.id).cells).toMatchObject({
      employerName: { value: '乙' },
      workSummary: { value: '丙' },
    })
    expect(row.ok && Object.keys(server.contentOf(draft.id).cells)).toContain(`educations/${row.ok && row.value}`)
    await draft.close()
  })

  it('[A35] does not bring back what was erased on purpose while it was open', async () => {
    draft.setField('employerName', '甲')
    await draft.flush()
    await eraseAccount(phone.db, ACCOUNT)
    await draft.reread()
    await draft.flush()
    expect([await phone.db.applications.count(), await phone.db.outbox.count()]).toEqual([0, 0])
    await draft.close()
  })

  it('does not bring back an application that is gone with nothing of it waiting', async () => {
    draft.setField('employerName', '甲')
    await draft.flush()
    await phone.sync.now()
    await draft.reread()
    await phone.db.transaction('rw', phone.db.outbox, phone.db.meta, phone.db.applications, async () => {
      for (const table of [phone.db.outbox, phone.db.meta, phone.db.applications]) await table.clear()
    })
    await draft.reread()
    await draft.flush()
    expect(await phone.db.applications.count()).toBe(0)
    await draft.close()
  })

  it('opens when the store can be read again, though it could not at first', async () => {
    await draft.close()
    const { get } = phone.db.applications
    phone.db.applications.get = (() =>
      Promise.reject(
        Object.assign(new Error('opening backing store'), { name: 'UnknownError' }),
      )) as unknown as typeof get
    await expect(phone.drafts.open(draft.id)).rejects.toThrow()
    await phone.drafts.flush()
    phone.db.applications.get = get
    expect(await phone.drafts.open(draft.id)).toMatchObject({ ok: true })
  })

  it('loses nothing when the store is closed under it (iOS in the background)', async () => {
    draft.setField('employerName', '甲')
    phone.db.close({ disableAutoOpen: true })
    await draft.flush()
    expect(draft.saved).toBe('saved')
    expect((await waiting()).length).toBe(1)
  })
})

describe('a draft that its owner deletes', () => {
  it.each([ok(), refuse('request.not-found')])(
    'is gone with all that waited for it, also where only the answer of the tap before was lost',
    async (answer) => {
      draft.setField('employerName', '甲')
      await draft.flush()
      expect(await phone.drafts.discard(draft.id, async () => answer)).toEqual(ok())
      expect([await phone.db.applications.count(), await phone.db.outbox.count()]).toEqual([0, 0])
      expect((await phone.db.meta.get(conflictsKey(ACCOUNT)))?.value).toBe(0)
    },
  )

  it('stays whole where the server does not delete it, or nobody has asked it to', async () => {
    draft.setField('employerName', '甲')
    await draft.flush()
    expect(await phone.drafts.discard(draft.id, async () => refuse('network.offline'))).toMatchObject({
      code: 'network.offline',
    })
    expect(draft.isEnded).toBe(false)
    await phone.drafts.discard(draft.id)
    expect([await phone.db.applications.count(), await phone.db.outbox.count()]).toEqual([1, 1])
  })
})

describe('a draft that several pages look at', () => {
  it('listens until the last of them has left, and is then opened anew', async () => {
    const again = await phone.drafts.open(draft.id)
    expect(again.ok && again.value).toBe(draft)
    await draft.close()
    expect(draft.isEnded).toBe(false)
    await draft.close()
    expect(draft.isEnded).toBe(true)
    const fresh = await phone.drafts.open(draft.id)
    expect(fresh.ok && fresh.value !== draft && !fresh.value.isEnded).toBe(true)
    if (fresh.ok) expect(fresh.value.id).toBe(draft.id)
  })
})

describe('a draft started without a network', () => {
  it('fills offline and meets the server’s own first cells without a conflict', async () => {
    const other = new TestPhone('b', server)
    await other.drafts.start(batch.id)
    other.weather = 'offline'
    const [kept] = await other.db.applications.toArray()
    await other.drafts.discard(kept?.id ?? '')
    const started = await other.drafts.start(batch.id)
    if (!started.ok) throw new Error(started.code)
    const { value: local } = started
    expect(local.isOnServer).toBe(false)
    local.setField('isCivilServant', true)
    local.setField('employerName', '乙')
    await local.flush()
    await other.sync.now()
    expect(other.sync.status.state).toBe('offline')
    expect(other.sync.status.waiting).toBe(2)

    other.weather = 'fine'
    await server.create(local.id)
    await other.sync.now()
    await local.reread()
    expect(await other.db.outbox.count()).toBe(0)
    expect(server.conflictsOf(local.id)).toEqual([])
    expect(server.contentOf(local.id).cells['isCivilServant']?.value).toBe(true)
    expect(local.isOnServer).toBe(true)
  })

  it('finds the one that was begun on another phone once it has come, though no page shows the list', async () => {
    const other = new TestPhone('d', server)
    const started = await other.drafts.start(batch.id)
    if (!started.ok) throw new Error(started.code)
    expect(other.drafts.list).toEqual([])
    expect(await other.drafts.joinable(batch.id, started.value.id)).toBeUndefined()
    await other.sync.saveNow()
    expect(other.drafts.list).toEqual([])
    expect((await other.drafts.joinable(batch.id, started.value.id))?.id).toBe(draft.id)
    expect(await other.drafts.joinable(batch.id, draft.id)).toBeUndefined()
    await other[Symbol.asyncDispose]()
  })

  it('moves into the one that was already started on another phone', async () => {
    const other = new TestPhone('c', server)
    const started = await other.drafts.start(batch.id)
    if (!started.ok) throw new Error(started.code)
    started.value.setField('employerName', '丙')
    await started.value.addRow('educations')
    await other.drafts.merge(started.value.id, draft.id)
    await other.sync.now()
    expect(await other.db.applications.get(started.value.id)).toBeUndefined()
    expect(server.contentOf(draft.id).cells['employerName']?.value).toBe('丙')
    expect(Object.keys(server.contentOf(draft.id).cells).some((path) => path.startsWith('educations/'))).toBe(true)
  })
})
