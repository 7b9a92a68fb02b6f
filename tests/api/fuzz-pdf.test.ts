import { serve } from '@hono/node-server'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createApp } from '#server/app.ts'
import { drawPage, stopInspection } from '#server/attachments/inspection.ts'
import { bombs, mutated, polyglots } from '../world/broken-pdfs.ts'
import { javascriptPdf, plainPdf } from '../world/pdf-files.ts'
import { random } from '../world/random.ts'
import { databaseKinds } from '../world/test-database.ts'
import { applicationWith, sent } from '../world/upload-walk.ts'
import { openWorld, type World } from '../world/world.ts'

/** Broken files; `npm run fuzz` sends three hundred. */
const FILES = Number(process.env['FUZZ_PDFS'] ?? 60)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261128)
const AT_ONCE = 3

const fixture = (name: string) => new Uint8Array(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)))

let world: World
let server: Server
let health: string
beforeAll(async () => {
  world = await openWorld((await databaseKinds()).at(-1)!)
  server = serve({ fetch: createApp(world.platform).fetch, port: 0, hostname: '127.0.0.1', createServer }) as Server
  if (!server.listening) await once(server, 'listening')
  health = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/health`
})
afterAll(async () => {
  server.close()
  server.closeAllConnections()
  await world.close()
  await stopInspection()
})

test(
  `[A34] ${FILES} broken PDFs, bombs, loops and polyglots among them, crash nothing, and the server goes on answering within 200 ms`,
  async () => {
    const chance = random(SEED)
    const originals = [
      fixture('certificate.pdf'),
      fixture('id-card.pdf'),
      fixture('object-streams.pdf'),
      plainPdf({ pages: 3 }),
    ]
    const named = [...Object.entries(bombs), ...Object.entries(polyglots)].map(([name, make]) => ({
      name,
      bytes: make(),
    }))
    const files = [
      ...named,
      ...Array.from({ length: Math.max(0, FILES - named.length) }, (_, n) => ({
        name: `mutation ${n}`,
        bytes: mutated(originals, chance),
      })),
    ]
    const { browser, id } = await applicationWith(world)
    const row = crypto.randomUUID()

    let sending = true
    const took: number[] = []
    const asking = (async () => {
      while (sending) {
        const began = performance.now()
        expect((await fetch(health)).status).toBe(200)
        took.push(performance.now() - began)
      }
    })()

    const answers = new Map<string, number>()
    const faults: string[] = []
    let next = 0
    const send = async () => {
      for (let at = next++; at < files.length; at = next++) {
        const { name, bytes } = files[at]!
        const response = await sent({ browser, applicationId: id, path: `achievements/${row}/proof`, bytes })
        const text = await response.text()
        const code = response.status < 300 ? 'taken' : (JSON.parse(text) as { code: string }).code
        answers.set(code, (answers.get(code) ?? 0) + 1)
        if (!/^(taken|attachment\.(damaged|not-pdf|encrypted|active-content|too-many-pages|empty))$/.test(code))
          faults.push(`${name}: ${code}`)
        // What was taken is also drawn: that is where a file would do its worst.
        if (code === 'taken') {
          const drawn = await drawPage({ what: 'page', bytes, page: 1 })
          if ('refusal' in drawn && drawn.refusal.code !== 'attachment.damaged')
            faults.push(`${name}: drawn ${drawn.refusal.code}`)
        }
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, send))
    sending = false
    await asking

    took.sort((a, b) => a - b)
    const p95 = took[Math.floor(took.length * 0.95)]!
    if (process.env['FUZZ_PDFS'])
      console.log(Object.fromEntries(answers), { asked: took.length, p95, longest: took.at(-1) })
    expect(faults).toEqual([])
    expect(answers.get('attachment.damaged')).toBeGreaterThan(FILES / 6)
    expect(took.length).toBeGreaterThan(20)
    expect(p95).toBeLessThan(200)
    // The threads that were broken were replaced: a good file is taken and a bad one refused as before.
    expect((await sent({ browser, applicationId: id, path: 'idCard', bytes: plainPdf() })).status).toBeLessThan(300)
    const script = await sent({ browser, applicationId: id, path: 'idCard', bytes: javascriptPdf() })
    expect(await script.json()).toMatchObject({ code: 'attachment.active-content' })
  },
  Math.max(120_000, FILES * 2000),
)
