import { serve } from '@hono/node-server'
import { once } from 'node:events'
import type { Server } from 'node:http'

/** How long a connection may take, in milliseconds. */
export interface Patience {
  /** until the head of a request is there */
  readonly headersTimeout: number
  /** until all of the request is there: a part of a file on a bad network may take minutes */
  readonly requestTimeout: number
  /** between two requests */
  readonly keepAliveTimeout: number
  /** how often it is looked at */
  readonly connectionsCheckingInterval: number
}

/** Whoever sends a byte a minute holds no connection for long. */
const PATIENCE: Patience = {
  headersTimeout: 15_000,
  requestTimeout: 300_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
}

/** Bytes that the head of a request may have. */
const HEAD_AT_MOST = 16_384

/** Begins to listen; throws where the port is taken. */
export async function listen(
  fetch: Parameters<typeof serve>[0]['fetch'],
  { host, port }: { readonly host: string; readonly port: number },
  patience: Patience = PATIENCE,
): Promise<Server> {
  const server = serve({
    fetch,
    hostname: host,
    port,
    serverOptions: { ...patience, maxHeaderSize: HEAD_AT_MOST },
  }) as Server
  // rejects where an error comes first
  await once(server, 'listening')
  return server
}
