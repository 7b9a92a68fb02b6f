import type { Session } from '$lib/session/session.svelte.ts'

/** Whether a person only works in the office: he has nothing to apply for here. */
export const isOfficeOnly = (session: Pick<Session, 'isStaff' | 'roles'>): boolean =>
  session.isStaff && !session.roles.some(({ role }) => role === 'applicant')

/** A path of this app, or undefined: an address of another site must not be reached through a link to the login page. */
export function innerPath(wanted: string | null): string | undefined {
  if (wanted === null || !/^\/(?![/\\])/.test(wanted)) return undefined
  const url = new URL(wanted, 'https://here.invalid')
  return url.origin === 'https://here.invalid' ? url.pathname + url.search + url.hash : undefined
}

/** The login page, from where one comes to what was wanted. */
export const login = (wanted: string | null | undefined): string =>
  wanted ? `/apply/login?next=${encodeURIComponent(wanted)}` : '/apply/login'

/** Where a person goes after signing in: first to a new password, then to where he wanted to go, else to his main page (R19), the office of who works in it. */
export function landing(
  session: Pick<Session, 'state' | 'isStaff' | 'roles' | 'mustChangePassword'>,
  next: string | null,
): string {
  const wanted = innerPath(next)
  // The new password would not be taken: whoever came back later must sign in again first.
  if (session.mustChangePassword && session.state === 'expired') return login(wanted)
  if (session.mustChangePassword) return wanted ? `/password?next=${encodeURIComponent(wanted)}` : '/password'
  return wanted ?? (session.isStaff ? '/office' : '/home')
}
