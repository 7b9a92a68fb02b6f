import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { ViewerAnswer, ViewerRequest } from './messages.ts'
import { PdfPages } from './pdf-pages.ts'

/** A worker that answers what the test says. */
class TestWorker extends EventTarget {
  static newest: TestWorker
  asked: ViewerRequest[] = []
  constructor() {
    super()
    TestWorker.newest = this
  }
  postMessage(request: ViewerRequest): void {
    this.asked.push(request)
  }
  answers(data: ViewerAnswer): void {
    this.dispatchEvent(new MessageEvent('message', { data }))
  }
  stops(): void {
    this.dispatchEvent(new Event('error'))
  }
}

let online: boolean
beforeEach(() => {
  online = false
  vi.stubGlobal('Worker', TestWorker)
  vi.stubGlobal('navigator', {
    get onLine() {
      return online
    },
  })
})
afterEach(() => {
  vi.unstubAllGlobals()
})

const bytes = () => new ArrayBuffer(8)

it('a document that does not open is told from an engine that did not come', async () => {
  const pages = new PdfPages()
  const damaged = pages.open(bytes())
  const notHere = pages.open(bytes())
  const opened = pages.open(bytes())
  TestWorker.newest.answers({ id: 1, failed: 'attachment.damaged' })
  TestWorker.newest.answers({ id: 2, failed: 'network.offline' })
  TestWorker.newest.answers({ id: 3, pages: 4 })
  expect(await damaged).toMatchObject({ ok: false, code: 'attachment.damaged' })
  expect(await notHere).toMatchObject({ ok: false, code: 'network.offline' })
  expect(await opened).toEqual({ ok: true, value: 4 })
})

it('where the code of the viewer does not come it is the network, also when that was known before a file was opened', async () => {
  const pages = new PdfPages()
  const asked = pages.open(bytes())
  TestWorker.newest.stops()
  expect(await asked).toMatchObject({ code: 'network.offline' })
  expect(await pages.open(bytes())).toMatchObject({ code: 'network.offline' })
  online = true
  const again = new PdfPages()
  TestWorker.newest.stops()
  expect(await again.open(bytes())).toMatchObject({ code: 'request.unavailable' })
})

it('a viewer that stops in the middle of its work is not the network', async () => {
  const pages = new PdfPages()
  const opened = pages.open(bytes())
  TestWorker.newest.answers({ id: 1, pages: 1 })
  await opened
  const drawn = pages.draw(0, 100)
  TestWorker.newest.stops()
  await expect(drawn).rejects.toThrow()
  expect(await pages.open(bytes())).toMatchObject({ code: 'scan.failed' })
})
