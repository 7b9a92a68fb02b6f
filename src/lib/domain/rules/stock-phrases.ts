/** Where reviewers take words over with a tap: at a file, a field, a row of a list, when returning, when refusing. */
export const phrasePlaces = {
  file: '材料',
  field: '填写的内容',
  row: '一条记录',
  return: '退回修改',
  reject: '不予受理、不通过',
} as const

export type PhrasePlace = keyof typeof phrasePlaces

/** A reason for an act has 5 字 or more (T6, T11); a comment at a place needs none. */
export const isReason = (place: PhrasePlace): boolean => place === 'return' || place === 'reject'

export type StockPhrases = Readonly<Record<PhrasePlace, readonly string[]>>

/** The words that stand there until the office writes its own. They can be changed before they are noted. */
export const initialPhrases: StockPhrases = {
  file: ['看不清，请重新拍', '与填写的内容不一致', '缺盖章', '缺页，请补齐'],
  field: ['与证书不一致，请核对', '请写全称，与公章一致', '没有写清楚，请补充'],
  row: ['缺证明材料，请补传', '与证书不一致，请核对', '不在本次申报范围，请删除'],
  return: [
    '请按各处意见修改后再提交。',
    '材料不清楚，请重新扫描后再提交。',
    '材料不齐，请补齐后再提交。',
    '填写内容与材料不一致，请核对后再提交。',
    '按申报人本人申请退回修改。',
  ],
  reject: ['不符合申报条件。', '超出受理范围。', '与已有资格重复。'],
}

/** Alt+1 to Alt+9 take them over: more than nine have no key. */
export const PHRASES_AT_MOST = 9
