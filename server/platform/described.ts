import type { MiddlewareHandler } from 'hono'
import type * as v from 'valibot'
import type { Role } from '#domain/lifecycle/roles.ts'

/** What a middleware asks of a request, said by the middleware itself so that the description of the API cannot drift from it. */
export type Described =
  | {
      readonly asks: 'input'
      readonly target: 'json' | 'query' | 'param'
      readonly schema: v.GenericSchema<any, any> | v.GenericSchemaAsync<any, any>
    }
  /** A session; with `roles`, one that holds any of them. */
  | { readonly asks: 'permit'; readonly roles?: readonly Role[] }

const descriptions = new WeakMap<object, Described>()

/** The same middleware, remembered with what it asks. */
export function described<H extends MiddlewareHandler<any, any, any, any>>(says: Described, handler: H): H {
  descriptions.set(handler, says)
  return handler
}

/** What a handler of a route says of itself; undefined for one that only answers. */
export const descriptionOf = (handler: object): Described | undefined => descriptions.get(handler)
