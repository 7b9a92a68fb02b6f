import { Hono } from 'hono'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { staticFiles } from './static-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'zhicheng-static-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const PAGE = `<meta http-equiv="content-security-policy" content="default-src 'none'; script-src 'self' 'sha256-x='">page`
const LOGIN = PAGE.replace('x=', 'login=')
mkdirSync(join(folder, 'pages/_app/immutable'), { recursive: true })
mkdirSync(join(folder, 'pages/apply'))
writeFileSync(join(folder, 'pages/apply/login.html'), LOGIN)
writeFileSync(join(folder, 'secret'), 'outside')
writeFileSync(join(folder, 'pages/index.html'), PAGE)
writeFileSync(join(folder, 'pages/service-worker.js'), 'worker')
writeFileSync(join(folder, 'pages/_app/immutable/app.Ab12.js'), 'script')
writeFileSync(join(folder, 'pages/_app/immutable/app.Ab12.js.br'), brotliCompressSync('script'))

const app = new Hono().use(staticFiles(join(folder, 'pages'), 'https://zc.example.cn'))
const get = (path: string, headers: Record<string, string> = {}) => app.request(path, { headers })

test.each(['/', '/applications/1/basics', '/verify/AB.CD'])('%s, opened by a person, is the one page', async (path) => {
  const answer = await get(path, { accept: 'text/html,*/*' })
  expect(await answer.text()).toBe(PAGE)
  expect(answer.headers.get('cache-control')).toBe('no-cache')
})

test('the page carries its own policy and what only a header can say', async () => {
  const { headers } = await get('/')
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'none'; script-src 'self' 'sha256-x='; frame-ancestors 'none'",
  )
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('permissions-policy')).toContain('camera=(self)')
  expect(headers.get('strict-transport-security')).toContain('max-age=')
})

test('a page that was drawn at the build comes at its address, with the policy of its own script', async () => {
  const answer = await get('/apply/login?next=%2Fhome', { accept: 'text/html' })
  expect(await answer.text()).toBe(LOGIN)
  expect(answer.headers.get('content-security-policy')).toContain("'sha256-login='")
  expect(answer.headers.get('cache-control')).toBe('no-cache')
})

test('named by its digest: kept for a year; the worker: asked for again', async () => {
  expect((await get('/_app/immutable/app.Ab12.js')).headers.get('cache-control')).toContain('immutable')
  expect((await get('/service-worker.js')).headers.get('cache-control')).toBe('no-cache')
})

test('the compressed twin goes to who takes it', async () => {
  const answer = await get('/_app/immutable/app.Ab12.js', { 'accept-encoding': 'gzip, br;q=0.9' })
  expect(answer.headers.get('content-encoding')).toBe('br')
  expect(brotliDecompressSync(Buffer.from(await answer.arrayBuffer())).toString()).toBe('script')
  for (const encoding of ['gzip', 'br;q=0', '']) {
    const plain = await get('/_app/immutable/app.Ab12.js', { 'accept-encoding': encoding })
    expect(plain.headers.get('content-encoding')).toBeNull()
    expect(await plain.text()).toBe('script')
  }
})

test('what the browser has is not sent again', async () => {
  const tag = (await get('/service-worker.js')).headers.get('etag')!
  expect((await get('/service-worker.js', { 'if-none-match': tag })).status).toBe(304)
  expect((await get('/service-worker.js', { 'if-none-match': '"other"' })).status).toBe(200)
})

test.each(['/_app/immutable/old.js', '/missing.png', '/../secret', '/..%2fsecret', '/_app/immutable/old'])(
  '%s is not found',
  async (path) => {
    const answer = await get(path)
    if (answer.status === 200) expect(await answer.text()).toBe(PAGE)
    else expect(answer.status).toBe(404)
    expect(await (await get(path)).text()).not.toContain('outside')
  },
)

test('a stale script is 404, never a page', async () => {
  expect((await get('/_app/immutable/old.js')).status).toBe(404)
  expect((await get('/_app/immutable/old.js', { accept: 'text/html' })).status).toBe(404)
})
