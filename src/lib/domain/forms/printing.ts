import type { PrintId } from './application-type.ts'

/** How a document goes to paper. It belongs to no edition: an application begun last year is printed in the same way. */
export interface Printing {
  /** What to do with the official copy, in words (DOMAIN §2). */
  readonly how: string
  /** It can be had smaller too, for who has no printer for its own sheet. */
  readonly smaller?: 'A4'
}

const bound = '请用 A4 纸双面打印，左侧装订，盖章后交到受理点。'

/** By what DOMAIN §2 says of the sheets: D1 and D3 are bound, D2 is one sheet of A3, D4 goes in twice, D6 is one page. */
export const printing = {
  applicationForm: { how: bound },
  initialForm: { how: bound },
  summarySheet: { how: '请用 A3 纸单面打印，不要改变表格格式，盖章后交到受理点。', smaller: 'A4' },
  reissueForm: { how: '请用 A4 纸打印，一式两份，盖章后交到受理点。' },
  materialList: { how: '请用 A4 纸打印，签名盖章后贴在档案袋正面。' },
  entrustLetter: { how: '请用 A4 纸打印，只有一页，由单位、主管部门和人社（职称）部门盖章。' },
  pledge: { how: '请用 A4 纸打印，手写签名后扫描上传。' },
  receipt: { how: '不用装订和盖章，窗口扫码可核对。' },
} as const satisfies Record<PrintId, Printing>

export const printingOf = (id: string): Printing | undefined =>
  Object.hasOwn(printing, id) ? printing[id as PrintId] : undefined
