import { refuse, type Refused } from '../problems.ts'
import { timeInWords } from '../working-days.ts'
import { holds } from './integrity.ts'

/** The refusal for whoever is barred to that moment; null where it is over, or nothing bars him (E15). The server alone asks it. */
export const refusedWhileBarred = (until: Date | null, now: Date): Refused | null =>
  until !== null && holds(until, now) ? refuse('application.integrity-record', { until: timeInWords(until) }) : null
