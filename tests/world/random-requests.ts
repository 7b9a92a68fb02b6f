import type { OpenApiDocument, Operation } from '#server/platform/openapi.ts'
import type { Random } from './random.ts'

type Schema = Readonly<Record<string, any>>

/** Texts at which programs stumble: quotes of every language, control characters, half characters, long ones, names of prototypes. */
const HOSTILE = [
  '',
  ' ',
  '\u0000',
  'a\u0000b',
  '\ud800',
  '𠮷\u202e反',
  "' or 1=1; --",
  '"; drop table account; --',
  '%',
  '%00',
  '%ff%fe',
  '../../../../etc/passwd',
  '..\\..\\',
  '<script>alert(1)</script>',
  '{{7*7}}${7*7}',
  '__proto__',
  'constructor',
  'toString',
  'educations/__proto__/major',
  '=1+1',
  '\r\nset-cookie: a=b',
  'null',
  'NaN',
  '-1',
  '1e309',
  '9'.repeat(40),
  '字'.repeat(2000),
  'x'.repeat(20_000),
  '2026-02-30',
  '0000-00-00',
  '9999999-01-01',
  '+275760-09-13T00:00:00.001Z',
  '2026-13-45T99:99:99Z',
  'bytes=999999999999-0',
] as const

const NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.1,
  2 ** 15,
  2 ** 31 - 1,
  2 ** 31,
  -(2 ** 31) - 1,
  2 ** 53,
  2 ** 63,
  1e308,
  -1e308,
  5e-324,
]

/** Where an id is wanted: mostly one of something that is there, so that the request goes deep. */
export type KnownIds = readonly string[]

export class RandomRequests {
  readonly #random: Random
  readonly #ids: KnownIds

  constructor(random: Random, ids: KnownIds) {
    this.#random = random
    this.#ids = ids
  }

  text(): string {
    return this.#random.pick(HOSTILE)
  }

  id(): string {
    return this.#random.chance(0.8) ? this.#random.pick(this.#ids) : crypto.randomUUID()
  }

  /** Something that the schema allows. */
  valid(schema: Schema, depth = 0): unknown {
    const random = this.#random
    if (schema['const'] !== undefined) return schema['const']
    if (schema['enum']) return random.pick(schema['enum'] as unknown[])
    const choices = (schema['anyOf'] ?? schema['oneOf'] ?? (schema['allOf'] as Schema[] | undefined)) as
      Schema[] | undefined
    if (choices) return this.valid(random.pick(choices), depth)
    const type = Array.isArray(schema['type'])
      ? random.pick(schema['type'] as string[])
      : (schema['type'] as string | undefined)
    switch (type) {
      case 'object':
        return this.#object(schema, depth)
      case 'array': {
        const length = depth > 4 ? 0 : (schema['minItems'] ?? 0) + random.below(3)
        return Array.from({ length: Math.min(length, schema['maxItems'] ?? length) }, () =>
          this.valid(schema['items'] ?? {}, depth + 1),
        )
      }
      case 'string':
        return this.#string(schema)
      case 'integer':
        return Math.min(schema['maximum'] ?? 50, (schema['minimum'] ?? 0) + random.below(5))
      case 'number':
        return (schema['minimum'] ?? 0) + random.next()
      case 'boolean':
        return random.chance(0.5)
      case 'null':
        return null
      default:
        return random.pick([null, true, 1, 'text', this.id(), [], {}, { a: [1] }])
    }
  }

  #object(schema: Schema, depth: number): Record<string, unknown> {
    const random = this.#random
    const required = (schema['required'] ?? []) as string[]
    const made: Record<string, unknown> = {}
    for (const [name, inner] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
      if (required.includes(name) || random.chance(0.5)) made[name] = this.valid(inner, depth + 1)
    }
    const others = schema['additionalProperties']
    if (others && depth < 5) {
      for (let count = random.below(3); count > 0; count--) {
        const name = random.pick(['employerName', 'educations', this.id(), 'a/b', '__proto__'])
        Object.defineProperty(made, name, {
          value: this.valid(others === true ? {} : (others as Schema), depth + 1),
          enumerable: true,
          configurable: true,
          writable: true,
        })
      }
    }
    return made
  }

  #string(schema: Schema): string {
    const random = this.#random
    if (schema['format'] === 'uuid') return this.id()
    if (schema['format'] === 'date-time') return new Date(1.7e12 + random.below(1e11)).toISOString()
    if (schema['format'] === 'date') return new Date(1.7e12 + random.below(1e11)).toISOString().slice(0, 10)
    const text = random.pick([
      '2026-01-02',
      '321202',
      '13812345678',
      '321202199001010017',
      'employerName',
      'educations',
      '周明远',
      '0'.repeat(64),
      this.id(),
      'DRAFT',
      'review',
      '1',
      '内容内容内容内容',
    ])
    return text.padEnd(schema['minLength'] ?? 0, '字').slice(0, schema['maxLength'] ?? 1000)
  }

  /** The value with one or two places made wrong: left out, of another type, hostile, or far too big. */
  spoilt(value: unknown, depth = 0): unknown {
    const random = this.#random
    const whole = depth > 0 && random.chance(0.3)
    if (!whole && Array.isArray(value) && value.length > 0) {
      const at = random.below(value.length)
      return value.map((one, index) => (index === at ? this.spoilt(one, depth + 1) : one))
    }
    if (!whole && value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
      const entries = Object.entries(value)
      const at = random.below(entries.length)
      const kept = random.chance(0.15) ? entries.filter((_, index) => index !== at) : entries
      return Object.fromEntries(
        kept.map(([name, inner], index) => [name, index === at ? this.spoilt(inner, depth + 1) : inner]),
      )
    }
    return random.pick<() => unknown>([
      () => this.text(),
      () => this.text(),
      () => random.pick(NUMBERS),
      () => null,
      () => [],
      () => ({}),
      () => [value],
      () => Array.from({ length: 300 }, () => value),
      () => JSON.parse('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}') as unknown,
      () => JSON.parse('['.repeat(2000) + ']'.repeat(2000)) as unknown,
    ])()
  }

  /** Bytes of a body that is no JSON, or not what it says. */
  rawBody(): string {
    return this.#random.pick([
      '',
      '{',
      '"',
      'null',
      '[]',
      '1',
      '{"a":1,"a":2}',
      '{"a":' + '['.repeat(50_000),
      '\ufeff{}',
      '\u0000\u0001',
      '--x\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
    ])
  }

  /** A request for the operation: path, query, headers and body, right or spoilt. `seed` is a body known to be nearly right. */
  request(
    path: string,
    method: string,
    operation: Operation,
    seed: { readonly json?: unknown; readonly param?: Readonly<Record<string, string>> } = {},
  ) {
    const random = this.#random
    const part = (value: unknown) =>
      encodeURIComponent(toWellFormed(typeof value === 'string' ? value : JSON.stringify(value)))
    const query = new URLSearchParams()
    let url = path
    for (const { name, in: where, schema } of operation.parameters ?? []) {
      if (where === 'path') {
        const given = random.chance(0.6) ? seed.param?.[name] : undefined
        const value = random.chance(0.12) ? this.text() : (given ?? this.valid(schema))
        url = url.replace(`{${name}}`, part(value) || '%20')
      } else if (random.chance(0.6))
        query.append(name, toWellFormed(String(random.chance(0.3) ? this.text() : this.valid(schema))))
    }
    url = url.replace(/\{\w+\}/g, () => part(this.id()))
    if (random.chance(0.05)) query.append(this.text().slice(0, 200), this.text().slice(0, 200))
    const headers: Record<string, string> = {}
    if (random.chance(0.1)) headers['idempotency-key'] = random.chance(0.5) ? crypto.randomUUID() : 'x'.repeat(300)
    if (random.chance(0.05))
      headers['range'] = random.pick([
        'bytes=0-0',
        'bytes=-1',
        'bytes=5-2',
        'bytes=999999999999-',
        'bytes=0-0,2-3',
        'chars=1',
      ])
    if (random.chance(0.05)) headers['x-forwarded-for'] = random.pick(['::1', 'x'.repeat(500), '1.2.3.4, 5.6.7.8', "'"])
    if (random.chance(0.05)) headers['user-agent'] = 'x'.repeat(2000)
    if (random.chance(0.05)) headers['accept-encoding'] = '*;q=0'
    if (path.startsWith('/api/uploads')) Object.assign(headers, this.#tus())
    let body: string | undefined
    if (method !== 'get') {
      headers['content-type'] = random.chance(0.95)
        ? 'application/json'
        : random.pick(['text/plain', 'application/json; charset=gbk', ''])
      const schema = operation.requestBody?.content['application/json'].schema
      if (random.chance(0.08)) body = this.rawBody()
      else if (schema || seed.json !== undefined) {
        const whole = seed.json !== undefined && (!schema || random.chance(0.4)) ? seed.json : this.valid(schema ?? {})
        body = JSON.stringify(random.chance(0.6) ? this.spoilt(whole) : whole)
      }
    }
    const full = url + (query.size > 0 ? `?${query}` : '')
    return { url: full, init: { method: method.toUpperCase(), headers, ...(body !== undefined && { body }) } }
  }

  #tus(): Record<string, string> {
    const random = this.#random
    const base64 = (text: string) => Buffer.from(text).toString('base64')
    const metadata = [
      ['applicationId', this.id()],
      ['path', random.chance(0.5) ? 'idCard' : this.text().slice(0, 200)],
      ['name', random.chance(0.5) ? '身份证.pdf' : this.text().slice(0, 500)],
      ['sha256', random.chance(0.5) ? '0'.repeat(64) : this.text().slice(0, 100)],
    ] as const
    return {
      'tus-resumable': random.chance(0.9) ? '1.0.0' : '0.2.2',
      'upload-length': String(random.chance(0.7) ? 1 + random.below(500_000) : random.pick(NUMBERS)),
      'upload-offset': String(random.chance(0.7) ? 0 : random.pick(NUMBERS)),
      'upload-metadata': random.chance(0.8)
        ? metadata.map(([name, value]) => `${name} ${base64(value)}`).join(',')
        : random.pick(['', 'a', ', ,', 'name !!!', 'applicationId ' + base64("'")]),
      ...(random.chance(0.3) && { 'content-type': 'application/offset+octet-stream' }),
    }
  }
}

/** An address line knows no half characters. */
const toWellFormed = (text: string): string => text.replace(/[\ud800-\udfff]/g, '\ufffd')

export const operationsOf = (document: OpenApiDocument) =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ key: `${method} ${path}`, path, method, operation })),
  )
