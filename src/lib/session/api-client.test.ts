import { expect, it } from 'vitest'
import { apiClient } from './api-client.ts'

type Sent = { url: string; method: string | undefined; body: unknown; headers: Record<string, string> }

function recorded() {
  const sent: Sent[] = []
  const client = apiClient('https://office.example', async (input, init) => {
    sent.push({
      url: String(input),
      method: init?.method,
      body: init?.body,
      headers: Object.fromEntries(new Headers(init?.headers)),
    })
    return new Response(null, { status: 204 })
  })
  return { api: client.api, sent }
}

it('makes an address of the names, with parameters and query filled in, and leaves out what is undefined', async () => {
  const { api, sent } = recorded()
  await api.editions[':id'].$get({ param: { id: 'review@2026.1-5f3c9a01b2c4' } })
  await api.notices.$get({ query: { after: 'a b' } })
  await api.bulletin.$get({ query: { kind: undefined } })
  expect(sent.map(({ url, method }) => `${method} ${url}`)).toEqual([
    'GET https://office.example/api/editions/review%402026.1-5f3c9a01b2c4',
    'GET https://office.example/api/notices?after=a+b',
    'GET https://office.example/api/bulletin',
  ])
  expect(sent.every(({ body, headers }) => body === undefined && Object.keys(headers).length === 0)).toBe(true)
})

it('a parameter cannot lead to another address', async () => {
  const { api, sent } = recorded()
  await api.notices[':id'].read.$post({ param: { id: '../../accounts/sign-out?' } })
  expect(sent[0]?.url).toBe('https://office.example/api/notices/..%2F..%2Faccounts%2Fsign-out%3F/read')
})

it('sends JSON as such, and what else is given beside it', async () => {
  const { api, sent } = recorded()
  const id = '00000000-0000-4000-8000-000000000001'
  await api.applications[':id'].submit.$post(
    { param: { id }, json: { version: 3 } },
    { headers: { 'Idempotency-Key': 'once' } },
  )
  expect(sent).toEqual([
    {
      url: `https://office.example/api/applications/${id}/submit`,
      method: 'POST',
      body: '{"version":3}',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'once' },
    },
  ])
})

it('is no promise, however it is handed on', async () => {
  const { sync } = recorded().api
  expect(await Promise.resolve(sync)).toBe(sync)
})
