import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { APIRequestContext, APIResponse, Page } from '@playwright/test'
import type { CellValue } from '#domain/forms/answers.ts'
import { type ApplicationTypeId } from '#domain/forms/application-type.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { initialCells } from '#domain/forms/start.ts'
import { completeAnswers, facts } from '#domain/forms/test-world.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import type { SyncAnswer } from '#domain/sync/protocol.ts'
import { HAILING, mutationOf, pointIn, type Wish } from '../world/application-walk.ts'
import { photoOf } from '../world/pdf-files.ts'
import type { RunningServer } from './application.ts'
import { certificates } from './walk.ts'

export interface OpenBatch {
  readonly id: string
  readonly type: ApplicationTypeId
  readonly name: string
  readonly closesAt: string | null
}

async function body<T>(response: APIResponse): Promise<T> {
  const text = await response.text()
  if (!response.ok()) throw new Error(`${response.status()}: ${text}`)
  return (text === '' ? null : JSON.parse(text)) as T
}

/** The batch with this name, as the server offers it. */
export async function batchNamed(request: APIRequestContext, name: RegExp): Promise<OpenBatch> {
  const batches = await body<OpenBatch[]>(await request.get('/api/batches'))
  const found = batches.find((one) => name.test(one.name))
  if (!found) throw new Error(`No batch is called ${name}`)
  return found
}

const metadata = (of: Record<string, string>) =>
  Object.entries(of)
    .map(([key, value]) => `${key} ${Buffer.from(value).toString('base64')}`)
    .join(',')

async function send(request: APIRequestContext, applicationId: string, path: string) {
  const photo = path === 'photo'
  const bytes = photo ? Buffer.from(photoOf(390, 567)) : await readFile(certificates.certificate)
  const name = photo ? '照片.jpg' : '证书.pdf'
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const response = await request.post('/api/uploads', {
    headers: {
      'tus-resumable': '1.0.0',
      'upload-length': String(bytes.length),
      'upload-metadata': metadata({ applicationId, path, name, sha256 }),
      'content-type': 'application/offset+octet-stream',
    },
    data: bytes,
  })
  await body(response)
  return { uploadId: response.headers()['location']!.split('/').at(-1)!, sha256, name }
}

const device = '00000000-0000-4000-8000-00000000d0e2'

const exchange = async (request: APIRequestContext, mutations: readonly Mutation[] = []): Promise<SyncAnswer> =>
  body<SyncAnswer>(await request.post('/api/sync', { data: { protocol: 1, device, known: {}, mutations } }))

async function listsWithRows(request: APIRequestContext, id: string): Promise<ReadonlySet<string>> {
  const { applications } = await exchange(request)
  const cells = applications.find((one) => one.id === id)?.cells ?? {}
  return new Set(Object.keys(cells).flatMap((path) => (path.includes('/') ? [path.split('/')[0]!] : [])))
}

/** 【完成提交】 of a draft that lacks nothing, as it stands at the server. */
export async function submitDraft(page: Page, id: string): Promise<void> {
  const { applications } = await exchange(page.request)
  const version = applications.find((one) => one.id === id)?.version
  const headers = { 'idempotency-key': crypto.randomUUID() }
  await body(await page.request.post(`/api/applications/${id}/submit`, { data: { version }, headers }))
}

/**
 * A complete draft of the person signed in on this page, made by the requests that the phone would send, with real
 * files; the reading time passes by the server's clock. `changes` replaces or (null) leaves out fields; lists that have rows
 * are left as they are.
 * @param id of a draft that was begun already, to be completed
 * @returns its id
 */
export async function filledDraft(
  page: Page,
  server: RunningServer,
  batch: OpenBatch,
  changes: Readonly<Record<string, CellValue>> = {},
  id: string = crypto.randomUUID(),
): Promise<string> {
  const { request } = page
  const type = applicationTypes[batch.type]
  const json = { data: { batchId: batch.id } }
  await body(await request.post(`/api/applications/${id}/reading`, json))
  await server.advanceClock(21_000)
  await body(await request.post(`/api/applications/${id}/reading/accept`, json))

  const answers = completeAnswers(type)
  // what the account says stands in the draft already
  const prefilled = Object.keys(initialCells(type, facts.account))
  const fields = { ...answers.fields, acceptRegion: HAILING, acceptancePoint: pointIn(HAILING), ...changes }
  const wishes: Wish[] = Object.entries(fields)
    .filter(([path, value]) => value !== null && !prefilled.includes(path))
    .map(([path, value]) => ({ kind: 'setField', path, value, base: 0 }))
  const rowIds = new Map<string, string>()
  // rows of an earlier application are there already (R65)
  const there = await listsWithRows(request, id)
  for (const [list, rows] of Object.entries(answers.rows).filter(([one]) => !there.has(one))) {
    for (const row of rows) {
      rowIds.set(row.id, crypto.randomUUID())
      const path = `${list}/${rowIds.get(row.id)}`
      wishes.push({ kind: 'addRow', path, position: row.position })
      for (const [field, value] of Object.entries(row.values))
        wishes.push({ kind: 'setField', path: `${path}/${field}`, value, base: 0 })
    }
  }
  const synced = async (mutations: readonly Mutation[]) => {
    const answer = await exchange(request, mutations)
    const refused = answer.results.filter(({ outcome }) => outcome !== 'applied')
    if (refused.length > 0) throw new Error(JSON.stringify(refused))
  }
  // rows first: a file belongs to a row that is there
  await synced(wishes.map((wish) => mutationOf(id, wish)))
  const files: Wish[] = []
  for (const [place, kept] of Object.entries(answers.files).filter(([one]) => !there.has(one.split('/')[0]!))) {
    const path = place
      .split('/')
      .map((part) => rowIds.get(part) ?? part)
      .join('/')
    for (const { position } of kept)
      files.push({
        kind: 'attach',
        path,
        attachmentId: crypto.randomUUID(),
        position,
        ...(await send(request, id, path)),
      })
  }
  await synced(files.map((wish) => mutationOf(id, wish)))
  return id
}
