import { problems, type Refused } from '#domain/problems.ts'

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
  const { code, params, path, issues } = read as Partial<Refused> & { code?: unknown }
  if (typeof code !== 'string' || !Object.hasOwn(problems, code)) return null
  return {
    ok: false,
    code: code as Refused['code'],
    ...(params && { params }),
    ...(path !== undefined && { path }),
    ...(issues && { issues }),
  }
}
