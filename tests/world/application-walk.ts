import { createHash } from 'node:crypto'
import type { CellValue } from '#domain/forms/answers.ts'
import { type ApplicationType, type ApplicationTypeId, isList, itemsOf } from '#domain/forms/application-type.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { completeAnswers } from '#domain/forms/test-world.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import type { SyncAnswer } from '#domain/sync/protocol.ts'
import type { Receipt } from '#server/applications/actions/submit-application.ts'
import { acceptancePoints } from '#server/demo/acceptance-points.ts'
import { type Batch, bodyOf, type Browser, type Person, type World } from './world.ts'

/** A 受理点 in 海陵区 and one elsewhere, as every world has them. */
export const pointIn = (region: string): string => acceptancePoints.find((one) => one.region === region)!.id
export const HAILING = '321202'
export const JIANGYAN = '321204'

/** The typed client; the API lives under /api. */
export const apiOf = (browser: Browser) => browser.api.api

/** Reads the text for its 20 seconds and agrees: the draft begins. */
export async function begin(
  world: World,
  browser: Browser,
  batch: Batch,
  id: string = crypto.randomUUID(),
): Promise<string> {
  const { reading } = apiOf(browser).applications[':id']
  const asked = { param: { id }, json: { batchId: batch.id } }
  await bodyOf(await reading.$post(asked))
  world.clock.advanceBy(20_000)
  await bodyOf(await reading.accept.$post(asked))
  return id
}

export type Wish = Mutation extends infer M
  ? M extends Mutation
    ? Omit<M, 'id' | 'applicationId'> & { id?: string }
    : never
  : never

export const mutationOf = (applicationId: string, wish: Wish): Mutation =>
  ({ id: crypto.randomUUID(), applicationId, ...wish }) as Mutation

/** One round trip of the sync. */
export async function sync(
  browser: Browser,
  mutations: readonly Mutation[] = [],
  more: { known?: Record<string, number>; device?: string; protocol?: number } = {},
): Promise<SyncAnswer> {
  const { known = {}, device = '00000000-0000-4000-8000-00000000d001', protocol = 1 } = more
  const json = { protocol, device, known, mutations: [...mutations] }
  return (await bodyOf(await apiOf(browser).sync.$post({ json }))) as unknown as SyncAnswer
}

/** A file as the server knows it after its upload. */
export interface Uploaded {
  readonly uploadId: string
  readonly sha256: string
  readonly name: string
}

/** Bytes that the server has received and verified, as an upload leaves them. */
export async function uploaded(
  world: World,
  of: {
    readonly person: Person
    readonly applicationId: string
    readonly path: string
    readonly size?: number
    readonly name?: string
  },
): Promise<Uploaded> {
  const { person, applicationId, path, size = 30_000, name = '证明.pdf' } = of
  const uploadId = crypto.randomUUID()
  const sha256 = createHash('sha256').update(uploadId).digest('hex')
  const now = await world.now()
  const photo = path === 'photo'
  await world.db
    .insertInto('storedFile')
    .values({ sha256, size, mediaType: photo ? 'image/jpeg' : 'application/pdf', pages: photo ? 0 : 1, checkedAt: now })
    .execute()
  await world.db
    .insertInto('upload')
    .values({
      id: uploadId,
      accountId: person.id,
      applicationId,
      path,
      name,
      sha256,
      contentSha256: sha256,
      length: size,
      received: size,
      state: 'verified',
      refusal: null,
      createdAt: now,
      updatedAt: now,
    })
    .execute()
  return { uploadId, sha256, name }
}

/**
 * Everything a complete form holds, as the mutations of the person who fills it in; `changes` replaces or (null) leaves out fields.
 * @param of `send` brings the file of a slot to the server; without it a row says that it is there
 */
export async function completing(
  world: World,
  of: {
    readonly person: Person
    readonly applicationId: string
    readonly type: ApplicationType
    readonly send?: (path: string) => Promise<Uploaded>
  },
  changes: Readonly<Record<string, CellValue>> = {},
): Promise<Mutation[]> {
  const { applicationId, type, person, send = (path) => uploaded(world, { person, applicationId, path }) } = of
  const answers = completeAnswers(type)
  const fields: Record<string, CellValue> = {
    ...answers.fields,
    acceptRegion: HAILING,
    acceptancePoint: pointIn(HAILING),
    ...changes,
  }
  const rowIds = new Map<string, string>()
  // Rows of earlier years are there already; only what is new has to be typed (R65).
  const earlier = await world.db
    .selectFrom('educationRecord')
    .select('rowId')
    .where('accountId', '=', person.id)
    .execute()
  const ofPerson =
    earlier.length === 0
      ? []
      : itemsOf(type)
          .filter(isList)
          .filter((list) => list.ofPerson)
          .map(({ id }) => id)
  const isThere = (path: string) => ofPerson.includes(path.split('/')[0]!)
  const wishes: Wish[] = Object.entries(fields).map(([path, value]) => ({ kind: 'setField', path, value, base: 0 }))
  for (const [list, rows] of Object.entries(answers.rows).filter(([path]) => !isThere(path))) {
    for (const row of rows) {
      rowIds.set(row.id, crypto.randomUUID())
      const path = `${list}/${rowIds.get(row.id)}`
      wishes.push({ kind: 'addRow', path, position: row.position })
      for (const [id, value] of Object.entries(row.values))
        wishes.push({ kind: 'setField', path: `${path}/${id}`, value, base: 0 })
    }
  }
  for (const [place, files] of Object.entries(answers.files).filter(([path]) => !isThere(path))) {
    const path = place
      .split('/')
      .map((part) => rowIds.get(part) ?? part)
      .join('/')
    for (const { position } of files) {
      const upload = await send(path)
      wishes.push({ kind: 'attach', path, attachmentId: crypto.randomUUID(), position, ...upload })
    }
  }
  return wishes.map((wish) => mutationOf(applicationId, wish))
}

export interface Filled {
  readonly person: Person
  readonly browser: Browser
  readonly batch: Batch
  readonly id: string
  /** version of the application now */
  readonly version: number
}

/** A person with a draft that lacks nothing. */
export async function filledDraft(
  world: World,
  of: { readonly type?: ApplicationTypeId; readonly batch?: Batch; readonly person?: Person } = {},
  changes: Readonly<Record<string, CellValue>> = {},
): Promise<Filled> {
  const batch = of.batch ?? (await world.batch({ type: of.type ?? 'review' }))
  const person = of.person ?? (await world.person())
  const browser = await world.signIn(person)
  const id = await begin(world, browser, batch)
  const type = applicationTypes[batch.type]
  const answer = await sync(browser, await completing(world, { person, applicationId: id, type }, changes))
  const refused = answer.results.filter(({ outcome }) => outcome !== 'applied')
  if (refused.length > 0) throw new Error(JSON.stringify(refused))
  return { person, browser, batch, id, version: answer.applications.find((one) => one.id === id)!.version }
}

/** 【完成提交】. */
export const submit = (browser: Browser, id: string, version: number, key: string = crypto.randomUUID()) =>
  apiOf(browser).applications[':id'].submit.$post(
    { param: { id }, json: { version } },
    { headers: { 'idempotency-key': key } },
  )

/** A person with a submitted application. */
export async function submitted(
  ...of: Parameters<typeof filledDraft>
): Promise<Filled & { readonly receipt: Receipt }> {
  const draft = await filledDraft(...of)
  const receipt = (await bodyOf(await submit(draft.browser, draft.id, draft.version))) as unknown as Receipt
  return { ...draft, version: receipt.version, receipt }
}
