import type { PrintId } from '#domain/forms/application-type.ts'

/**
 * When a document may be had: `always` (a form to fill in by hand), `submitted` (a receipt), or `reviewed` — as a marked
 * preview at any time, officially from 预审通过 on (R92, R93).
 */
export type PaperAccess = 'always' | 'submitted' | 'reviewed'

export interface PaperKind {
  readonly title: string
  /** File in templates/. */
  readonly template: string
  readonly access: PaperAccess
  /** It shows the applicant's photo. */
  readonly photo?: true
  /** Which editable texts it prints. */
  readonly texts?: 'applicationForm' | 'initialForm' | 'reissueForm' | 'entrustLetter' | 'pledge' | 'receipt'
}

/** Every document the system prints (DOMAIN §2, D1–D7 and D9): one template each. */
export const paperKinds = {
  applicationForm: {
    title: '江苏省专业技术资格评审申报表',
    template: 'application-form.typ',
    access: 'reviewed',
    photo: true,
    texts: 'applicationForm',
  },
  summarySheet: {
    title: '申报专业技术资格人员情况简介表',
    template: 'summary-sheet.typ',
    access: 'reviewed',
    photo: true,
  },
  initialForm: {
    title: '江苏省专业技术资格初定呈报表',
    template: 'initial-form.typ',
    access: 'reviewed',
    photo: true,
    texts: 'initialForm',
  },
  reissueForm: {
    title: '专业技术资格证书补证申请表',
    template: 'reissue-form.typ',
    access: 'reviewed',
    photo: true,
    texts: 'reissueForm',
  },
  materialList: { title: '报送材料目录', template: 'material-list.typ', access: 'reviewed' },
  entrustLetter: { title: '评审委托函', template: 'entrust-letter.typ', access: 'reviewed', texts: 'entrustLetter' },
  pledge: { title: '个人申报专业技术资格诚信承诺书', template: 'pledge.typ', access: 'always', texts: 'pledge' },
  receipt: { title: '职称申报提交回执', template: 'receipt.typ', access: 'submitted', texts: 'receipt' },
} as const satisfies Record<PrintId, PaperKind>

export const paperKindIds = Object.keys(paperKinds) as PrintId[]
