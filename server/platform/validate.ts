import type { MiddlewareHandler, ValidationTargets } from 'hono'
import * as v from 'valibot'
import { refuse } from '#domain/problems.ts'
import { described } from './described.ts'
import { problem } from './problem-response.ts'

type Schema = v.GenericSchema<any, any> | v.GenericSchemaAsync<any, any>

/** A middleware after which `c.req.valid(target)` is the schema's output; `hc` asks for its input. */
type Validator<Target extends keyof ValidationTargets, S extends Schema> = MiddlewareHandler<
  any,
  string,
  { in: { [T in Target]: v.InferInput<S> }; out: { [T in Target]: v.InferOutput<S> } },
  Response
>

/** One thing wrong with a request: where (a dotted path), and the schema's own words. */
export interface RequestFault {
  readonly path: string
  readonly message: string
}

/** 422 with the path of the first fault in `path` and all of them in `faults`. */
function invalid(faults: readonly RequestFault[]): Response {
  const refused = refuse('request.invalid', undefined, faults[0] && { path: faults[0].path })
  return problem(refused, { faults })
}

/** An escape in JSON for a character that no database keeps: U+0000, or half of one. */
const UNKEPT = /\\u(?:0000|d[89a-f])/i

/**
 * Text as a database can keep it: without U+0000 and without halves of characters. Nobody types either; some keyboards and clipboards
 * bring them, and a whole sync must not fail for that.
 */
const kept = (text: string): string => text.replaceAll('\u0000', '').replace(/\p{Surrogate}/gu, '')

const keptJson = (text: string): unknown =>
  UNKEPT.test(text)
    ? JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? kept(value) : value))
    : JSON.parse(text)

const keptStrings = (given: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(given).map(([name, value]) => [name, kept(value)]))

function validator<Target extends 'json' | 'query' | 'param', S extends Schema>(
  target: Target,
  schema: S,
  read: (c: Parameters<MiddlewareHandler>[0]) => unknown,
): Validator<Target, S> {
  const validate: Validator<Target, S> = async (c, next) => {
    let value: unknown
    try {
      value = await read(c)
    } catch {
      return invalid([{ path: '', message: '不是 JSON。The body is not JSON.' }])
    }
    const checked = await v.safeParseAsync(schema, value)
    if (!checked.success) {
      return invalid(checked.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message })))
    }
    c.req.addValidatedData(target, checked.output as object)
    return next()
  }
  return described({ asks: 'input', target, schema }, validate)
}

/** The body as JSON. Any other content type is refused: forms of foreign pages can send only those without asking (ASVS 3.5). */
export const json = <S extends Schema>(schema: S): Validator<'json', S> =>
  validator('json', schema, async (c) => {
    if (!/^application\/json\b/i.test(c.req.header('content-type') ?? '')) throw new Error('not JSON')
    return keptJson(await c.req.text())
  })

/** The query string: the last value of each name. */
export const query = <S extends Schema>(schema: S): Validator<'query', S> =>
  validator('query', schema, (c) => keptStrings(c.req.query()))

/** The parameters of the path. */
export const param = <S extends Schema>(schema: S): Validator<'param', S> =>
  validator('param', schema, (c) => keptStrings(c.req.param()))
