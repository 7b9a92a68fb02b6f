import { pledgeArticles } from '#domain/rules/pledge.ts'

/**
 * The words on paper that the office may change, each as text with one line a paragraph; `{fullName}` and the like are filled in.
 * A newer version in `paper_text` stands before these.
 */
export const defaultTexts = {
  applicationForm: {
    issuer: '江苏省人力资源和社会保障厅制',
    instructions: [
      '本表供专业技术人员申报评审专业技术资格时使用，内容由系统根据本人填报信息生成。',
      '内容须真实、具体，与所附材料一致。',
      '学历从高中填起；业绩填写任现职（取得现资格）以来的内容。',
      '“单位推荐意见”以后各栏由有关单位填写、盖章。',
      '填写内容较多时可另加附页。',
    ].join('\n'),
  },
  initialForm: { issuer: '江苏省人力资源和社会保障厅制' },
  reissueForm: { statement: '本人对以上内容真实性负责，如有不实，责任自负。' },
  entrustLetter: {
    body:
      '兹有我单位{employerName} {fullName} 同志（身份证号：{idNumber}），现任{currentTitle}资格{currentTitleSince}，' +
      '从事{currentSpecialty}工作，拟申报{specialty}专业{targetTitle}资格（{exceptionType}）。' +
      '该同志申报材料经审核真实、齐全，并已按规定公示，符合申报条件。' +
      '因我单位（本地区）无相应评审委员会，特委托贵评审委员会予以评审。评审结果请函告我单位。',
  },
  pledge: {
    opening: '本人{fullName}（身份证号：{idNumber}），申报{year}年度{specialty}专业{targetTitle}资格，郑重承诺：',
    articles: pledgeArticles.join('\n'),
  },
  receipt: {
    next: '受理点将审核您的申报，结果会在系统消息中通知。预审通过后，请打印正式版材料，装订后交到受理点。',
  },
} as const satisfies Record<string, Readonly<Record<string, string>>>

/** How a letter names the title that somebody holds, and what it says of who holds none (D6). */
export const HOLDS_TITLE = '现任{currentTitle}资格'
export const HOLDS_NONE = '现无专业技术资格'

export type PaperTextKind = keyof typeof defaultTexts

/** What the office calls each of them. */
export const textLabels = {
  applicationForm: { issuer: '封面：印制单位', instructions: '填表说明（一行一条，自动编号）' },
  initialForm: { issuer: '封面：印制单位' },
  reissueForm: { statement: '申请说明后的声明' },
  entrustLetter: { body: '正文' },
  pledge: { opening: '开头', articles: '承诺内容（一行一条）' },
  receipt: { next: '下一步' },
} as const satisfies { [K in PaperTextKind]: Record<keyof (typeof defaultTexts)[K], string> }
