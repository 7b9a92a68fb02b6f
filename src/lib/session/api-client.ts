import type { hc } from 'hono/client'
import type { Api } from '#server/app.ts'

/** The typed client of the API, as Hono's `hc` types it from the server's routes. */
export type ApiClient = ReturnType<typeof hc<Api>>

/** What a call is given: everything of it that our routes take. */
interface Given {
  readonly param?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly json?: unknown
}
/** What goes with the request besides. */
interface Besides {
  readonly headers?: Readonly<Record<string, string>>
  readonly init?: RequestInit
}

/** `/applications/:id` with its `:id` filled in. */
const filled = (path: string, param: Given['param'] = {}): string =>
  path.replace(/:(\w+)/g, (whole, name: string) => (name in param ? encodeURIComponent(param[name]!) : whole))

function queryOf(query: Given['query'] = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) search.append(name, one)
  const text = search.toString()
  return text === '' ? '' : `?${text}`
}

/**
 * `client.api.applications[':id'].$get({ param: { id } })` is a GET of /api/applications/…: what `hc` does of that, for our
 * routes, in a tenth of its code. It is in front of every page, and every page waits for it.
 */
export function apiClient(origin: string, send: typeof fetch): ApiClient {
  const at = (path: string): unknown =>
    new Proxy(() => {}, {
      get: (_, name) => {
        if (typeof name !== 'string' || name === 'then') return undefined
        return name.startsWith('$') ? call(path, name.slice(1).toUpperCase()) : at(`${path}/${name}`)
      },
    })
  const call =
    (path: string, method: string) =>
    (given: Given = {}, { headers, init }: Besides = {}): Promise<Response> =>
      send(origin + filled(path, given.param) + queryOf(given.query), {
        method,
        ...(given.json === undefined ? {} : { body: JSON.stringify(given.json) }),
        headers: { ...(given.json === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...init,
      })
  return at('') as ApiClient
}
