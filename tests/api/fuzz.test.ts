import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Role, roles } from '#domain/lifecycle/roles.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import type { OpenApiDocument } from '#server/platform/openapi.ts'
import { HAILING, JIANGYAN, pointIn, submitted } from '../world/application-walk.ts'
import { authorisationRows, type Things } from '../world/authorisation-rows.ts'
import { plainPdf } from '../world/pdf-files.ts'
import { random } from '../world/random.ts'
import { operationsOf, RandomRequests } from '../world/random-requests.ts'
import { databaseKinds } from '../world/test-database.ts'
import { type Browser, openWorld, type World } from '../world/world.ts'

/** Requests for each database; `npm run fuzz` sends ten thousand. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 600)
const SEED = Number(process.env['FUZZ_SEED'] ?? 20261128)

/** What an answer must not show of how it was made. */
const INSIDES =
  /\n\s+at |node_modules|\.ts:\d+|\.js:\d+|\bselect "|\binsert into "|SQLSTATE|syntax error|PostgresError|TypeError/

describe.each(await databaseKinds())(
  `${REQUESTS} requests that the description of the API allows or nearly, on %s`,
  (kind) => {
    let world: World
    beforeAll(async () => void (world = await openWorld(kind)))
    afterAll(() => world.close())

    test(
      'break nothing: no answer is our fault, and none shows the inside',
      async () => {
        const chance = random(SEED)
        const document = (await (await world.browser().fetch('/api/openapi.json')).json()) as OpenApiDocument
        // The rooms for tests are no part of the product.
        const operations = operationsOf(document).filter(({ path }) => !path.startsWith('/api/e2e'))
        const batch = await world.batch({ hasDepartment: false })
        const other = await world.batch({ type: 'initial' })
        const mine = await submitted(world, { batch }, { acceptRegion: HAILING, acceptancePoint: pointIn(HAILING) })
        const theirs = await submitted(world, { batch }, { acceptRegion: JIANGYAN, acceptancePoint: pointIn(JIANGYAN) })
        const draft = await world.application({ person: mine.person, batch: other })
        const pdf = plainPdf({ pages: 2 })
        const sha256 = createHash('sha256').update(pdf).digest('hex')
        const stored = {
          sha256,
          size: pdf.length,
          mediaType: 'application/pdf',
          pages: 2,
          checkedAt: await world.now(),
        }
        await world.platform.files.put(contentKey(sha256), pdf)
        await world.db.insertInto('storedFile').values(stored).execute()
        await world.db.updateTable('attachment').set({ sha256, size: pdf.length, pages: 2 }).execute()
        const attachments = await world.db.selectFrom('attachment').select('id').limit(6).execute()
        const people = {
          public: undefined,
          ...Object.fromEntries(
            await Promise.all(
              (Object.keys(roles) as Role[]).map(async (role) => [
                role,
                role === 'applicant'
                  ? mine.person
                  : await world.staff(
                      role,
                      role === 'pointClerk'
                        ? { acceptancePoint: pointIn(HAILING) }
                        : role === 'deptReviewer'
                          ? { region: HAILING }
                          : {},
                    ),
              ]),
            ),
          ),
        } as Record<'public' | Role, typeof mine.person | undefined>
        const ids = [mine.id, theirs.id, draft.id, batch.id, other.id, ...attachments.map(({ id }) => id)]
        const things: Things = {
          application: mine.id,
          draft: draft.id,
          batch: batch.id,
          attachment: attachments[0]!.id,
          session: crypto.randomUUID(),
          notice: crypto.randomUUID(),
          change: crypto.randomUUID(),
          proof: crypto.randomUUID(),
          comment: crypto.randomUUID(),
          upload: crypto.randomUUID(),
        }
        const requests = new RandomRequests(chance, ids)
        const askers = Object.keys(people) as ('public' | Role)[]
        let browsers = new Map<string, Browser>()
        const statuses = new Map<number, number>()
        const faults: string[] = []
        for (let count = 0; count < REQUESTS; count++) {
          if (count % 100 === 0) {
            // Somebody signs out, and the limits would turn most of it into 429.
            browsers = new Map()
            await world.db.deleteFrom('rateLimit').execute()
          }
          const { key, path, method, operation } = chance.pick(operations)
          const allowed = operation['x-roles']
          const asker = allowed && chance.chance(0.8) ? chance.pick(allowed) : chance.pick(askers)
          const person = people[asker]
          const browser = browsers.get(asker) ?? (person ? await world.signIn(person) : world.browser())
          browsers.set(asker, browser)
          const { url, init } = requests.request(path, method, operation, authorisationRows[key]?.attempt?.(things))
          const response = await browser.fetch(url, init)
          const text = await response.text()
          statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
          if (response.status >= 500 || INSIDES.test(text)) {
            faults.push(
              `#${count} ${asker} ${init.method} ${url.slice(0, 300)} ${String(init.body ?? '').slice(0, 600)} → ${response.status} ${text.slice(0, 300)}`,
            )
          }
        }
        if (process.env['FUZZ_REQUESTS']) console.log(kind, Object.fromEntries([...statuses].sort(([a], [b]) => a - b)))
        expect(faults).toEqual([])
        // A run in which nothing came through would show nothing.
        expect((statuses.get(200) ?? 0) / REQUESTS).toBeGreaterThan(0.05)
        expect((await world.browser().fetch('/api/health')).status).toBe(200)
      },
      Math.max(60_000, REQUESTS * 200),
    )
  },
)
