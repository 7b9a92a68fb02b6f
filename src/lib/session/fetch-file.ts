import { ok, type Outcome, problems, type ProblemCode, refuse } from '#domain/problems.ts'

/** The bytes of a file or paper behind `/api`; refused with the server's own code, or 'network.offline'. */
export async function fetchFile(href: string): Promise<Outcome<ArrayBuffer>> {
  let response: Response
  try {
    response = await fetch(href, { credentials: 'same-origin' })
  } catch {
    return refuse('network.offline')
  }
  if (response.ok) return ok(await response.arrayBuffer())
  const problem = (await response.json().catch(() => ({}))) as {
    code?: string
    params?: Record<string, string | number>
  }
  return problem.code !== undefined && Object.hasOwn(problems, problem.code)
    ? refuse(problem.code as ProblemCode, problem.params)
    : refuse(response.status === 404 ? 'request.not-found' : 'request.failed')
}
