import type { Context } from 'hono'
import type { Env } from '#server/platform/environment.ts'

interface NodeSocket {
  readonly incoming?: { readonly socket?: { readonly remoteAddress?: string } }
}

/**
 * The address a request comes from. We never speak TLS ourselves, so a public origin with https means that a proxy stands before us:
 * then the last entry of X-Forwarded-For, which that proxy wrote, counts; the ones before it are the client's to invent.
 */
export function addressOf(c: Context<Env>): string {
  const peer = (c.env as NodeSocket | undefined)?.incoming?.socket?.remoteAddress ?? ''
  const forwarded = c.req.header('x-forwarded-for')
  const behindProxy = c.var.platform.config.publicOrigin.startsWith('https://')
  const address = behindProxy && forwarded ? forwarded.split(',').at(-1)!.trim() : peer
  return address.replace(/^::ffff:/, '').slice(0, 45)
}
