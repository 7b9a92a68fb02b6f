import { describe, expect, test } from 'vitest'
import type { ApplicationTypeId } from '../forms/application-type.ts'
import { applicationTypes } from '../forms/index.ts'
import { guards, type LifecycleFacts } from './guards.ts'
import { availableTransitions, decide, mayAct } from './next.ts'
import { notices } from './notices.ts'
import type { Actor } from './roles.ts'
import { isEditable, isFinal, mayPrintOfficial, type State, stateIds, states } from './states.ts'
import { type Transition, type TransitionId, transitionIds, transitions } from './transitions.ts'

/**
 * DOMAIN §3.3 written out by hand a second time: for each transition the rule, its end, and who may take it from which
 * state. The walk below compares every cell of role × state × transition × type with it.
 */
const expected: Record<
  TransitionId,
  { rule: string; to: State; from: Partial<Record<State, string>>; types?: string }
> = {
  submit: { rule: 'T2', to: 'SUBMITTED', from: { DRAFT: 'applicant' } },
  expire: { rule: 'T4', to: 'EXPIRED', from: { DRAFT: 'system' } },
  forwardToDepartment: { rule: 'T5', to: 'DEPT_REVIEW', from: { SUBMITTED: 'pointClerk office' } },
  forwardToPreReview: { rule: 'T5', to: 'PRE_REVIEW', from: { SUBMITTED: 'pointClerk office' } },
  return: {
    rule: 'T6',
    to: 'RETURNED',
    from: {
      SUBMITTED: 'pointClerk office',
      DEPT_REVIEW: 'deptReviewer office',
      PRE_REVIEW: 'office',
      PRE_PASSED: 'office',
      PAPER_RECEIVED: 'office',
    },
  },
  resubmit: { rule: 'T7', to: 'SUBMITTED', from: { RETURNED: 'applicant' } },
  expireReturned: { rule: 'T8', to: 'EXPIRED', from: { RETURNED: 'system' } },
  passDepartment: { rule: 'T9', to: 'PRE_REVIEW', from: { DEPT_REVIEW: 'deptReviewer office' } },
  passPreReview: { rule: 'T10', to: 'PRE_PASSED', from: { PRE_REVIEW: 'office' } },
  reject: {
    rule: 'T11',
    to: 'REJECTED',
    from: { SUBMITTED: 'pointClerk office', DEPT_REVIEW: 'deptReviewer office', PRE_REVIEW: 'office' },
  },
  receivePaper: { rule: 'T12', to: 'PAPER_RECEIVED', from: { PRE_PASSED: 'pointClerk office' } },
  assignToCommittee: {
    rule: 'T13',
    to: 'COMMITTEE',
    from: { PAPER_RECEIVED: 'secretary office' },
    types: 'review',
  },
  startApproval: { rule: 'T14', to: 'APPROVAL', from: { PAPER_RECEIVED: 'office' } },
  passCommittee: { rule: 'T15', to: 'PASSED', from: { COMMITTEE: 'secretary' }, types: 'review' },
  failCommittee: { rule: 'T15', to: 'FAILED', from: { COMMITTEE: 'secretary' }, types: 'review' },
  approve: { rule: 'T16', to: 'PASSED', from: { APPROVAL: 'office' }, types: 'initial review' },
  approveReissue: { rule: 'T16', to: 'CONFIRMED', from: { APPROVAL: 'office' }, types: 'reissue' },
  refuseApproval: { rule: 'T16', to: 'REJECTED', from: { APPROVAL: 'office' } },
  publish: { rule: 'T17', to: 'PUBLICITY', from: { PASSED: 'office' }, types: 'initial review' },
  registerObjection: { rule: 'T18', to: 'OBJECTION', from: { PUBLICITY: 'office', OBJECTION: 'office' } },
  dismissObjection: { rule: 'T19', to: 'PUBLICITY', from: { OBJECTION: 'office' } },
  upholdObjection: { rule: 'T19', to: 'CANCELLED', from: { OBJECTION: 'office' } },
  confirm: { rule: 'T20', to: 'CONFIRMED', from: { PUBLICITY: 'office' } },
  confirmUnpublished: { rule: 'T20', to: 'CONFIRMED', from: { PASSED: 'office' } },
  certify: { rule: 'T21', to: 'CERTIFIED', from: { CONFIRMED: 'office' } },
  revoke: { rule: 'T22', to: 'REVOKED', from: { CERTIFIED: 'office' } },
  sendBackToPoint: { rule: 'T23', to: 'SUBMITTED', from: { DEPT_REVIEW: 'deptReviewer office' } },
  sendBackToDepartment: { rule: 'T23', to: 'DEPT_REVIEW', from: { PRE_REVIEW: 'office' } },
  sendBackFromPreReview: { rule: 'T23', to: 'SUBMITTED', from: { PRE_REVIEW: 'office' } },
  takeOffAgenda: { rule: 'T23', to: 'PAPER_RECEIVED', from: { COMMITTEE: 'secretary office' }, types: 'review' },
  cancel: {
    rule: 'T24',
    to: 'CANCELLED',
    from: Object.fromEntries(
      [
        'RETURNED',
        'SUBMITTED',
        'DEPT_REVIEW',
        'PRE_REVIEW',
        'PRE_PASSED',
        'PAPER_RECEIVED',
        'COMMITTEE',
        'APPROVAL',
        'PASSED',
        'PUBLICITY',
        'OBJECTION',
        'CONFIRMED',
      ].map((state) => [state, 'office']),
    ),
  },
}

const actors: readonly Actor[] = [
  'applicant',
  'pointClerk',
  'deptReviewer',
  'office',
  'secretary',
  'expert',
  'admin',
  'auditor',
  'system',
]
const types = Object.keys(applicationTypes) as ApplicationTypeId[]
const now = new Date('2026-09-10T02:00:00Z')

/** Facts under which no guard stands against anything that does not ask for the opposite. */
const fine: LifecycleFacts = {
  state: 'DRAFT',
  now,
  opensAt: new Date('2026-09-01T00:00:00Z'),
  closesAt: new Date('2026-09-30T15:59:59.999Z'),
  resubmitUntil: null,
  gateAccepted: true,
  versionCurrent: true,
  filesMissing: 0,
  issues: [],
  integrityUntil: null,
  own: false,
  hasDepartment: true,
  hasPublicity: true,
  decidedBy: 'committee',
  filesUnopened: 0,
  pendingEducationChange: false,
  snapshotOnPaper: true,
  onAgenda: true,
  ballotNoted: false,
  onPublicityList: true,
  publicityEndsAt: new Date('2026-09-20T16:00:00Z'),
  openObjection: false,
  reason: '材料不清楚',
  requestedResubmitUntil: null,
  votes: { members: 15, attending: 11, yes: 8, no: 3, abstain: 0 },
  documentNumber: '泰职称〔2026〕3号',
  certificateNumber: '2026321200001',
}

describe('role × state × transition', () => {
  test('[R90, R91, R97] every cell of the table is what DOMAIN §3.3 says, and nothing else moves an application', () => {
    let walked = 0
    for (const id of transitionIds) {
      const row = expected[id]
      expect(transitions[id].rule, id).toBe(row.rule)
      expect(transitions[id].to, id).toBe(row.to)
      for (const state of stateIds) {
        for (const actor of actors) {
          for (const type of types) {
            const byHand =
              (row.from[state]?.split(' ').includes(actor) ?? false) && (row.types?.split(' ').includes(type) ?? true)
            expect(mayAct(id, { state }, [actor], type), `${actor} ${id} from ${state} of ${type}`).toBe(byHand)
            walked++
          }
        }
      }
    }
    expect(walked).toBe(transitionIds.length * 19 * 9 * 3)
  })

  test('an actor without the right is refused with what can be done instead, whatever the guards say', () => {
    const outcome = decide('passPreReview', { ...fine, state: 'SUBMITTED' }, ['pointClerk'], 'review')
    expect(outcome).toMatchObject({ ok: false, code: 'application.transition-not-allowed' })
    if (outcome.ok) return
    expect(outcome.params).toMatchObject({ state: states.SUBMITTED.label, action: '预审通过' })
    expect(outcome.params?.allowed).toContain('受理审核通过')
  })

  test('[R91] after submission the applicant has no transition left, and is told that he can only look', () => {
    for (const state of stateIds.filter((id) => !isEditable(id))) {
      expect(availableTransitions({ ...fine, state }, ['applicant'], 'review')).toEqual([])
    }
    expect(decide('submit', { ...fine, state: 'PRE_REVIEW' }, ['applicant'], 'review')).toMatchObject({
      params: { allowed: '只能查看' },
    })
  })

  test('[R1] admin, auditor and expert decide nothing in any state', () => {
    for (const state of stateIds) {
      expect(availableTransitions({ ...fine, state }, ['admin', 'auditor', 'expert'], 'review')).toEqual([])
    }
  })

  test('final states are left by nothing but a revocation', () => {
    for (const state of stateIds.filter(isFinal)) {
      const out = transitionIds.filter((id) => (transitions[id] as Transition).from.includes(state))
      expect(out, state).toEqual(state === 'CERTIFIED' ? ['revoke'] : [])
    }
  })

  test('every state but the first can be reached, and every notice named exists', () => {
    const reached = new Set<State>(transitionIds.map((id) => transitions[id].to))
    expect(stateIds.filter((state) => !reached.has(state))).toEqual(['DRAFT'])
    for (const id of transitionIds) {
      const { notice, sms } = transitions[id] as Transition
      if (notice) expect(Object.keys(notices), id).toContain(notice)
      if (sms) expect(notices[notice!], id).toHaveProperty('sms')
    }
  })

  test('[R114] every transition tells the applicant, but for the internal ones', () => {
    for (const id of transitionIds) {
      const { notice, internal } = transitions[id] as Transition
      expect(notice === undefined, id).toBe(internal === true)
    }
  })

  test('[R90] exactly the two submissions freeze the answers, and each ends in SUBMITTED', () => {
    expect(transitionIds.filter((id) => (transitions[id] as Transition).freezes)).toEqual(['submit', 'resubmit'])
  })

  test('[R93] official papers are made at 预审通过 alone; a return, a refusal after them, a cancellation and a revocation void them', () => {
    expect(transitionIds.filter((id) => (transitions[id] as Transition).makesPapers)).toEqual(['passPreReview'])
    expect(transitionIds.filter((id) => (transitions[id] as Transition).voidsPapers)).toEqual([
      'return',
      'refuseApproval',
      'upholdObjection',
      'revoke',
      'cancel',
    ])
    expect(stateIds.filter(mayPrintOfficial)).not.toContain('PRE_REVIEW')
    expect(mayPrintOfficial('PRE_PASSED')).toBe(true)
    expect(mayPrintOfficial('RETURNED')).toBe(false)
  })

  test('[R96, R97] only 填写中 and 已退回 stand in 拟进入审查阶段 and may be edited', () => {
    expect(stateIds.filter((id) => states[id].phase === 'preparing')).toEqual(['DRAFT', 'RETURNED'])
    expect(stateIds.filter(isEditable)).toEqual(['DRAFT', 'RETURNED'])
  })
})

describe('guards', () => {
  const from = (id: TransitionId): State => transitions[id].from[0]
  const tries = (id: TransitionId, facts: Partial<LifecycleFacts>, type: ApplicationTypeId = 'review') =>
    decide(id, { ...fine, state: from(id), ...facts }, [transitions[id].by[0]], type)
  const code = (outcome: ReturnType<typeof decide>) => (outcome.ok ? 'ok' : outcome.code)

  test.each([
    ['one second before the start', '2026-08-31T23:59:59.000Z', 'batch.not-open'],
    ['at the start', '2026-09-01T00:00:00.000Z', 'ok'],
    ['at the end', '2026-09-30T15:59:59.999Z', 'ok'],
    ['one second after the end', '2026-09-30T16:00:00.999Z', 'batch.closed'],
    ['one millisecond after the end', '2026-09-30T16:00:00.000Z', 'batch.closed'],
  ])('[R20] T2 %s', (_, at, answer) => {
    expect(code(tries('submit', { now: new Date(at) }))).toBe(answer)
  })

  test('[R20] the refusal says in Shanghai time when the batch opens or closed', () => {
    const early = tries('submit', { now: new Date('2026-08-31T00:00:00Z') })
    expect(early).toMatchObject({ params: { opensAt: expect.stringContaining('8:00') } })
  })

  test('T2: grace lets through what stood on the server before the end, and no longer than it lasts', () => {
    const graceUntil = new Date('2026-09-30T16:09:59.999Z')
    expect(code(tries('submit', { now: new Date('2026-09-30T16:05:00Z'), graceUntil }))).toBe('ok')
    expect(code(tries('submit', { now: new Date('2026-09-30T16:10:00Z'), graceUntil }))).toBe('batch.closed')
  })

  test('A6: an open-ended batch never closes and never expires', () => {
    const facts = { closesAt: null, now: new Date('2031-01-01T00:00:00Z') }
    expect(code(tries('submit', facts))).toBe('ok')
    expect(code(tries('expire', facts))).toBe('application.handled-by-other')
  })

  test.each([
    ['T2: the gate was not accepted', 'submit', { gateAccepted: false }, 'reading.missing'],
    ['T2: another device changed something', 'submit', { versionCurrent: false }, 'application.version-changed'],
    ['T2: a file is not here yet', 'submit', { filesMissing: 2 }, 'attachment.missing'],
    [
      '[R23] T2: something is missing',
      'submit',
      { issues: [{ code: 'answer.required', path: 'specialty' }] },
      'application.incomplete',
    ],
    [
      'E15: a record of cheating blocks',
      'submit',
      { integrityUntil: new Date('2027-01-01T00:00:00Z') },
      'application.integrity-record',
    ],
    ['E15: a record that has run out does not', 'submit', { integrityUntil: new Date('2026-01-01T00:00:00Z') }, 'ok'],
    ['[R98] T6: a reason of four 字 is none', 'return', { reason: '不清楚 ' }, 'application.reason-required'],
    ['[R98] T6: five 字 are one', 'return', { reason: '材料不清楚' }, 'ok'],
    ['T11: rejecting needs a reason', 'reject', { reason: '' }, 'application.reason-required'],
    ['T5: an unopened file', 'forwardToDepartment', { filesUnopened: 1 }, 'application.files-unopened'],
    ['T10: an unopened file', 'passPreReview', { filesUnopened: 3 }, 'application.files-unopened'],
    [
      '[R67] T10: an education change waits',
      'passPreReview',
      { pendingEducationChange: true },
      'application.pending-education-change',
    ],
    ['T12: paper of an older version', 'receivePaper', { snapshotOnPaper: false }, 'application.version-changed'],
    [
      'T13: 认定 does not go to a committee',
      'assignToCommittee',
      { decidedBy: 'approval' },
      'application.handled-by-other',
    ],
    ['T14: 评审 is not approved by the office', 'startApproval', {}, 'application.handled-by-other'],
    ['T14: 认定 is', 'startApproval', { decidedBy: 'approval' }, 'ok'],
    ['T13: on no agenda', 'assignToCommittee', { onAgenda: false }, 'committee.not-on-agenda'],
    ['T23: a ballot binds it to the agenda', 'takeOffAgenda', { ballotNoted: true }, 'committee.ballot-noted'],
    ['T23: off the agenda without a reason', 'takeOffAgenda', { reason: '' }, 'application.reason-required'],
    ['T23: off the agenda before a ballot', 'takeOffAgenda', {}, 'ok'],
    ['T17: on no list', 'publish', { onPublicityList: false }, 'publicity.not-on-list'],
    ['T15: no votes', 'passCommittee', { votes: null }, 'application.votes-invalid'],
    ['T15: 8 of 11 pass', 'passCommittee', {}, 'ok'],
    ['T15: 8 of 11 do not fail', 'failCommittee', {}, 'application.votes-invalid'],
    ['T15: 7 of 11 fail', 'failCommittee', { votes: { members: 15, attending: 11, yes: 7, no: 4, abstain: 0 } }, 'ok'],
    [
      'T15: 7 of 11 do not pass',
      'passCommittee',
      { votes: { members: 15, attending: 11, yes: 7, no: 4, abstain: 0 } },
      'application.votes-invalid',
    ],
    [
      'T15: too few attend',
      'passCommittee',
      { votes: { members: 15, attending: 9, yes: 9, no: 0, abstain: 0 } },
      'application.votes-invalid',
    ],
    ['T17: no end of the publicity', 'publish', { publicityEndsAt: null }, 'application.publicity-running'],
    ['T17: a batch without publicity', 'publish', { hasPublicity: false }, 'application.handled-by-other'],
    ['T20: publicity still running', 'confirm', {}, 'application.publicity-running'],
    ['T20: publicity over', 'confirm', { now: new Date('2026-09-20T16:00:00.001Z') }, 'ok'],
    [
      'T20: an objection is open',
      'confirm',
      { now: new Date('2026-09-21T00:00:00Z'), openObjection: true },
      'application.publicity-running',
    ],
    [
      'T20: without a document number',
      'confirm',
      { now: new Date('2026-09-21T00:00:00Z'), documentNumber: ' ' },
      'answer.required',
    ],
    ['T20: straight from PASSED only without publicity', 'confirmUnpublished', {}, 'application.publicity-running'],
    ['T20: straight from PASSED', 'confirmUnpublished', { hasPublicity: false }, 'ok'],
    ['T21: without a certificate number', 'certify', { certificateNumber: '' }, 'answer.required'],
    [
      'T18: no objection after the end',
      'registerObjection',
      { now: new Date('2026-09-21T00:00:00Z') },
      'application.handled-by-other',
    ],
    ['T5: a route without department', 'forwardToDepartment', { hasDepartment: false }, 'application.handled-by-other'],
    ['T5: a route with department', 'forwardToPreReview', {}, 'application.handled-by-other'],
    ['T24: cancelling needs a reason', 'cancel', { reason: '' }, 'application.reason-required'],
  ] as const)('%s', (_, id, facts, answer) => {
    expect(code(tries(id, facts as Partial<LifecycleFacts>))).toBe(answer)
  })

  test('E11: nobody handles his own application, in any transition of the office', () => {
    for (const id of transitionIds) {
      const { by } = transitions[id]
      if ((by as readonly Actor[]).some((actor) => actor === 'applicant' || actor === 'system')) continue
      expect(transitions[id].guards, id).toContain('notOwn')
      expect(code(tries(id, { own: true }, (transitions[id] as Transition).types?.[0])), id).toBe(
        'account.own-application',
      )
    }
  })

  test('[R91] T6, A22: after the window a return needs a term of 1 to 10 days', () => {
    const late = new Date('2026-10-05T02:00:00Z')
    const inDays = (days: number) => new Date(late.getTime() + days * 86_400_000)
    const answer = (requestedResubmitUntil: Date | null) => code(tries('return', { now: late, requestedResubmitUntil }))
    expect(answer(null)).toBe('application.resubmit-until-required')
    expect(answer(inDays(-1))).toBe('application.resubmit-until-required')
    expect(answer(inDays(1))).toBe('ok')
    expect(answer(inDays(10))).toBe('ok')
    expect(answer(inDays(12))).toBe('application.resubmit-until-required')
    expect(code(tries('return', { requestedResubmitUntil: null })), 'inside the window').toBe('ok')
  })

  test.each([
    ['before the batch ends', '2026-09-20T00:00:00Z', null, 'ok'],
    ['after it, without a term', '2026-10-01T00:00:00Z', null, 'batch.closed'],
    ['after it, within the term', '2026-10-01T00:00:00Z', '2026-10-05T15:59:59.999Z', 'ok'],
    ['at the end of the term', '2026-10-05T15:59:59.999Z', '2026-10-05T15:59:59.999Z', 'ok'],
    ['after the term', '2026-10-05T16:00:00Z', '2026-10-05T15:59:59.999Z', 'batch.closed'],
    ['before the batch ends, after a shorter term', '2026-09-20T00:00:00Z', '2026-09-15T00:00:00Z', 'ok'],
  ])('[R20] T7: sending again %s', (_, at, until, answer) => {
    const facts = { now: new Date(at), resubmitUntil: until === null ? null : new Date(until) }
    expect(code(tries('resubmit', facts))).toBe(answer)
    expect(code(tries('expireReturned', facts)), 'T8').toBe(answer === 'ok' ? 'application.handled-by-other' : 'ok')
  })

  test('T4: a draft expires after the end, not at it', () => {
    expect(code(tries('expire', { now: new Date('2026-09-30T15:59:59.999Z') }))).toBe('application.handled-by-other')
    expect(code(tries('expire', { now: new Date('2026-09-30T16:00:00.000Z') }))).toBe('ok')
  })

  test('every guard of the table is used, and every use exists', () => {
    const used = new Set<string>(transitionIds.flatMap((id) => transitions[id].guards))
    expect([...used].filter((id) => !(id in guards))).toEqual([])
    expect(Object.keys(guards).filter((id) => !used.has(id))).toEqual([])
  })

  test('[R102] a transition off the way is not offered; one on the way says what still stands against it', () => {
    const offered = availableTransitions({ ...fine, state: 'SUBMITTED', reason: '' }, ['pointClerk'], 'review')
    expect(offered.map(({ id }) => id)).toEqual(['forwardToDepartment', 'return', 'reject'])
    expect(offered.find(({ id }) => id === 'return')?.refusal?.code).toBe('application.reason-required')
    expect(offered.find(({ id }) => id === 'forwardToDepartment')?.refusal).toBeNull()
  })
})
