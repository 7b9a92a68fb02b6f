import { join } from 'node:path'
import type { BrowserContext, LaunchOptions, Page, PlaywrightWorkerArgs, Request } from '@playwright/test'
import { pdfOfSize } from '../world/pdf-files.ts'
import { random } from '../world/random.ts'
import { FaultWorld, SmallDisk } from '../faults/fault-world.ts'
import type { Passing } from '../faults/line.ts'
import { emptyDraft, signInAs } from '../faults/people.ts'
import { agreed, filesAreWhole, phoneState, serverTruth, type Truth } from '../faults/phone-state.ts'
import { expect, test } from './application.ts'
import { batchNamed, filledDraft } from './filled-draft.ts'
import { synced } from './walk.ts'

/**
 * Everything that can break while somebody fills and sends: the server killed at every step, the page killed, the network cut,
 * PostgreSQL crashed, the disk full, answers of somebody else, two devices at once. After each: nothing typed more than half
 * a second before is lost, nothing is there twice, no link leads nowhere, and phone and server stand the same.
 *
 * `npm test` runs the short form; `npm run test:faults` every step and two hundred orders. SEED repeats a run.
 */
const LONG = process.env['FAULTS'] === 'long'
const SEED = Number(process.env['SEED'] ?? Date.now() % 1e9)
const chance = random(SEED)

/** What was typed so long before a kill must be there after it, ms. */
const SAFE = 500

let world: FaultWorld
let phone: BrowserContext
let page: Page
let id = ''
/** names of the files that the application has by now */
let files: string[] = []

const STEP = 'summaryTechnical'
const FIRST = '主要技术工作经历'
const SECOND = '取得的成果与效益'
const SLOT = '专业技术工作总结附件'

/*
 * A case that cannot run somewhere says what it needs. Where `.ci/run` calls, all of them must run: `tests/run.mjs` counts one
 * that does not as failed.
 */

const phoneOptions = () => ({
  baseURL: world.line.origin,
  viewport: { width: 390, height: 844 },
  hasTouch: true,
  isMobile: true,
  locale: 'zh-CN',
  timezoneId: 'Asia/Shanghai',
})

async function openStep(context: BrowserContext, application = id, step = STEP): Promise<Page> {
  const opened = await context.newPage()
  await opened.goto(`/applications/${application}/${step}`)
  await expect(opened.getByRole('heading', { level: 1 })).toBeVisible({ timeout: 30_000 })
  return opened
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(180_000)
  console.log(`  faults: ${LONG ? 'long' : 'short'} form, SEED=${SEED}`)
  world = await FaultWorld.open()
  phone = await browser.newContext(phoneOptions())
  await signInAs(phone, 0)
  const batch = await batchNamed(phone.request, /工程系列中级/)
  id = await emptyDraft(phone, world.server, batch.id)
  page = await openStep(phone)
})
test.afterAll(async () => {
  await phone.close()
  await world.close()
})
test.afterEach(async () => {
  world.line.heal()
  expect(await world.orphans()).toEqual({})
})

const field = (label: string, on = page) => on.getByLabel(label, { exact: true })
const serverValue = async (path: string) => (await serverTruth(page, id)).cells[path]?.value ?? null
/** For `agreed`: this is what the field has in the end. */
const holds =
  (value: string, path = 'summaryCareer') =>
  (truth: Truth) =>
    expect(truth.cells[path]?.value).toBe(value)

let made = 0
/** A PDF that nobody has sent before. */
function freshPdf(size: number): { name: string; mimeType: string; buffer: Buffer } {
  made += 1
  const mark = Buffer.from(`\n% ${SEED}-${made}\n`)
  const buffer = Buffer.concat([pdfOfSize(size - mark.length), mark])
  return { name: `材料${made}.pdf`, mimeType: 'application/pdf', buffer }
}

const sheet = () => page.getByRole('dialog', { name: '附件材料' })
/** @param ready called when the file is chosen and nothing of it has gone */
async function startUpload(size = 120_000, ready = () => {}, count = 1): Promise<void> {
  const fresh = Array.from({ length: count }, () => freshPdf(size))
  if (!(await sheet().isVisible())) await page.getByRole('button', { name: `附件材料：${SLOT}` }).click()
  await page.locator('input[data-slot="technicalSummaryFile"]').setInputFiles(fresh)
  await expect(sheet().getByRole('button', { name: '开始上传' })).toBeVisible()
  ready()
  await sheet().getByRole('button', { name: '开始上传' }).click()
  files.push(...fresh.map(({ name }) => name))
}
async function uploaded(): Promise<void> {
  const again = sheet().getByRole('button', { name: /^再传一次/ })
  await expect(async () => {
    if (await again.isVisible()) await again.first().click()
    expect((await phoneState(page, id)).uploads).toEqual([])
  }).toPass({ timeout: 60_000, intervals: [200, 400, 800] })
  await filesAreWhole(page, await agreed(page, id), files)
  if (await sheet().isVisible()) await sheet().getByRole('button', { name: '关闭' }).click()
  await expect(sheet()).toBeHidden()
}
/** Takes the files away again, as another device would: a slot holds ten. */
async function clearSlot(): Promise<void> {
  const { files: there } = await serverTruth(page, id)
  const mutations = there.map(({ id: attachmentId, path }) => ({
    kind: 'detach',
    id: crypto.randomUUID(),
    applicationId: id,
    path,
    attachmentId,
  }))
  const data = { protocol: 1, device: crypto.randomUUID(), known: {}, mutations }
  expect((await page.request.post('/api/sync', { data })).ok()).toBe(true)
  files = []
  await agreed(page, id)
}

/** Types one character after the other, each remembered with its moment. */
class Typing {
  readonly #at: number[] = []
  readonly text: string
  #stopped = false
  #failure: unknown
  readonly #done: Promise<void>

  constructor(on: Page, label: string, text: string, gap = 25) {
    this.text = text
    this.#done = this.#type(on, label, gap).catch((error: unknown) => {
      this.#failure = error
    })
  }
  async #type(on: Page, label: string, gap: number): Promise<void> {
    await field(label, on).fill('')
    // A sheet that has just closed gives the focus back to its button: what is typed then would go nowhere.
    await expect(on.getByRole('dialog')).toHaveCount(0)
    await field(label, on).focus()
    for (const one of this.text) {
      if (this.#stopped) return
      await on.keyboard.insertText(one)
      this.#at.push(Date.now())
      await on.waitForTimeout(gap)
    }
  }
  /** Resolves when so many characters are typed. */
  async reaches(count: number): Promise<void> {
    await expect.poll(() => this.#failure ?? this.#at.length >= count, { intervals: [10], timeout: 20_000 }).toBe(true)
  }
  /** The page was killed under it, or that is what comes next: how it ended does not matter. */
  stop(): Promise<void> {
    this.#stopped = true
    return this.#done
  }
  /** Resolves when all is typed. */
  async finish(): Promise<void> {
    await this.#done
    if (this.#failure) throw this.#failure
  }
  /** What must have survived a kill at this moment. */
  safeAt(moment: number): string {
    return [...this.text].slice(0, this.#at.filter((at) => at <= moment - SAFE).length).join('')
  }
}
const words = (length: number) =>
  Array.from({ length }, () => String.fromCodePoint(0x4e00 + chance.below(3000))).join('')

/** The renderer dies as a phone's memory killer ends it: no pagehide, no last write. */
async function crash(victim: Page): Promise<number> {
  const session = await victim.context().newCDPSession(victim)
  const gone = victim.waitForEvent('crash')
  const moment = Date.now()
  session.send('Page.crash').catch(() => {})
  await gone
  await victim.close()
  return moment
}

const isTo =
  (end: string) =>
  ({ method, path }: Passing) =>
    method === 'POST' && path === `/api/uploads${end}`

test.describe('the server is killed with kill -9', () => {
  /** Before a request reaches it, and when it has answered but nobody heard. */
  for (const { what, matches, count = 1, cut = () => false } of [
    // Asked for files that may have come before: several that went together, of which nobody heard.
    { what: 'the question whether a file is known', count: 2, matches: isTo('/known'), cut: isTo('/together') },
    { what: 'the bytes', matches: isTo('') },
    { what: 'the bytes of several that go together', count: 3, matches: isTo('/together') },
    { what: 'the link', matches: ({ path }: Passing) => path === '/api/sync' },
  ]) {
    test(`[S1] [R46] at ${what} of an upload: each file arrives once, whole`, async () => {
      for (const when of LONG ? (['before', 'after'] as const) : [chance.pick(['before', 'after'] as const)]) {
        await clearSlot()
        let killed = false
        const kill = async (passing: Passing) => {
          if (killed || !matches(passing)) return false
          killed = true
          await world.restart()
          return true
        }
        const ready = () => {
          world.line.rule = async (passing) => {
            if (cut(passing)) return 'cut-answer'
            if (when === 'before') return (await kill(passing)) ? 'cut-request' : undefined
            return !killed && matches(passing) ? 'cut-answer' : undefined
          }
          if (when === 'after') world.line.answered = async (passing) => void (await kill(passing))
        }
        await startUpload(120_000, ready, count)
        await expect.poll(() => killed, { timeout: 20_000 }).toBe(true)
        world.line.heal()
        await uploaded()
      }
    })
  }

  test('[S1] [S12] at each step of an upload inside the server: the file arrives once, whole', async () => {
    test.skip(world.database === null, "needs PostgreSQL's initdb and pg_ctl: a database of its own")
    test.setTimeout(LONG ? 1_800_000 : 180_000)
    const wire = world.database!.line
    await clearSlot()
    // How many there are, undisturbed.
    wire.arm(Infinity, 'before', () => {})
    await startUpload()
    await uploaded()
    const { steps } = wire.disarm()
    expect(steps).toBeGreaterThan(10)
    const at = LONG ? Array.from({ length: steps }, (_, index) => index + 1) : chance.some(1, Math.floor(steps * 0.8))
    /** @returns whether the server was killed: an upload may take fewer steps than the one that was counted */
    const uploadKilledAt = async (step: number): Promise<boolean> => {
      await clearSlot()
      let restarted: Promise<void> | undefined
      wire.arm(step, chance.pick(['before', 'after']), () => (restarted = world.restart()))
      await startUpload()
      await expect(async () => {
        if (restarted) return restarted
        expect(await sheet().getByText('已上传').count()).toBeGreaterThan(0)
      }).toPass({ timeout: 30_000 })
      const { struck } = wire.disarm()
      await uploaded()
      expect(await world.orphans()).toEqual({})
      return struck
    }
    for (const counted of at) {
      let step = counted
      let struck = await uploadKilledAt(step)
      // The short form proves nothing where nobody was killed: nearer to the beginning, until somebody is.
      while (!struck && !LONG && step > 1) {
        step = Math.floor(step / 2)
        struck = await uploadKilledAt(step)
      }
      expect(struck || LONG).toBe(true)
      if (!struck) break
    }
  })

  test('[S12] [R89] at each step of a submit: it is submitted once or not at all, and the receipt comes', async ({
    browser,
  }) => {
    test.setTimeout(LONG ? 1_800_000 : 180_000)
    const other = await browser.newContext(phoneOptions())
    await signInAs(other, 1)
    const desk = await other.newPage()
    const batch = await batchNamed(other.request, /工程系列中级/)
    const mine = await filledDraft(desk, world.server, batch)
    const submitting = await openStep(other, mine, 'materials')
    const submit = async () => {
      const asking = submitting.getByRole('dialog', { name: '完成提交' })
      await expect(asking).toBeHidden()
      await submitting.getByRole('button', { name: '完成提交' }).click()
      await asking.getByRole('button', { name: '确认完成提交' }).click()
    }
    const state = async () => (await serverTruth(submitting, mine)).state
    const steps = world.database ? (LONG ? 200 : 1) : 0
    // the first ones are surely reached: a round in which nobody was killed proves nothing
    const first = LONG ? 0 : chance.below(6)
    for (let round = 0; round < steps; round += 1) {
      const version = (await serverTruth(submitting, mine)).version
      let restarted: Promise<void> | undefined
      // Counted from the submit itself on, not from the pull before it.
      world.line.rule = ({ path }) => {
        if (path.endsWith('/submit'))
          world.database!.line.arm(first + round + 1, 'before', () => (restarted = world.restart()))
        return undefined
      }
      await submit()
      await expect(async () => {
        if (restarted) return restarted
        await expect(submitting).toHaveURL(/\/receipt/, { timeout: 100 })
      }).toPass({ timeout: 30_000 })
      world.line.heal()
      const { struck } = world.database!.line.disarm()
      expect(struck || round > 0).toBe(true)
      if (!struck) break
      // Killed before its commit: as if nothing had been asked.
      if ((await state()) !== 'DRAFT') break
      expect((await serverTruth(submitting, mine)).version).toBe(version)
      expect(await world.orphans()).toEqual({})
      await expect(submitting.getByRole('alert').first()).toBeVisible()
    }
    if ((await state()) === 'DRAFT') {
      // The last step of all: done, and nobody heard.
      let done = false
      let isBack = false
      world.line.rule = ({ path }) => (path.endsWith('/submit') && !done ? 'cut-answer' : undefined)
      world.line.answered = async ({ path }) => {
        if (!path.endsWith('/submit') || done) return
        done = true
        await world.restart()
        isBack = true
      }
      await submit()
      await expect.poll(() => isBack, { timeout: 60_000 }).toBe(true)
      world.line.heal()
      // It learns by itself what became of it.
      await submitting.evaluate(() => dispatchEvent(new Event('online')))
    }
    await expect(submitting).toHaveURL(/\/receipt/, { timeout: 30_000 })
    expect(await state()).toBe('SUBMITTED')
    await expect(submitting.getByText(/^\d{4}321202P\d{7}-\d$/)).toBeVisible()
    await other.close()
  })
})

test('the page is killed while somebody types: nothing older than half a second is lost', async () => {
  for (let round = 0; round < (LONG ? 20 : 1); round += 1) {
    const typing = new Typing(page, FIRST, words(120))
    await typing.reaches(30 + chance.below(50))
    const safe = typing.safeAt(await crash(page))
    await typing.stop()
    page = await openStep(phone)
    await expect(field(FIRST)).not.toHaveValue('')
    const value = await field(FIRST).inputValue()
    expect(typing.text.startsWith(value)).toBe(true)
    expect(value.length).toBeGreaterThanOrEqual(safe.length)
    expect((await agreed(page, id, holds(value))).conflicts).toEqual([])
  }
})

test('[S9] killed between the store and the push: what only the phone has goes up when it is opened again', async () => {
  await synced(page)
  await phone.setOffline(true)
  const value = words(40)
  await field(FIRST).fill(value)
  await expect
    .poll(async () => (await phoneState(page, id)).outbox.map(({ mutation }) => mutation.value))
    .toContain(value)
  await crash(page)
  expect(await serverValueAside('summaryCareer')).not.toBe(value)
  await phone.setOffline(false)
  page = await openStep(phone)
  await expect(field(FIRST)).toHaveValue(value)
  await agreed(page, id, holds(value))
})
/** The same as `serverValue` where no page is open. */
const serverValueAside = async (path: string) => {
  const data = { protocol: 1, device: crypto.randomUUID(), known: {}, mutations: [] }
  await phone.setOffline(false)
  const answer = await (await phone.request.post('/api/sync', { data })).json()
  return answer.applications.find((one: { id: string }) => one.id === id).cells[path]?.value ?? null
}

test('[S1] [S2] the network is cut after the request and before the answer: nothing is done twice', async () => {
  for (let round = 0; round < (LONG ? 15 : 1); round += 1) {
    let cuts = 1 + chance.below(3)
    world.line.rule = ({ path }) =>
      path === '/api/sync' && cuts-- > 0 ? chance.pick(['cut-answer', 'cut-answer', 'cut-request'] as const) : undefined
    const before = (await serverTruth(page, id)).version
    const typing = new Typing(page, FIRST, words(60), 20)
    await typing.finish()
    const truth = await agreed(page, id, holds(typing.text))
    expect(truth.conflicts).toEqual([])
    expect(truth.version).toBeGreaterThan(before)
  }
})

test('[S12] PostgreSQL crashes and comes back while somebody types and a file is on its way', async () => {
  test.skip(world.database === null, "needs PostgreSQL's initdb and pg_ctl: a database of its own")
  await clearSlot()
  for (let round = 0; round < (LONG ? 5 : 1); round += 1) {
    await startUpload()
    await sheet().getByRole('button', { name: '关闭' }).click()
    const typing = new Typing(page, FIRST, words(80), 15)
    await typing.reaches(10 + chance.below(30))
    world.database!.postgres.crash()
    await typing.finish()
    world.database!.postgres.comeBack()
    await page.getByRole('button', { name: `附件材料：${SLOT}` }).click()
    await uploaded()
    await agreed(page, id, holds(typing.text))
  }
})

test('[R46] 10 MB cut at 90 % go on where they stopped: at most a tenth and one chunk are sent again', async () => {
  const chunk = 1024 * 1024
  const size = 10_000_000
  const row = crypto.randomUUID()
  const path = `achievements/${row}`
  const data = {
    protocol: 1,
    device: crypto.randomUUID(),
    known: {},
    mutations: [{ kind: 'addRow', id: crypto.randomUUID(), applicationId: id, path, position: 1 }],
  }
  expect((await page.request.post('/api/sync', { data })).ok()).toBe(true)
  await agreed(page, id)
  const desk = await openStep(phone, id, 'achievements')
  await desk.getByRole('button', { name: '附件材料：项目佐证材料' }).first().click()
  const place = desk.getByRole('dialog', { name: '附件材料' })
  await desk.locator(`input[data-slot="${path}/proof"]`).setInputFiles(freshPdf(size))
  world.line.forget()
  let cut = false
  world.line.rule = ({ method, path: to }) => {
    if (!to.startsWith('/api/uploads') || method === 'HEAD' || to.endsWith('/known')) return undefined
    // In the tunnel nothing passes; before it, everything until nine tenths are through.
    if (cut) return 'cut-request'
    const left = size * 0.9 - world.line.bytesTo('/api/uploads')
    if (left > chunk) return undefined
    cut = true
    return { cutAfter: Math.max(1, Math.floor(left)) }
  }
  await place.getByRole('button', { name: '开始上传' }).click()
  // It is decided when a request begins; its bytes come after.
  await expect.poll(() => cut && world.line.bytesTo('/api/uploads') / size, { timeout: 60_000 }).toBeGreaterThan(0.85)
  const before = world.line.bytesTo('/api/uploads')
  // The app is opened again, on another network.
  await crash(desk)
  world.line.heal()
  world.line.forget()
  const again = await openStep(phone, id, 'achievements')
  const truth = await agreed(again, id, undefined, 90_000)
  const sent = world.line.bytesTo('/api/uploads')
  console.log(`  10 MB: ${before} bytes until the cut, ${sent} after it`)
  expect(sent).toBeLessThanOrEqual(size * 0.1 + chunk)
  const file = truth.files.find((one) => one.path === `${path}/proof`)
  expect(file?.size).toBe(size)
  await again.close()
  await page.request.post('/api/sync', {
    data: {
      ...data,
      mutations: [
        { kind: 'removeRow', id: crypto.randomUUID(), applicationId: id, path, base: truth.version, files: [file!.id] },
      ],
    },
  })
})

test('the disk of the server is full: the file stays here and says so, typing goes on; with room again it goes up', async () => {
  test.skip(world.disk === undefined, 'needs root on Linux: mounts a small disk to fill it')
  await clearSlot()
  world.disk!.fill(40_000)
  await startUpload(300_000)
  await expect(
    sheet()
      .getByText(/没有上传成功|再传一次/)
      .first(),
  ).toBeVisible({ timeout: 45_000 })
  const value = words(30)
  await sheet().getByRole('button', { name: '关闭' }).click()
  await field(FIRST).fill(value)
  await expect.poll(() => serverValue('summaryCareer'), { timeout: 20_000 }).toBe(value)
  world.disk!.empty()
  await page.getByRole('button', { name: `附件材料：${SLOT}` }).click()
  await uploaded()
})

test('[R20] [S9] the window closes while a file and a text are on their way: they stay here and say so; extended, they go up', async () => {
  test.skip(world.database === null, "needs PostgreSQL's initdb and pg_ctl: a database of its own")
  await clearSlot()
  const { sql } = world.database!
  const [batch] = await sql<{ id: string; closesAt: Date }[]>`
    select b.id, b.closes_at from batch b join application a on a.batch_id = b.id where a.id = ${id}`
  const closeAt = (moment: Date) => sql`update batch set closes_at = ${moment} where id = ${batch!.id}`
  const before = await serverTruth(page, id)
  const closesAt = new Date((await world.server.now()) + 12_000)
  await closeAt(closesAt)
  await page.reload()
  await expect(field(FIRST)).toBeVisible()
  const isOver = async () => (await world.server.now()) > closesAt.getTime()
  // Begun before the end, arrived after it.
  world.line.rule = async ({ method, path }) => {
    if (method === 'POST' && (path === '/api/uploads' || path === '/api/sync'))
      await expect.poll(isOver, { timeout: 30_000, intervals: [100] }).toBe(true)
    return undefined
  }
  await startUpload()
  await sheet().getByRole('button', { name: '关闭' }).click()
  const value = words(30)
  await field(FIRST).fill(value)
  await field(FIRST).blur()
  expect(await isOver()).toBe(false)
  // Both are refused by the time at which the server got them, and neither is dropped.
  await expect(async () => {
    const { outbox, uploads } = await phoneState(page, id)
    expect(outbox).toMatchObject([{ path: 'summaryCareer', state: 'refused', code: 'batch.closed' }])
    expect(outbox[0]?.mutation.value).toBe(value)
    expect(uploads).toMatchObject([{ state: 'failed', code: 'batch.closed' }])
  }).toPass({ timeout: 40_000 })
  world.line.heal()
  expect(await serverTruth(page, id)).toMatchObject({ version: before.version, files: [] })
  await expect(page.getByText('现在不能修改').first()).toBeVisible()
  // The office extends it: a day more, on the phone with the next look at the batches.
  await closeAt(batch!.closesAt)
  await page.reload()
  await page.getByRole('button', { name: `附件材料：${SLOT}` }).click()
  await uploaded()
  await field(FIRST).fill(`${value}了`)
  expect(await agreed(page, id)).toMatchObject({ cells: { summaryCareer: { value: `${value}了` } } })
})

test('[S9] answers of somebody else, 4xx and 5xx at random: nothing is lost and nothing is done twice', async () => {
  await clearSlot()
  const statuses = [400, 403, 404, 408, 413, 429, 500, 502, 503, 504]
  let left = LONG ? 60 : 5
  const met = new Set<number>()
  world.line.rule = ({ method, path }) => {
    if (method === 'GET' || !/^\/api\/(sync|uploads)/.test(path) || left <= 0 || chance.below(2) === 0) return undefined
    left -= 1
    const status = chance.pick(statuses)
    met.add(status)
    return { status }
  }
  await startUpload()
  await sheet().getByRole('button', { name: '关闭' }).click()
  const typed: string[] = []
  for (let round = 0; round < (LONG ? 12 : 2); round += 1) {
    const typing = new Typing(page, round % 2 === 0 ? FIRST : SECOND, words(30), 15)
    await typing.finish()
    typed.push(typing.text)
    await page.evaluate(() => dispatchEvent(new Event('online')))
  }
  world.line.heal()
  await page.getByRole('button', { name: `附件材料：${SLOT}` }).click()
  await uploaded()
  expect(met.size).toBeGreaterThan(0)
  await agreed(page, id, (truth) => {
    holds(typed.at(-2)!)(truth)
    holds(typed.at(-1)!, 'summaryResults')(truth)
  })
})

test('[S4] [S8] two devices edit the same application offline, in random orders: no value typed is lost', async ({
  browser,
}) => {
  test.setTimeout(LONG ? 2_400_000 : 120_000)
  const second = await browser.newContext({ ...phoneOptions(), storageState: await phone.storageState() })
  const pages = [page, await openStep(second)] as const
  const contexts = [phone, second] as const
  const labels = [FIRST, SECOND] as const
  const paths = ['summaryCareer', 'summaryResults'] as const
  for (let order = 0; order < (LONG ? 200 : 3); order += 1) {
    await agreed(pages[0], id)
    await agreed(pages[1], id)
    const truth = await agreed(pages[0], id)
    expect(truth.conflicts).toEqual([])
    /** what was typed and was on no screen when something else was typed there: by value, where */
    const open = new Map<string, string>()
    const offline = [false, false]
    for (let step = 0; step < 3 + chance.below(6); step += 1) {
      const who = chance.below(2) as 0 | 1
      if (chance.below(4) === 0) {
        offline[who] = !offline[who]
        await contexts[who].setOffline(offline[who])
        continue
      }
      const which = chance.below(2) as 0 | 1
      const value = words(5 + chance.below(8))
      open.delete(await field(labels[which], pages[who]).inputValue())
      await field(labels[which], pages[who]).fill(value)
      open.set(value, paths[which])
      if (chance.below(3) === 0) await field(labels[which], pages[who]).blur()
    }
    for (const context of contexts) await context.setOffline(false)
    for (const each of [...pages, ...pages]) await agreed(each, id)
    const met = await agreed(pages[0], id)
    for (const [value, path] of open) {
      const beside = met.conflicts.filter((one) => one.path === path).map((one) => one.other)
      expect([met.cells[path]?.value, ...beside]).toContain(value)
    }
    // A person chooses, on either device.
    const chooser = pages[chance.below(2)]!
    const choice = chooser.getByRole('button', { name: chance.pick(['保留本机', '保留另一台']) })
    for (let left = new Set(met.conflicts.map(({ path }) => path)).size; left > 0; left -= 1) {
      await choice.first().click()
      await expect(choice).toHaveCount(left - 1)
    }
  }
  await agreed(pages[1], id)
  expect((await agreed(pages[0], id)).conflicts).toEqual([])
  await second.close()
})

for (const days of LONG ? [1, -1] : [1]) {
  test(`the phone's clock is a day ${days > 0 ? 'ahead' : 'behind'}: it says so, and everything works by the server's time`, async () => {
    await page.close()
    page = await phone.newPage()
    await page.clock.install({ time: Date.now() + days * 86_400_000 })
    await page.goto('/home')
    await expect(page.getByText(new RegExp(`这台手机的时间${days > 0 ? '快' : '慢'}了`))).toBeVisible({
      timeout: 30_000,
    })
    await page.goto(`/applications/${id}/${STEP}`)
    await expect(field(FIRST)).toBeVisible()
    const value = words(20)
    await field(FIRST).fill(value)
    await expect.poll(() => serverValue('summaryCareer'), { timeout: 60_000 }).toBe(value)
    await page.close()
    page = await openStep(phone)
    await agreed(page, id)
  })
}

test('the code of a page does not come: it says so, and opens by itself when the server is back', async ({
  browser,
}) => {
  // A browser without a service worker: nothing but what was opened before is on the phone.
  const other = await browser.newContext({
    ...phoneOptions(),
    serviceWorkers: 'block',
    storageState: await phone.storageState(),
  })
  const there = await openStep(other)
  const back = there.getByRole('link', { name: '返回' })
  await expect(back).toHaveAttribute('href', `/applications/${id}`)
  world.line.rule = ({ path }) =>
    path.startsWith('/_app/immutable/') || path === '/api/health' ? 'cut-request' : undefined
  await back.click()
  await expect(there.getByRole('heading', { name: '暂时连不上，打不开这一页' })).toBeVisible()
  const opened = there.waitForEvent('load')
  world.line.heal()
  await opened
  await expect(there).toHaveURL(new RegExp(`/applications/${id}$`))
  await expect(there.getByText('暂时连不上')).toBeHidden()
  await expect(there.getByRole('heading', { level: 1 })).toBeVisible()
  await other.close()
})

test('the server is away while the phone has a network: it is asked ever more seldom, and what was typed goes up when it is back', async () => {
  await page.evaluate(() => navigator.serviceWorker.ready)
  // Counted in the page: the browser itself tries a request again on another connection.
  const asked: number[] = []
  const count = (request: Request) => void (request.url().endsWith('/api/sync') && asked.push(Date.now()))
  page.on('request', count)
  world.line.rule = ({ path }) => (path === '/api/sync' ? 'cut-request' : undefined)
  const value = words(20)
  await field(FIRST).fill(value)
  // Who asks again at once asks five times within a second.
  await expect.poll(() => asked.length, { timeout: 60_000 }).toBeGreaterThanOrEqual(5)
  expect(asked[4]! - asked[0]!).toBeGreaterThan(3_000)
  page.off('request', count)
  world.line.heal()
  await expect.poll(() => serverValue('summaryCareer'), { timeout: 60_000 }).toBe(value)
  await agreed(page, id)
})

test('a new version comes in the middle of a draft: it waits, and letting it in loses nothing', async () => {
  const ready = () => page.evaluate(() => navigator.serviceWorker.ready.then(({ active }) => active?.state))
  await expect.poll(ready).toBe('activated')
  await page.reload()
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
  world.line.rule = ({ path }) =>
    path === '/service-worker.js' ? { rewrite: (text) => `${text}\n// ${SEED}` } : undefined
  const typing = new Typing(page, FIRST, words(80), 15)
  await typing.reaches(15)
  await page.evaluate(() => navigator.serviceWorker.getRegistration().then((found) => found?.update()))
  const offer = page.getByRole('button', { name: '有新版本，点此更新' })
  // its files come first, as in an installation
  await expect(offer).toBeVisible({ timeout: 60_000 })
  await typing.finish()
  // It has waited: the same page, with everything in it.
  await expect(field(FIRST)).toHaveValue(typing.text)
  await field(FIRST).press('End')
  const more = words(6)
  await page.keyboard.insertText(more)
  const loaded = page.waitForEvent('load')
  await offer.click()
  await loaded
  await expect(field(FIRST)).toHaveValue(typing.text + more)
  await expect(offer).toBeHidden()
  await agreed(page, id, holds(typing.text + more))
})

/** A phone whose browser keeps everything on a small disk that can be filled. */
async function onSmallPhone(
  playwright: PlaywrightWorkerArgs['playwright'],
  launchOptions: LaunchOptions,
  use: (small: BrowserContext, disk: SmallDisk) => Promise<void>,
): Promise<void> {
  const disk = SmallDisk.mount()
  test.skip(disk === undefined, 'needs root on Linux: mounts a small disk to fill it')
  const small = await playwright.chromium.launchPersistentContext(join(disk!.folder, 'profile'), {
    ...launchOptions,
    ...phoneOptions(),
  })
  try {
    await use(small, disk!)
  } finally {
    await small.close()
    disk!.unmount()
  }
}

test('the phone is full: it says so and what was typed stays on the screen; with room again it goes on with what it kept', async ({
  playwright,
  launchOptions,
}) => {
  await onSmallPhone(playwright, launchOptions, async (small, disk) => {
    await small.addCookies(await phone.cookies())
    const narrow = await openStep(small)
    await agreed(narrow, id)
    const written = words(400)
    // A heading stands before the form does.
    await expect(field(FIRST, narrow)).toBeVisible()
    disk.fill(0)
    await field(FIRST, narrow).fill(written)
    await field(FIRST, narrow).blur()
    const told = narrow.getByText('手机空间不足').first()
    await expect(async () => {
      // The browser keeps a little of its own: it may take some writing until the disk is really full.
      await field(SECOND, narrow).fill(words(500))
      await expect(told).toBeVisible({ timeout: 700 })
    }).toPass({ timeout: 30_000 })
    await expect(field(FIRST, narrow)).toHaveValue(written)
    // With room again it is written by itself, without a reload, and goes up.
    const later = await field(SECOND, narrow).inputValue()
    disk.empty()
    await expect(told).toBeHidden({ timeout: 40_000 })
    await agreed(narrow, id, ({ cells }) =>
      expect(cells).toMatchObject({ summaryCareer: { value: written }, summaryResults: { value: later } }),
    )
    // Opened again: what was kept is whole, and the app goes on.
    await narrow.close()
    const again = await openStep(small)
    await expect(field(FIRST, again)).not.toHaveValue('')
    await field(FIRST, again).fill(written, { timeout: 60_000 })
    await agreed(again, id, holds(written))
  })
})

test('the phone is full when a form is opened: it says so, and with room again the form opens by itself', async ({
  playwright,
  launchOptions,
}) => {
  await onSmallPhone(playwright, launchOptions, async (small, disk) => {
    // Somebody was here before: where even the browser's own books could not be begun, only a new start of it helps.
    const narrow = await small.newPage()
    await narrow.goto('/apply/login')
    const stores = () => narrow.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))
    await expect.poll(stores).toContain('zhicheng')
    await small.addCookies(await phone.cookies())
    disk.fill(0)
    await narrow.goto(`/applications/${id}/${STEP}`)
    await expect(narrow.getByText(/手机空间不足|本机存储打不开/).first()).toBeVisible()
    await expect(narrow.getByRole('button', { name: '再试一次' })).toBeVisible()
    disk.empty()
    await expect(field(FIRST, narrow)).toBeVisible()
    const written = words(20)
    await field(FIRST, narrow).fill(written)
    await agreed(narrow, id, holds(written))
  })
})

test('the browser gives no more room: it says so and what was typed stays on the screen; given more, it is written and goes up', async ({
  playwright,
  launchOptions,
}, testInfo) => {
  // In a private context, as the others are, Chromium takes no word about quotas.
  const kept = await playwright.chromium.launchPersistentContext(testInfo.outputPath('profile'), {
    ...launchOptions,
    ...phoneOptions(),
  })
  try {
    await kept.addCookies(await phone.cookies())
    const narrow = await openStep(kept)
    await agreed(narrow, id)
    const session = await kept.newCDPSession(narrow)
    const room = (quotaSize?: number) =>
      session.send('Storage.overrideQuotaForOrigin', {
        origin: world.line.origin,
        ...(quotaSize !== undefined && { quotaSize }),
      })
    await room(1)
    const written = words(400)
    const told = narrow.getByText('手机空间不足').first()
    await expect(async () => {
      await field(FIRST, narrow).fill(written)
      await field(SECOND, narrow).fill(words(500))
      await expect(told).toBeVisible({ timeout: 3_000 })
    }).toPass({ timeout: 60_000 })
    await expect(field(FIRST, narrow)).toHaveValue(written)
    const later = await field(SECOND, narrow).inputValue()
    await room()
    await expect(told).toBeHidden({ timeout: 40_000 })
    await agreed(narrow, id, ({ cells }) =>
      expect(cells).toMatchObject({ summaryCareer: { value: written }, summaryResults: { value: later } }),
    )
  } finally {
    await kept.close()
  }
})
