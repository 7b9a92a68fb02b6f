import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { refusedFrom } from '$lib/local/problem-body.ts'

/** The bytes of a file or paper behind `/api`; refused with the server's own code, or 'network.offline'. */
export async function fetchFile(href: string): Promise<Outcome<ArrayBuffer>> {
  let response: Response
  try {
    response = await fetch(href, { credentials: 'same-origin' })
  } catch {
    return refuse('network.offline')
  }
  if (response.ok) return ok(await response.arrayBuffer())
  const problem = refusedFrom(await response.text().catch(() => ''))
  return problem ?? refuse(response.status === 404 ? 'request.not-found' : 'request.failed')
}
