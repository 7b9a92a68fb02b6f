import type { TransitionId } from '../lifecycle/transitions.ts'

/** A revocation, an upheld objection or an entry of the register blocks new applications for so long (T19, T22, E15). */
export const INTEGRITY_YEARS = 3

/** The last moment of the years that begin at this one. */
export function integrityEnd(from: Date): Date {
  const until = new Date(from)
  until.setUTCFullYear(until.getUTCFullYear() + INTEGRITY_YEARS)
  return until
}

/** The decisions on an application from which a bar follows by itself (T19, T22). */
export const barringTransitions = ['revoke', 'upholdObjection'] as const satisfies readonly TransitionId[]

/** Where a bar comes from: the office entered it, or what was decided about an application. */
export const barSources = {
  entered: '登记',
  revoke: '撤销证书',
  upholdObjection: '异议成立',
} as const satisfies Record<'entered' | (typeof barringTransitions)[number], string>
export type BarSource = keyof typeof barSources

/** What keeps a person from applying, and to which moment. */
export interface Bar {
  readonly source: BarSource
  readonly until: Date
  readonly reason: string
  /** '' where the decision has none */
  readonly documentNumber: string
}

/** Whether a bar to that moment holds now. */
export const holds = (until: Date, now: Date): boolean => now <= until

/** Of everything that was decided about a person, what bars him now and lasts longest; null for whoever may apply (E15). */
export const barAt = (bars: readonly Bar[], now: Date): Bar | null =>
  bars.filter(({ until }) => holds(until, now)).sort((a, b) => b.until.getTime() - a.until.getTime())[0] ?? null
