import { isEditable } from '#domain/lifecycle/states.ts'
import { refuse, type Refused } from '#domain/problems.ts'
import { writable, writingEndsAt } from '#domain/rules/window.ts'
import { timeInWords } from '#domain/working-days.ts'
import type { Batch } from '#server/batches/actions.ts'
import type { Application } from '../queries.ts'

/** Why nobody can write in an application now, or null where one can (S10, A5, R90). */
export function writingRefusal(application: Application, batch: Batch, now: Date): Refused | null {
  if (writable(application.state, batch, application.resubmitUntil, now)) return null
  if (!isEditable(application.state)) return refuse('application.not-editable')
  if (now < batch.opensAt) return refuse('batch.not-open', { opensAt: timeInWords(batch.opensAt) })
  return refuse('batch.closed', { closesAt: timeInWords(writingEndsAt(batch, application.resubmitUntil)!) })
}
