import { describe, expect, it } from 'vitest'
import { ok, refuse } from '#domain/problems.ts'
import type { QueuePage, QueueRow } from './desk.svelte.ts'
import { type AskPage, QueueList } from './queue-list.svelte.ts'
import { type QueueView, readQueueView } from './queue-view.ts'

const view = (page = 1): QueueView => ({ ...readQueueView(new URLSearchParams('?tab=all'), []), page })

/** A queue of so many, whose rows are called by their place. */
function queueOf(total: number) {
  const asked: number[] = []
  let offline = false
  const ask: AskPage = async ({ page }) => {
    asked.push(page)
    if (offline) return refuse('network.offline')
    const ids = Array.from({ length: 50 }, (_, at) => (page - 1) * 50 + at).filter((at) => at < total)
    const rows = ids.map((at) => ({ id: String(at) }) as QueueRow)
    return ok({ rows, total, page, pageSize: 50, counts: {} } as unknown as QueuePage)
  }
  return { ask, asked, goOffline: (is: boolean) => (offline = is) }
}

describe('a queue of twenty thousand', () => {
  it('is as long as it is at once, and fetches only what is looked at, once', async () => {
    const queue = queueOf(20_000)
    const list = new QueueList(queue.ask)
    await list.load(view())
    expect(list.rows).toHaveLength(20_000)
    expect(list.rows[49]!.id).toBe('49')
    expect(list.rows[50]).toBeUndefined()
    await Promise.all([list.need(19_990, 20_000), list.need(19_980, 20_000)])
    expect(list.rows[19_999]!.id).toBe('19999')
    expect(queue.asked).toEqual([1, 400])
    await list.need(40, 160)
    expect(queue.asked).toEqual([1, 400, 2, 3, 4])
  })

  it('begins at the page of its address', async () => {
    const list = new QueueList(queueOf(20_000).ask)
    await list.load(view(100))
    expect(list.rows[4950]!.id).toBe('4950')
    expect(list.rows[0]).toBeUndefined()
  })

  it('asks again for a page that did not come', async () => {
    const queue = queueOf(200)
    const list = new QueueList(queue.ask)
    await list.load(view())
    queue.goOffline(true)
    await list.need(60, 70)
    expect(list.rows[60]).toBeUndefined()
    queue.goOffline(false)
    await list.need(60, 70)
    expect(list.rows[60]!.id).toBe('60')
  })

  it('does not take the answer to an older question', async () => {
    const { ask } = queueOf(100)
    let answerOld: (() => void) | undefined
    const list = new QueueList(async (one) => {
      if (one.q === 'old') await new Promise<void>((done) => (answerOld = done))
      return ask(one)
    })
    const old = list.load({ ...view(2), q: 'old' })
    await list.load(view())
    answerOld!()
    expect(await old).toBeNull()
    expect(list.page!.page).toBe(1)
  })
})
