import type { State } from './states.ts'

/** States of what was turned away or ran out: it is no application of its year any more (E3). */
export const turnedAwayStates: readonly State[] = ['REJECTED', 'CANCELLED', 'EXPIRED']
