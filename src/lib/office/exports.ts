import type { InferRequestType } from 'hono/client'
import { ok, type Outcome } from '#domain/problems.ts'
import { api, ask } from '$lib/session/api.ts'

export type ExportOrder = InferRequestType<typeof api.exports.$post>['json']

/** Orders an export and lets the browser fetch it: it is made while it is sent, however large. */
export async function download(order: ExportOrder): Promise<Outcome<undefined>> {
  const ordered = await ask(api.exports.$post({ json: order }))
  if (!ordered.ok) return ordered
  const link = document.createElement('a')
  link.href = `/api/exports/${ordered.value.id}/file`
  link.download = ''
  link.click()
  return ok()
}
