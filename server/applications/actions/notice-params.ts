import { applicationTypes } from '#domain/forms/index.ts'
import type { NoticeParams } from '#domain/lifecycle/notices.ts'
import { type State, states } from '#domain/lifecycle/states.ts'
import { writingEndsAt } from '#domain/rules/window.ts'
import { endInWords, timeInWords } from '#domain/working-days.ts'
import type { Batch } from '#server/batches/actions.ts'
import type { Application } from '../queries.ts'
import type { TransitionInput } from './lifecycle-facts.ts'

/** How a person calls his application: 2026 年评审. Also the words of the lock on an education row. */
export const nameOf = (application: Pick<Application, 'type'>, batch: Pick<Batch, 'year'>): string =>
  `${batch.year} 年${applicationTypes[application.type].label}`

/** A sentence that ends like one, so that another can follow it. */
const sentence = (text: string): string => `${text.trim().replace(/[。.；;，,]+$/u, '')}。`

/** What the words of every notice about an application are filled with; each takes what it names. */
export function noticeParams(
  application: Application,
  batch: Batch,
  now: {
    readonly state: State
    readonly number: string | null
    readonly resubmitUntil: Date | null
    readonly publicityEndsAt: Date | null
  },
  pointLabel: string,
  input: TransitionInput,
): NoticeParams {
  const closes = writingEndsAt(batch, now.resubmitUntil)
  const until =
    now.state === 'PUBLICITY' ? now.publicityEndsAt && endInWords(now.publicityEndsAt) : closes && timeInWords(closes)
  return {
    application: `${nameOf(application, batch)}申报`,
    number: now.number ?? '',
    point: pointLabel,
    state: states[now.state].shown,
    reason: input.reason ? sentence(input.reason) : '',
    until: until ?? '批次结束',
    documentNumber: input.documentNumber ?? application.documentNumber ?? '',
    certificateNumber: input.certificateNumber ?? application.certificateNumber ?? '',
  }
}
