import { toJsonSchema } from '@valibot/to-json-schema'
import type { RouterRoute } from 'hono/types'
import type { Role } from '#domain/lifecycle/roles.ts'
import { roles as allRoles } from '#domain/lifecycle/roles.ts'
import { problems } from '#domain/server-problems.ts'
import { descriptionOf } from './described.ts'
import type { Described } from './described.ts'
import { problemStatus } from './problem-response.ts'

type JsonSchema = Readonly<Record<string, unknown>>

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query'
  readonly required: boolean
  readonly schema: JsonSchema
}

export interface Operation {
  readonly operationId: string
  readonly tags: readonly [string]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: {
    readonly required: true
    readonly content: { readonly 'application/json': { readonly schema: JsonSchema } }
  }
  readonly responses: Readonly<Record<string, JsonSchema>>
  /** Empty for everybody; else the cookie of a session. */
  readonly security: readonly Readonly<Record<string, readonly []>>[]
  /** The roles that are let in, where a session alone is not enough. What they reach within it stands in the SQL. */
  readonly 'x-roles'?: readonly Role[]
}

export interface OpenApiDocument {
  readonly openapi: '3.1.0'
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  /** Path → method in small letters → operation. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
  readonly components: JsonSchema
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'options']

const ANSWERS = {
  '2XX': { description: '办成了。Done.' },
  default: {
    description: '没有办成：code 不变，detail 说明原因和办法。Not done: a stable code, and words a person can act on.',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
  },
}

const problemSchema: JsonSchema = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { enum: [...new Set(Object.values(problemStatus))].sort((a, b) => a - b) },
    detail: { type: 'string' },
    code: { enum: Object.keys(problems) },
    params: { type: 'object' },
    path: { type: 'string', description: '出错的字段。The field at fault.' },
    issues: { type: 'array', items: { type: 'object' } },
  },
}

/** What a check in code cannot say in a schema is left out; the input side is what a caller sends. */
const jsonSchema = (schema: Extract<Described, { asks: 'input' }>['schema']): JsonSchema => {
  const { $schema: _, ...body } = toJsonSchema(schema as never, { typeMode: 'input', errorMode: 'ignore' })
  return body as JsonSchema
}

/** `/api/files/:id/pages/:file{[0-9]+}` → `/api/files/{id}/pages/{file}`. */
const openApiPath = (path: string): string =>
  path.replace(/:([A-Za-z]\w*)(?:\{(?:[^{}]|\{[^{}]*\})*\})?\??/g, '{$1}').replace(/(?<=.)\/$/, '')

/** Whether a middleware under the pattern (`/api/*`) stands before the path. */
function covers(pattern: string, path: string): boolean {
  if (!pattern.endsWith('*')) return pattern === path
  const stem = pattern.slice(0, -1).replace(/\/$/, '')
  return path === stem || path.startsWith(`${stem}/`)
}

/** Those who pass every gate: undefined where nobody is asked. */
function permitted(asked: readonly Described[]): { readonly roles?: readonly Role[] } | undefined {
  const gates = asked.filter((one) => one.asks === 'permit')
  if (gates.length === 0) return undefined
  const narrow = gates.flatMap(({ roles }) => (roles ? [roles] : []))
  if (narrow.length === 0) return {}
  return { roles: (Object.keys(allRoles) as Role[]).filter((role) => narrow.every((some) => some.includes(role))) }
}

function parametersOf(path: string, asked: readonly Described[]): Parameter[] {
  const inputs = (target: 'param' | 'query') =>
    asked.flatMap((one) => (one.asks === 'input' && one.target === target ? [jsonSchema(one.schema)] : []))
  const known = (schemas: readonly JsonSchema[]) =>
    schemas.flatMap(({ properties = {}, required = [] }) =>
      Object.entries(properties as Record<string, JsonSchema>).map(([name, schema]) => ({
        name,
        schema,
        required: (required as string[]).includes(name),
      })),
    )
  const ofPath = known(inputs('param'))
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']): Parameter => {
    const schema = ofPath.find((one) => one.name === name)?.schema ?? { type: 'string' }
    return { name, in: 'path', required: true, schema }
  })
  return [...inPath, ...known(inputs('query')).map((one): Parameter => ({ ...one, in: 'query' }))]
}

function operationOf(method: string, path: string, asked: readonly Described[]): Operation {
  const words = path.split('/').flatMap((part) => part.split(/[^A-Za-z0-9]+/).filter(Boolean))
  const name = [method, ...words.slice(1)].map((word, index) => (index ? word[0]!.toUpperCase() + word.slice(1) : word))
  const parameters = parametersOf(path, asked)
  const body = asked.find((one) => one.asks === 'input' && one.target === 'json')
  const permit = permitted(asked)
  return {
    operationId: name.join(''),
    tags: [words[1] ?? 'api'],
    ...(parameters.length > 0 && { parameters }),
    ...(body?.asks === 'input' && {
      requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body.schema) } } },
    }),
    responses: ANSWERS,
    security: permit ? [{ session: [] }] : [],
    ...(permit?.roles && { 'x-roles': permit.roles }),
  }
}

/**
 * The API as an OpenAPI document, read from the routes themselves: their paths, the schemas of their validators and the roles of their
 * gates. What a handler asks beyond that (a header, the owner of a row) is not in it.
 */
export function openApiOf(routes: readonly RouterRoute[], about: { readonly title: string; readonly cookie: string }) {
  const paths: Record<string, Record<string, Operation>> = {}
  const askedOf = new Map<string, { method: string; path: string; asked: Described[] }>()
  for (const { method, path } of routes) {
    if (!METHODS.includes(method.toLowerCase())) continue
    const key = `${method} ${path}`
    if (askedOf.has(key)) continue
    const handlers = routes.filter(
      (one) => (one.method === method && one.path === path) || (one.method === 'ALL' && covers(one.path, path)),
    )
    const asked = handlers.flatMap(({ handler }) => descriptionOf(handler) ?? [])
    askedOf.set(key, { method: method.toLowerCase(), path: openApiPath(path), asked })
  }
  for (const { method, path, asked } of askedOf.values()) {
    paths[path] = { ...paths[path], [method]: operationOf(method, path, asked) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: about.title,
      version: '1',
      description:
        '除文件外均为 JSON；时间为 ISO 8601。改动数据的请求须来自同源页面。JSON but for files; times are ISO 8601.',
    },
    paths,
    components: {
      schemas: { Problem: problemSchema },
      securitySchemes: { session: { type: 'apiKey', in: 'cookie', name: about.cookie } },
    },
  } as const satisfies OpenApiDocument as OpenApiDocument
}
