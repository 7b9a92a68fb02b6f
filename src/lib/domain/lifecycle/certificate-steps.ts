import type { State } from './states.ts'

/** What a certificate waits for, in the order in which somebody wants something of it (T21). */
export const certificateSteps = {
  number: { label: '待编号', state: 'CONFIRMED' },
  handOut: { label: '待领取', state: 'CERTIFIED' },
  done: { label: '已领取', state: 'CERTIFIED' },
} as const satisfies Record<string, { label: string; state: State }>
export type CertificateStep = keyof typeof certificateSteps
export const certificateStepIds = Object.keys(certificateSteps) as CertificateStep[]

export const certificateStepOf = (row: {
  readonly state: State
  readonly pickedUpOn: string | null
}): CertificateStep => (row.state === 'CONFIRMED' ? 'number' : row.pickedUpOn === null ? 'handOut' : 'done')
