import { Hono } from 'hono'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { json, query } from './validate.ts'

const app = new Hono()
  .post('/', json(v.object({ rows: v.array(v.object({ name: v.pipe(v.string('要是文字'), v.trim()) })) })), (c) =>
    c.json(c.req.valid('json')),
  )
  .get('/', query(v.object({ page: v.pipe(v.string(), v.transform(Number)) })), (c) => c.json(c.req.valid('query')))

const post = (body: string, type = 'application/json') =>
  app.request('/', { method: 'POST', body, headers: { 'content-type': type } })

test('the handler gets what the schema makes of the body and of the query', async () => {
  expect(await (await post('{"rows":[{"name":" 王 ","more":1}]}')).json()).toEqual({ rows: [{ name: '王' }] })
  expect(await (await app.request('/?page=3')).json()).toEqual({ page: 3 })
})

test('a wrong body is 422 with the path of the field, as problem+json', async () => {
  const answer = await post('{"rows":[{"name":"a"},{"name":5}]}')
  expect(answer.status).toBe(422)
  expect(answer.headers.get('content-type')).toContain('application/problem+json')
  expect(await answer.json()).toMatchObject({
    code: 'request.invalid',
    path: 'rows.1.name',
    faults: [{ path: 'rows.1.name', message: '要是文字' }],
  })
})

test.each([
  ['no JSON', '{', 'application/json'],
  ['a form of a foreign page', 'rows=1', 'application/x-www-form-urlencoded'],
  ['JSON that says it is text', '{"rows":[]}', 'text/plain'],
])('%s is refused', async (_, body, type) => {
  expect((await post(body, type)).status).toBe(422)
})

test('what no database keeps is taken out of a text, wherever it stands: U+0000, and half of a character', async () => {
  const body = String.raw`{"rows":[{"name":"王\u0000\ud83d五𠮷\ud83d\ude00"}]}`
  expect(await (await post(body)).json()).toEqual({ rows: [{ name: '王五𠮷😀' }] })
  expect(await (await app.request('/?page=%003')).json()).toEqual({ page: 3 })
})
