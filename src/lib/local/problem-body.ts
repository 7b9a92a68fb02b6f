import { phoneProblems, type ProblemCode, type Refused } from '#domain/problems.ts'

/** What a problem may have in its body (RFC 9457). */
type Body = Partial<Refused> & { readonly title?: unknown; readonly detail?: unknown }

/** The code, if the phone has words for it or they came with it; with them in the latter case. */
function named({ code, title, detail }: { code?: unknown; title?: unknown; detail?: unknown }) {
  if (typeof code !== 'string') return null
  if (Object.hasOwn(phoneProblems, code)) return { code: code as ProblemCode }
  if (typeof title !== 'string' || typeof detail !== 'string') return null
  return { code: code as ProblemCode, words: { title, detail } }
}

/** A problem+json body (RFC 9457) back as the refusal it was; null for anything else. */
export function refusedFrom(body: unknown): Refused | null {
  let read: unknown = body
  if (typeof body === 'string') {
    try {
      read = JSON.parse(body)
    } catch {
      return null
    }
  }
  if (read === null || typeof read !== 'object') return null
  const { params, path, issues } = read as Body
  const problem = named(read)
  if (!problem) return null
  return {
    ok: false,
    ...problem,
    ...(params && { params }),
    ...(path !== undefined && { path }),
    ...(issues && { issues: issues.map((issue) => ({ ...issue, ...named(issue) })) }),
  }
}
