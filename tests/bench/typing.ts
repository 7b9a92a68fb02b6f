/**
 * How long a keystroke holds the page up on a slow phone: `npm run -s bench:typing` on a quiet machine.
 *
 * A real Chromium with the processor six times slower, an application of two hundred rows, typed into a field of a row among
 * fifty on one page and into the long text. Of each keystroke two spans are taken: `app`, from the input event to the page's new
 * layout, which is what the app does with the letter before it can be drawn; and `whole`, from the moment the key was pressed,
 * which has in it the browser's own work on a key, mostly a frame drawn, and the waiting for whatever was under way, autosave and
 * sync among it. Beside them stands what the page's processor spent a keystroke: a busy machine makes the spans longer, not that. The same keys into an
 * empty page with one bare box, in turn, say what the browser and the day's machine take for themselves: `whole` is more there than
 * the limit of issue 5, p95 under 16 ms, which is therefore held against `app`. Prints one JSON object.
 */
import { chromium, type Locator, type Page } from '@playwright/test'
import { isField, isList, itemsOf } from '#domain/forms/application-type.ts'
import { review } from '#domain/forms/review.ts'
import { chromiumArguments, chromiumExecutable } from '../chromium.ts'
import { RunningServer } from '../e2e/application.ts'
import { batchNamed } from '../e2e/filled-draft.ts'
import { emptyDraft, signInAs } from '../faults/people.ts'
import { mutationOf, type Wish } from '../world/application-walk.ts'

const LIMIT = 16
const SLOWER = 6
const ROWS = 200
/** In so many rounds, the bare page in between, so many keys each. */
const ROUNDS = 3
const KEYS = 60
/** The list that is typed into holds as many rows as it takes. */
const FULL = 'achievements'
const TEXT = '负责泰州市海陵区老旧小区改造工程的结构设计与现场技术指导，解决了地基不均匀沉降的难题。'

/** Two hundred rows over the lists of the form, as many in each as it takes, each with its texts filled. */
function wishes(): Wish[] {
  let left = ROWS
  return itemsOf(review)
    .filter(isList)
    .sort((a, b) => Number(b.id === FULL) - Number(a.id === FULL))
    .flatMap((list) => {
      const count = Math.min(left, list.atMost ?? ROWS)
      left -= count
      const texts = list.items.filter((item) => isField(item) && item.kind === 'text' && item.shows === undefined)
      return Array.from({ length: count }, (_, at): Wish[] => {
        const path = `${list.id}/${crypto.randomUUID()}`
        const filled = texts.map(({ id }): Wish => ({
          kind: 'setField',
          path: `${path}/${id}`,
          value: `第${at + 1}条`,
          base: 0,
        }))
        return [{ kind: 'addRow', path, position: at + 1 }, ...filled]
      }).flat()
    })
}

/** In the page: the app's listeners and all that they left to microtasks lie between the first listener and the last. */
const LISTENING = `
  globalThis.keystrokes = []
  let pressed = 0
  let begun = 0
  addEventListener('keydown', ({ timeStamp }) => (pressed = timeStamp), { capture: true })
  addEventListener('input', () => (begun = performance.now()), { capture: true })
  addEventListener('input', () => {
    document.body.getBoundingClientRect()
    const [from, app] = [pressed, performance.now() - begun]
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = () => keystrokes.push({ app, whole: performance.now() - from })
    port2.postMessage(null)
  })
`

interface Keystroke {
  readonly app: number
  readonly whole: number
}

/** Each keystroke in ms, typed one after the other with a person's pauses. */
async function typed(page: Page, field: Locator): Promise<Keystroke[]> {
  await field.click()
  await page.evaluate(LISTENING)
  for (let at = 0; at < KEYS; at += 1) {
    await page.keyboard.press('abcdefghij'[at % 10]!)
    // Autosave, the push and its answer fall in between, as they do for a person.
    await page.waitForTimeout(60)
  }
  return page.evaluate<Keystroke[]>('keystrokes')
}

const share = (times: readonly number[], part: number): number =>
  Math.round(times.toSorted((a, b) => a - b)[Math.floor(times.length * part)]! * 10) / 10
const spans = (times: readonly number[]) => ({
  medianMs: share(times, 0.5),
  p95Ms: share(times, 0.95),
  longestMs: share(times, 0.999),
})

const server = await RunningServer.create('typing', { environment: { DEMO: '1' } })
const browser = await chromium.launch({ executablePath: await chromiumExecutable(), args: [...chromiumArguments] })
try {
  const phone = await browser.newContext({
    baseURL: server.origin,
    viewport: { width: 390, height: 844 },
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
  })
  await signInAs(phone, 0)
  const batch = await batchNamed(phone.request, /工程系列中级/)
  const id = await emptyDraft(phone, server, batch.id)
  const all = wishes()
  for (let at = 0; at < all.length; at += 200) {
    const mutations = all.slice(at, at + 200).map((wish) => mutationOf(id, wish))
    const data = { protocol: 1, device: crypto.randomUUID(), known: {}, mutations }
    const answer = await phone.request.post('/api/sync', { data })
    if (!answer.ok()) throw new Error(`${answer.status()}: ${await answer.text()}`)
    const { results } = (await answer.json()) as { results: { outcome: string }[] }
    const refused = results.find(({ outcome }) => outcome !== 'applied')
    if (refused) throw new Error(JSON.stringify(refused))
  }
  interface Spent {
    readonly times: readonly Keystroke[]
    readonly processor: number
  }
  const measure = async (place: string, field: (page: Page) => Promise<Locator>): Promise<Spent> => {
    const page = await phone.newPage()
    await page.goto(place)
    const box = await field(page)
    const session = await phone.newCDPSession(page)
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
    await session.send('Performance.enable', { timeDomain: 'threadTicks' })
    const processor = async () => {
      const { metrics } = await session.send('Performance.getMetrics')
      return (metrics.find(({ name }) => name === 'ThreadTime')?.value ?? 0) * 1000
    }
    const before = await processor()
    const times = await typed(page, box)
    const spent = (await processor()) - before
    await page.close()
    return { times, processor: spent }
  }
  const places = {
    row: () =>
      measure(`/applications/${id}/achievements`, async (page) => {
        await page
          .getByRole('button', { name: /^编辑：/ })
          .nth(49)
          .click()
        return page.getByRole('dialog').getByLabel('专业技术工作项目、课题名称')
      }),
    longText: () =>
      measure(`/applications/${id}/workSummary`, async (page) => {
        const field = page.getByRole('textbox').first()
        await field.fill(TEXT.repeat(20))
        return field
      }),
    bare: () =>
      measure('about:blank', async (page) => {
        await page.setContent('<meta charset="utf-8"><textarea rows="14" cols="30"></textarea>')
        const field = page.getByRole('textbox')
        await field.fill(TEXT.repeat(20))
        return field
      }),
  }
  const spent: Record<keyof typeof places, Spent[]> = { row: [], longText: [], bare: [] }
  for (let round = 0; round < ROUNDS; round += 1)
    for (const place of ['row', 'bare', 'longText'] as const) spent[place].push(await places[place]())
  const of = (all: readonly Spent[]) => ({
    keystrokes: ROUNDS * KEYS,
    app: spans(all.flatMap(({ times }) => times.map(({ app }) => app))),
    whole: spans(all.flatMap(({ times }) => times.map(({ whole }) => whole))),
    processorMs: Math.round((all.reduce((sum, { processor }) => sum + processor, 0) / (ROUNDS * KEYS)) * 10) / 10,
  })
  const [row, longText, bare] = [of(spent.row), of(spent.longText), of(spent.bare)]
  const isSlow = Math.max(row.app.p95Ms, longText.app.p95Ms) > LIMIT
  console.log(JSON.stringify({ rows: ROWS, slower: SLOWER, limitMs: LIMIT, row, longText, bare, isSlow }))
  if (isSlow) process.exitCode = 1
} finally {
  await browser.close()
  await server.close()
}
