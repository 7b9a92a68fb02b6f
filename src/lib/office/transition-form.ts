import type { TransitionId } from '#domain/lifecycle/transitions.ts'
import { transitions, type Transition } from '#domain/lifecycle/transitions.ts'
import { wordsOfNotice } from '#domain/lifecycle/notices.ts'
import { paperCodeOf } from '#domain/lifecycle/paper-code.ts'
import { states } from '#domain/lifecycle/states.ts'
import { isReason, REASON_AT_LEAST } from '#domain/rules/reason.ts'
import { LONGEST_TERM, writingEndsAt } from '#domain/rules/window.ts'
import { addDays, dateInShanghai, endOfDayInShanghai, timeInWords } from '#domain/working-days.ts'
import { isGrave } from './transition-look.ts'
import type { CaseView, TransitionOffer, TransitionWish } from './review-case.svelte.ts'

/** What a reviewer fills in for a transition, as typed. */
export interface TransitionEntry {
  reason: string
  /** YYYY-MM-DD */
  resubmitUntil: string
  paperCode: string
  documentNumber: string
  certificateNumber: string
}

export const emptyEntry = (): TransitionEntry => ({
  reason: '',
  resubmitUntil: '',
  paperCode: '',
  documentNumber: '',
  certificateNumber: '',
})

/** A returned application may be given 1 to 10 days (A22). */
export const resubmitRange = (now: number): { readonly min: string; readonly max: string } => {
  const today = dateInShanghai(now)
  return { min: addDays(today, 1), max: addDays(today, LONGEST_TERM) }
}

/** Onward steps that take nothing back from anybody are taken at once; the rest is asked in a sheet. */
export const isDirect = (offer: TransitionOffer): boolean =>
  offer.asks.length === 0 && !isGrave(offer.id) && transitionsTakenAtOnce.includes(offer.id)

const transitionsTakenAtOnce: readonly TransitionId[] = [
  'forwardToDepartment',
  'forwardToPreReview',
  'passDepartment',
  'passPreReview',
  'startApproval',
]

/** The first thing missing in an entry, in words; undefined where it can be sent. */
export function lackOf(offer: TransitionOffer, entry: TransitionEntry): string | undefined {
  for (const one of offer.asks) {
    if (offer.optional.includes(one)) continue
    if (one === 'reason' && !isReason(entry.reason)) return `原因至少写 ${REASON_AT_LEAST} 个字`
    if (one === 'resubmitUntil' && entry.resubmitUntil === '') return '申报时间已过，请定修改期限'
    if (one === 'paperCode' && entry.paperCode.trim() === '') return '请输入纸质材料上的核验码'
    if (one === 'documentNumber' && entry.documentNumber.trim() === '') return '请填文号'
    if (one === 'certificateNumber' && entry.certificateNumber.trim() === '') return '请填证书编号'
  }
  return undefined
}

/** The entry as it is sent; a day means its end (A4). */
export function wishOf(offer: TransitionOffer, entry: TransitionEntry): TransitionWish {
  const asks = new Set<string>(offer.asks)
  return {
    transition: offer.id,
    ...(asks.has('reason') && { reason: entry.reason.trim() }),
    ...(asks.has('resubmitUntil') &&
      entry.resubmitUntil !== '' && { resubmitUntil: endOfDayInShanghai(entry.resubmitUntil).toISOString() }),
    ...(asks.has('paperCode') && { paperCode: paperCodeOf(entry.paperCode) }),
    ...(asks.has('documentNumber') && { documentNumber: entry.documentNumber.trim() }),
    ...(asks.has('certificateNumber') && { certificateNumber: entry.certificateNumber.trim() }),
  }
}

/** What the applicant will read, word for word as the server will write it; null where he is told nothing. */
export function messageOf(
  offer: TransitionOffer,
  entry: TransitionEntry,
  application: CaseView['application'],
): { readonly title: string; readonly body: string; readonly bySms: boolean } | null {
  const transition: Transition = transitions[offer.id]
  if (!transition.notice) return null
  const closesAt = application.batchClosesAt === null ? null : new Date(application.batchClosesAt)
  const asked = entry.resubmitUntil === '' ? null : endOfDayInShanghai(entry.resubmitUntil)
  const until = writingEndsAt({ closesAt }, asked)
  const reason = entry.reason.trim().replace(/[。.；;，,]+$/u, '')
  const { title, body } = wordsOfNotice(transition.notice, {
    application: `${application.batchYear} 年${application.typeLabel}申报`,
    number: application.number ?? '',
    point: '受理点',
    state: states[offer.to].shown,
    reason: reason === '' ? '' : `${reason}。`,
    until: until ? timeInWords(until) : '批次结束',
    documentNumber: entry.documentNumber.trim(),
    certificateNumber: entry.certificateNumber.trim(),
  })
  return { title, body, bySms: transition.sms === true }
}
