import type { Role } from '#domain/lifecycle/roles.ts'
import type { ProblemCode } from '#domain/problems.ts'

/** Ids of one person's things, with which every route is tried: once those that somebody reaches, once those he does not. */
export interface Things {
  readonly application: string
  /** a draft of the same person, never submitted; made anew for each try */
  readonly draft: string
  readonly batch: string
  readonly attachment: string
  readonly session: string
  readonly notice: string
  readonly change: string
  readonly proof: string
  readonly comment: string
  readonly upload: string
}

export interface Try {
  /** parameters of the path, by name */
  readonly param?: Readonly<Record<string, string>>
  readonly query?: string
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

type Answer = number | ProblemCode

/** Who may do what by one route of the API; the reviewed truth, against which the routes are held. */
export interface AuthorisationRow {
  /** Who passes the gate: everybody, everybody with a session, or the holders of these roles. */
  readonly gate: 'everybody' | 'signed' | readonly Role[]
  /**
   * Whose things it reaches: `owner` the person's own alone; `scope` those of the back office whose grant reaches the application;
   * `both`; or the owner and the 职称办. Without it the route names no thing.
   */
  readonly reaches?: 'owner' | 'scope' | 'both' | 'owner and office'
  /** Of those who reach the thing, the roles that may do this; the others are told so. */
  readonly acts?: readonly Role[]
  readonly attempt?: (of: Things) => Try
  /** What those get who may: 200, 201 and 204 unless said otherwise. */
  readonly answers?: readonly Answer[]
}

const desk: readonly Role[] = ['pointClerk', 'deptReviewer', 'office', 'secretary', 'auditor']
const calendar: readonly Role[] = ['office', 'secretary', 'auditor', 'admin']
/** Those who may do something in the state SUBMITTED of an application without 主管部门. */
const holders: readonly Role[] = ['pointClerk', 'office']

/** Committees: who reads, and who arranges. */
const committee: readonly Role[] = ['secretary', 'office', 'auditor']
const arranging: readonly Role[] = ['secretary', 'office']

/** Who sees people's ID cards. */
const counter: readonly Role[] = ['pointClerk', 'office']

/** Who writes announcements and policies. */
const publishers: readonly Role[] = ['office', 'admin']
const bulletin = {
  kind: 'announcement',
  title: '关于申报的通知',
  documentNumber: '',
  issuer: '',
  body: '请按时申报。',
  audience: ['applicant'],
  regions: [],
  batches: [],
  pinned: false,
}

/** A thing of the office that is tried by an id that nothing has. */
function missing(gate: AuthorisationRow['gate'], json?: unknown): AuthorisationRow {
  return {
    gate,
    attempt: () => ({ param: { id: nobody }, ...(json !== undefined && { json }) }),
    answers: ['request.not-found'],
  }
}

const id = (of: keyof Things) => (things: Things) => ({ param: { id: things[of] } })
const nobody = '00000000-0000-4000-8000-000000000000'
const captcha = { captchaId: nobody, captcha: '0000' }
const typed = { idNumber: '321202199001010017', ...captcha }

export const authorisationRows: Readonly<Record<string, AuthorisationRow>> = {
  'get /api/health': { gate: 'everybody' },
  'get /api/openapi.json': { gate: 'everybody' },

  'get /api/accounts/captcha': { gate: 'everybody' },
  'get /api/accounts/captcha/work': { gate: 'everybody' },
  'post /api/accounts/register': {
    gate: 'everybody',
    attempt: () => ({
      json: {
        ...typed,
        fullName: '周明远',
        password: 'Lv-shu-cheng-yin-26',
        passwordConfirm: 'Lv-shu-cheng-yin-26',
        email: 'zhou@example.com',
        mobile: '13812345678',
        consent: true,
      },
    }),
    answers: ['account.captcha-expired'],
  },
  'post /api/accounts/sign-in': {
    gate: 'everybody',
    attempt: () => ({ json: { ...typed, password: 'x' } }),
    answers: ['account.captcha-expired'],
  },
  'post /api/accounts/sign-out': { gate: 'everybody' },
  'get /api/accounts/session': { gate: 'everybody' },
  'post /api/accounts/recover/start': {
    gate: 'everybody',
    attempt: () => ({ json: typed }),
    answers: ['account.captcha-expired'],
  },
  'post /api/accounts/recover/finish': {
    gate: 'everybody',
    attempt: () => ({ json: { token: 'x', method: 'mobile' } }),
    answers: ['account.recovery-expired'],
  },
  'post /api/accounts/password': {
    gate: 'signed',
    attempt: () => ({ json: { current: 'x', next: 'x' } }),
    answers: ['identity.password-weak'],
  },
  'patch /api/accounts/me': { gate: 'signed', attempt: () => ({ json: {} }) },
  'get /api/accounts/me/data': { gate: 'signed' },
  'get /api/accounts/sessions': { gate: 'signed' },
  'delete /api/accounts/sessions/{id}': { gate: 'signed', reaches: 'owner', attempt: id('session') },
  'post /api/accounts/sessions-of': {
    gate: ['admin'],
    attempt: () => ({ json: { idNumber: '321202199001010017' } }),
    answers: ['request.not-found'],
  },
  'delete /api/accounts/sessions-of/{account}': {
    gate: ['admin'],
    attempt: () => ({ param: { account: nobody } }),
    answers: ['request.not-found'],
  },
  'delete /api/accounts/sessions-of/{account}/{id}': {
    gate: ['admin'],
    attempt: ({ session }) => ({ param: { account: nobody, id: session } }),
    answers: ['request.not-found'],
  },
  'post /api/accounts/sign-out-everywhere': { gate: 'signed' },
  'post /api/account-closing': {
    gate: 'signed',
    attempt: () => ({ json: { password: 'x' } }),
    answers: ['account.credentials-wrong'],
  },
  'get /api/accounts/passkeys': { gate: 'signed' },
  'post /api/accounts/passkeys/options': {
    gate: 'signed',
    attempt: () => ({ json: { password: 'x' } }),
    answers: ['account.credentials-wrong'],
  },
  'post /api/accounts/passkeys': { gate: 'signed', attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'delete /api/accounts/passkeys/{id}': missing('signed'),
  'post /api/accounts/passkeys/sign-in/options': { gate: 'everybody' },
  'post /api/accounts/passkeys/sign-in': {
    gate: 'everybody',
    attempt: () => ({ json: {} }),
    answers: ['request.invalid'],
  },
  'post /api/accounts/me/mobile/code': {
    gate: 'signed',
    attempt: () => ({ json: { mobile: '13812345678', password: 'x' } }),
    answers: ['account.credentials-wrong'],
  },
  'post /api/accounts/me/mobile': {
    gate: 'signed',
    attempt: () => ({ json: { challengeId: nobody, code: '000000' } }),
    answers: ['account.code-wrong'],
  },
  'get /api/accounts/mobile-changes': { gate: counter },
  'post /api/accounts/mobile-changes': {
    gate: counter,
    attempt: () => ({ json: { idNumber: '321202199001010018', mobile: '13812345678', reason: '手机丢了' } }),
    answers: ['identity.id-number-wrong'],
  },
  'post /api/accounts/mobile-changes/{id}/decide': missing(counter, { agrees: true }),

  'get /api/accounts/staff': { gate: ['admin'] },
  'post /api/accounts/staff': { gate: ['admin'], attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'get /api/accounts/staff/{id}/log': { gate: ['admin'], attempt: () => ({ param: { id: nobody } }) },
  'post /api/accounts/staff/{id}/grants': missing(['admin'], { role: 'auditor' }),
  'delete /api/accounts/staff/{id}/grants/{grantId}': {
    gate: ['admin'],
    attempt: () => ({ param: { id: nobody, grantId: nobody } }),
    answers: ['request.not-found'],
  },
  'post /api/accounts/staff/{id}/lock': missing(['admin'], { locked: true, reason: '已经离职，停用账号' }),
  'post /api/accounts/staff/{id}/password': missing(['admin']),

  'get /api/integrity': { gate: ['office', 'auditor'] },
  'post /api/integrity': { gate: ['office'], attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'post /api/integrity/search': { gate: ['office', 'auditor'], attempt: () => ({ json: { q: '' } }) },
  'post /api/integrity/{id}/end': missing(['office'], { reason: '申诉成立，撤销记录' }),
  'get /api/phrases': { gate: ['office', 'admin'] },
  'put /api/phrases/{place}': {
    gate: ['office', 'admin'],
    attempt: () => ({ param: { place: 'file' }, json: { texts: ['看不清，请重新拍'] } }),
  },

  'get /api/notices': { gate: 'signed' },
  'post /api/notices/{id}/read': { gate: 'signed', reaches: 'owner', attempt: id('notice') },
  'post /api/notices/{id}/shown': { gate: 'signed', reaches: 'owner', attempt: id('notice') },
  'post /api/notices/read-all': { gate: 'signed' },

  'get /api/bulletin': { gate: 'everybody' },
  'get /api/bulletin/{id}': {
    gate: 'everybody',
    attempt: () => ({ param: { id: nobody } }),
    answers: ['request.not-found'],
  },

  'post /api/bulletin/{id}/read': {
    gate: 'signed',
    attempt: () => ({ param: { id: nobody } }),
    answers: ['request.not-found'],
  },
  'get /api/bulletin/{id}/files/{fileId}': {
    gate: 'everybody',
    attempt: () => ({ param: { id: nobody, fileId: nobody } }),
    answers: ['request.not-found'],
  },
  'get /api/bulletin/desk': { gate: ['office', 'admin', 'auditor'] },
  'get /api/bulletin/desk/{id}': missing(['office', 'admin', 'auditor']),
  'post /api/bulletin/desk': { gate: publishers, attempt: () => ({ json: bulletin }) },
  'put /api/bulletin/desk/{id}': missing(publishers, { ...bulletin, revision: 1 }),
  'delete /api/bulletin/desk/{id}': missing(publishers),
  'post /api/bulletin/desk/{id}/publish': missing(publishers, { revision: 1, at: null, until: null }),
  'post /api/bulletin/desk/{id}/files': {
    gate: publishers,
    attempt: () => ({ param: { id: nobody }, query: 'name=a.pdf' }),
    answers: ['request.not-found'],
  },
  'delete /api/bulletin/desk/{id}/files/{fileId}': {
    gate: publishers,
    attempt: () => ({ param: { id: nobody, fileId: nobody } }),
    answers: ['request.not-found'],
  },
  'post /api/bulletin/desk/{id}/withdraw': missing(publishers, { revision: 1 }),

  'get /api/batches': { gate: 'everybody' },
  'get /api/batches/{id}': { gate: 'everybody', attempt: id('batch') },
  'get /api/batches/desk': { gate: calendar },
  'post /api/batches/desk': {
    gate: ['office'],
    attempt: () => ({ json: {} }),
    answers: ['request.invalid'],
  },
  'patch /api/batches/desk/{id}': {
    gate: ['office'],
    attempt: () => ({ param: { id: nobody }, json: {} }),
    answers: ['request.not-found'],
  },
  'get /api/batches/desk/{id}/days': { gate: calendar, attempt: id('batch') },
  'get /api/editions/{id}': {
    gate: 'everybody',
    attempt: () => ({ param: { id: 'review@2000.1-0000' } }),
    answers: ['request.not-found'],
  },
  'get /api/dictionaries': { gate: ['office', 'admin'] },
  'put /api/dictionaries/{list}': {
    gate: ['office', 'admin'],
    // nothing was written yet, so a later version than none is refused
    attempt: () => ({ param: { list: 'reissueReason' }, json: { version: 9, items: [] } }),
    answers: ['code-list.version-changed'],
  },
  'post /api/dictionaries/renew-batches': { gate: ['office', 'admin'] },
  'get /api/reading-texts': { gate: calendar },
  'post /api/reading-texts': { gate: ['office'], attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'get /api/reading-texts/{textId}': { gate: calendar, attempt: () => ({ param: { textId: 'pledge' } }) },
  'put /api/reading-texts/{textId}': {
    gate: ['office'],
    // nobody has written it so often
    attempt: () => ({ param: { textId: 'pledge' }, json: { title: '', body: '', version: 99 } }),
    answers: ['reading-text.version-changed'],
  },
  'get /api/directory': { gate: 'everybody' },
  'get /api/directory/desk': { gate: ['office', 'admin'] },
  'post /api/directory/desk': {
    gate: ['office', 'admin'],
    attempt: () => ({ json: {} }),
    answers: ['request.invalid'],
  },
  'patch /api/directory/desk/{id}': {
    gate: ['office', 'admin'],
    attempt: () => ({ param: { id: nobody }, json: {} }),
    answers: ['request.not-found'],
  },

  'post /api/uploads/known': {
    gate: 'signed',
    reaches: 'owner',
    attempt: ({ draft }) => ({
      json: { applicationId: draft, path: 'idCard', name: '身份证.pdf', sha256: '0'.repeat(64), size: 1 },
    }),
  },
  // Each file of it passes or is refused by itself; that a stranger's application is not found is held in files-together.test.ts.
  'post /api/uploads/together': { gate: 'signed', answers: ['request.invalid'] },
  // tus speaks its own protocol on these; that a stranger's upload is not found is held in attachments.test.ts as well.
  ...tus('/api/uploads', () => ({})),
  ...tus('/api/uploads/{id}', ({ upload }) => ({ param: { id: upload } })),

  'get /api/files/{attachmentId}': {
    gate: 'signed',
    reaches: 'both',
    attempt: ({ attachment }) => ({ param: { attachmentId: attachment } }),
  },
  'get /api/files/{attachmentId}/pages/{file}': {
    gate: 'signed',
    reaches: 'both',
    attempt: ({ attachment }) => ({ param: { attachmentId: attachment, file: '1.png' } }),
  },

  'get /api/push/key': { gate: 'signed' },
  'post /api/push/subscriptions': {
    gate: 'signed',
    attempt: () => ({
      json: { endpoint: 'https://fcm.googleapis.com/fcm/send/matrix', keys: { p256dh: 'AA', auth: 'AA' } },
    }),
  },
  'post /api/push/subscriptions/remove': {
    gate: 'signed',
    attempt: () => ({ json: { endpoint: 'https://push.example.invalid/x' } }),
  },
  'get /api/papers/verify/{code}': { gate: 'everybody', attempt: () => ({ param: { code: 'AAAA-AAAA-AAAA-AAAA' } }) },
  'get /api/papers/texts': { gate: ['office', 'admin'] },
  'get /api/papers/texts/{kind}': { gate: ['office', 'admin'], attempt: () => ({ param: { kind: 'pledge' } }) },
  'put /api/papers/texts/{kind}': {
    gate: ['office', 'admin'],
    attempt: () => ({ param: { kind: 'pledge' }, json: {} }),
    answers: ['request.invalid'],
  },

  'get /api/applications': { gate: 'signed' },
  'get /api/applications/history': { gate: 'signed' },
  'get /api/applications/{id}': { gate: 'signed', reaches: 'owner', attempt: id('application') },
  'delete /api/applications/{id}': { gate: 'signed', reaches: 'owner', attempt: id('draft') },
  'post /api/applications/{id}/reading': {
    gate: 'signed',
    reaches: 'owner',
    attempt: ({ draft, batch }) => ({ param: { id: draft }, json: { batchId: batch } }),
  },
  'post /api/applications/{id}/reading/accept': {
    gate: 'signed',
    reaches: 'owner',
    attempt: ({ draft, batch }) => ({ param: { id: draft }, json: { batchId: batch } }),
  },
  'post /api/applications/{id}/submit': {
    gate: 'signed',
    reaches: 'owner',
    attempt: ({ draft }) => ({
      param: { id: draft },
      json: { version: 999 },
      headers: { 'idempotency-key': crypto.randomUUID() },
    }),
    answers: ['application.version-changed'],
  },
  'post /api/applications/{id}/copy': {
    gate: 'signed',
    reaches: 'owner',
    attempt: ({ application, draft }) => ({ param: { id: draft }, json: { from: application } }),
  },
  'post /api/applications/{id}/request-return': {
    gate: 'signed',
    reaches: 'owner',
    attempt: ({ application }) => ({ param: { id: application }, json: { reason: '' } }),
    answers: ['application.reason-required'],
  },
  'get /api/applications/{id}/receipt': { gate: 'signed', reaches: 'both', attempt: id('application') },
  'get /api/applications/{id}/papers': { gate: 'signed', reaches: 'both', attempt: id('application') },
  'get /api/applications/{id}/papers/{kind}': {
    gate: 'signed',
    reaches: 'both',
    attempt: ({ application }) => ({ param: { id: application, kind: 'materialList' }, query: 'preview=1' }),
  },

  'post /api/sync': {
    gate: 'signed',
    attempt: () => ({ json: { protocol: 1, device: crypto.randomUUID(), known: {}, mutations: [] } }),
  },

  'get /api/review/queue': { gate: desk },
  'get /api/review/views': { gate: desk },
  'post /api/review/views': {
    gate: desk,
    attempt: () => ({ json: { name: crypto.randomUUID().slice(0, 8), search: '?tab=all' } }),
  },
  // a view belongs to who keeps it
  'delete /api/review/views/{id}': missing(desk),
  'get /api/review/counter': {
    gate: desk,
    attempt: () => ({ query: 'said=AAAA-AAAA-AAAA-AAAA' }),
    answers: ['request.not-found'],
  },
  'get /api/review/applications/{id}': { gate: desk, reaches: 'scope', attempt: id('application') },
  'post /api/review/applications/{id}/presence': { gate: desk, reaches: 'scope', attempt: id('application') },
  // what is taken away is the person's own sign
  'delete /api/review/applications/{id}/presence': { gate: desk, attempt: id('application') },
  'post /api/review/applications/{id}/comments': {
    gate: desk,
    reaches: 'scope',
    acts: holders,
    attempt: ({ application }) => ({ param: { id: application }, json: { path: 'employerName', text: '请核对' } }),
  },
  'delete /api/review/applications/{id}/comments/{commentId}': {
    gate: desk,
    // a comment belongs to who wrote it
    attempt: ({ application, comment }) => ({ param: { id: application, commentId: comment } }),
    answers: ['request.not-found'],
  },
  'post /api/review/applications/{id}/marks': {
    gate: desk,
    reaches: 'scope',
    acts: holders,
    attempt: ({ application }) => ({ param: { id: application }, json: { paths: ['employerName'], checked: true } }),
  },
  'post /api/review/applications/{id}/opened': {
    gate: desk,
    reaches: 'scope',
    attempt: ({ application, attachment }) => ({ param: { id: application }, json: { attachmentId: attachment } }),
  },
  'post /api/review/applications/{id}/messages': {
    gate: desk,
    reaches: 'scope',
    acts: ['pointClerk', 'deptReviewer', 'office'],
    attempt: ({ application }) => ({
      param: { id: application },
      json: { id: crypto.randomUUID(), text: '请补交身份证反面。' },
    }),
  },
  'get /api/review/applications/{id}/notices': { gate: desk, reaches: 'scope', attempt: id('application') },
  'post /api/review/applications/{id}/notices/{noticeId}/resend': {
    gate: desk,
    reaches: 'scope',
    acts: ['pointClerk', 'deptReviewer', 'office'],
    attempt: ({ application }) => ({
      param: { id: application, noticeId: crypto.randomUUID() },
      json: { channel: 'sms' },
    }),
    answers: ['request.not-found'],
  },
  'post /api/review/applications/{id}/transition': {
    gate: desk,
    reaches: 'scope',
    attempt: ({ application }) => ({
      param: { id: application },
      json: { transition: 'reject', version: 999, reason: '不符合条件' },
    }),
    // Which role may do which transition in which state is held in review.test.ts, by the table of the life cycle.
    answers: ['application.handled-by-other'],
  },

  // ballots are the secretary's; what each does in which state is held in committee.test.ts
  'get /api/committees': { gate: committee },
  'post /api/committees': { gate: arranging, attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'put /api/committees/{id}': {
    gate: arranging,
    attempt: () => ({ param: { id: nobody }, json: {} }),
    answers: ['request.invalid'],
  },
  'get /api/committees/sessions': { gate: committee },
  'post /api/committees/sessions': { gate: arranging, attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'get /api/committees/sessions/{id}': missing(committee),
  'delete /api/committees/sessions/{id}': missing(arranging),
  'get /api/committees/sessions/{id}/candidates': missing(arranging),
  'post /api/committees/sessions/{id}/cases': missing(arranging, { applicationIds: [nobody] }),
  'put /api/committees/sessions/{id}/attendance': missing(['secretary'], { memberId: nobody, present: true }),
  'put /api/committees/sessions/{id}/cases/{applicationId}': {
    gate: ['secretary'],
    attempt: () => ({ param: { id: nobody, applicationId: nobody }, json: { yes: 1, no: 0, abstain: 0 } }),
    answers: ['request.not-found'],
  },
  'post /api/committees/sessions/{id}/cases/{applicationId}/take-off': {
    gate: arranging,
    attempt: () => ({ param: { id: nobody, applicationId: nobody }, json: { reason: '材料还要核对', version: 1 } }),
    answers: ['request.not-found'],
  },
  'put /api/committees/sessions/{id}/minutes': missing(['secretary'], { minutes: '', version: 0 }),
  'post /api/committees/sessions/{id}/confirm': missing(['secretary'], { chairId: nobody }),

  'get /api/publicity': { gate: 'everybody' },
  'get /api/publicity/{id}': missing('everybody'),
  'get /api/publicity/desk': { gate: ['office'] },
  'get /api/publicity/desk/end': { gate: ['office'] },
  'post /api/publicity/desk': { gate: ['office'], attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'get /api/publicity/desk/{id}': missing(['office']),
  'get /api/publicity/desk/{id}/workbook': missing(['office']),
  'patch /api/publicity/desk/{id}': missing(['office'], {}),
  'delete /api/publicity/desk/{id}': missing(['office']),
  'post /api/publicity/desk/{id}/publish': missing(['office'], {}),
  'post /api/publicity/desk/{id}/confirm': missing(['office'], { documentNumber: '1' }),
  'post /api/publicity/desk/objections': {
    gate: ['office'],
    attempt: () => ({
      json: { id: nobody, applicationId: nobody, objectorName: '某', objectorContact: '某', content: '内容内容内容' },
    }),
    answers: ['request.not-found'],
  },
  'post /api/publicity/desk/objections/{id}/decide': missing(['office'], { upheld: true, opinion: '查实查实查实' }),
  'get /api/certificates': { gate: ['office', 'pointClerk', 'auditor'] },
  'post /api/certificates/{id}': missing(['office'], { number: '1', issuedOn: '2026-01-01' }),
  'post /api/certificates/{id}/picked-up': {
    gate: ['office', 'pointClerk'],
    attempt: () => ({ param: { id: nobody }, json: { on: '2026-01-01', by: '本人' } }),
    answers: ['result.pick-up-missing'],
  },
  'get /api/calendar': { gate: 'everybody' },
  'put /api/calendar/{year}': {
    gate: ['office', 'admin'],
    attempt: () => ({ param: { year: '2040' }, json: { days: [] } }),
  },

  'get /api/exports': { gate: ['office', 'auditor'] },
  'get /api/exports/overview': { gate: ['office', 'secretary'] },
  'post /api/exports': { gate: ['office', 'secretary'], attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'get /api/exports/{id}/file': missing(['office', 'secretary']),
  'get /api/operations': { gate: ['admin'] },
  'get /api/statistics': { gate: desk },

  'get /api/education': { gate: 'signed' },
  'post /api/education/changes': { gate: 'signed', attempt: () => ({ json: {} }), answers: ['request.invalid'] },
  'get /api/education/changes': { gate: ['office'] },
  'get /api/education/changes/{id}/proof/{fileId}': {
    gate: 'signed',
    reaches: 'owner and office',
    attempt: ({ change, proof }) => ({ param: { id: change, fileId: proof } }),
  },
  'post /api/education/changes/{id}/decide': {
    gate: ['office'],
    attempt: () => ({ param: { id: nobody }, json: { approve: true, opinion: '' } }),
    answers: ['request.not-found'],
  },
}

function tus(path: string, attempt: (of: Things) => Try): Record<string, AuthorisationRow> {
  const headers = { 'tus-resumable': '1.0.0' }
  return Object.fromEntries(
    ['get', 'post', 'patch', 'delete', 'options'].map((method) => [
      `${method} ${path}`,
      { gate: 'signed', attempt: (of: Things) => ({ ...attempt(of), headers }), answers: [] } as AuthorisationRow,
    ]),
  )
}
