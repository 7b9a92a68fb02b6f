import type { ClientResponse } from 'hono/client'
import type { ResponseFormat } from 'hono/types'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import { refusedFrom } from '$lib/local/problem-body.ts'
import { apiClient } from './api-client.ts'

/** A request that hangs is a lost network: the phone works on from its store, ms. */
const PATIENCE = 30_000

const patiently: typeof fetch = (input, init) =>
  fetch(input, { ...init, signal: init?.signal ?? AbortSignal.timeout(PATIENCE) })

/** The only client of the API; every answer's type is inferred from the server's routes. */
export const api = apiClient(typeof location === 'undefined' ? 'http://localhost' : location.origin, patiently).api

/**
 * Awaits an answer as an outcome: the value, or the refusal with the same code that the server spoke.
 * @example const batches = await ask(api.batches.$get())
 */
export async function ask<T>(sent: Promise<ClientResponse<T, number, ResponseFormat>>): Promise<Outcome<T>> {
  let response: ClientResponse<T, number, ResponseFormat>
  try {
    response = await sent
  } catch {
    return refuse('network.offline')
  }
  if (response.status === 204) return ok(null as T)
  let body: string
  try {
    body = await response.text()
  } catch {
    return refuse('network.offline')
  }
  if (!response.ok) return refusedFrom(body) ?? refusalOfStatus(response.status)
  try {
    return ok(JSON.parse(body) as T)
  } catch {
    // A hotel's sign-in page, or a proxy's: it is not our server that answered.
    return refuse('network.offline')
  }
}

/** An answer without our words: from a proxy, or from a server that is just going down. */
function refusalOfStatus(status: number): Refused {
  if (status === 401) return refuse('account.not-signed-in')
  // Our server says in words whom it refuses: a bare 403 is a firewall's, and passes.
  if (status === 403) return refuse('request.unavailable')
  if (status === 404) return refuse('request.not-found')
  if (status === 413) return refuse('request.too-large')
  if (status === 429) return refuse('request.too-many', { seconds: 60 })
  return status >= 500 ? refuse('request.unavailable') : refuse('request.invalid')
}
