/**
 * Words of every notice the system sends of its own accord (R108, R114). No personal data: they may stand on a lock
 * screen. `{name}` marks a parameter.
 */
export interface NoticeWords {
  readonly title: string
  readonly body: string
  /** SMS text, where it is sent; no ID number, no name (A12, PLATFORM §2.3). */
  readonly sms?: string
}

export const notices = {
  submitted: {
    title: '申报已提交',
    body: '{application}已提交，申报编号 {number}。受理点：{point}。审核有进展会通知您。',
    sms: '您的职称申报已提交，编号{number}。审核有进展会通知您。',
  },
  progress: { title: '审核有进展', body: '{application}现在是“{state}”。' },
  returned: {
    title: '申报材料被退回，请修改',
    body: '{application}被退回：{reason}请在 {until} 前修改后再提交。',
    sms: '您的职称申报被退回，请在{until}前登录系统修改后再提交。',
  },
  prePassed: {
    title: '预审通过，可以打印',
    body: '{application}预审通过。请打印正式版，装订盖章后交到{point}。',
    sms: '您的职称申报预审通过，请登录系统打印正式版，盖章后交到受理点。',
  },
  rejected: {
    title: '审核不通过',
    body: '{application}审核不通过：{reason}如有异议，请联系职称办。',
    sms: '您的职称申报审核有结果，请登录系统查看。',
  },
  paperReceived: {
    title: '纸质材料已受理',
    body: '{point}已收到{application}的纸质材料。',
    sms: '您的职称申报纸质材料已受理。',
  },
  publicity: {
    title: '进入公示',
    body: '{application}进入公示，公示到 {until}。',
    sms: '您的职称申报进入公示，请登录系统查看。',
  },
  confirmed: {
    title: '结果已核准',
    body: '{application}已核准，文号 {documentNumber}。',
    sms: '您的职称申报结果已核准，请登录系统查看。',
  },
  // 补证 has no document of its own, only a certificate to come (D9)
  reissueApproved: {
    title: '补证已核准',
    body: '{application}已核准，新证书制好后会通知您领取。',
    sms: '您的补证申报已核准，新证书制好后会通知您领取。',
  },
  certified: {
    title: '可以领证',
    body: '{application}证书已制好，编号 {certificateNumber}。请到{point}领取。',
    sms: '您的职称证书已制好，请登录系统查看领取方式。',
  },
  failed: { title: '评审结果', body: '{application}本次评审未通过。', sms: '您的职称评审有结果，请登录系统查看。' },
  cancelled: {
    title: '申报已取消',
    body: '{application}已取消：{reason}',
    sms: '您的职称申报有变化，请登录系统查看。',
  },
  revoked: {
    title: '资格已撤销',
    body: '{application}取得的资格已撤销：{reason}',
    sms: '您的职称资格有变化，请登录系统查看。',
  },
  expired: {
    title: '逾期未提交',
    body: '{application}到期没有提交，已关闭。填写的内容仍可查看。',
    sms: '您的职称申报到期没有提交，已关闭。',
  },
  reminder: {
    title: '快截止了',
    body: '{application}还没有提交，{until} 截止，还差 {count} 处。',
    sms: '您的职称申报还没有提交，{until}截止，请登录系统完成。',
  },
  officeMessage: {
    title: '{from}给您发来消息',
    body: '关于{application}：{text}',
    sms: '{from}关于您的职称申报{number}：{text}',
  },
  closingStopped: {
    title: '账号没有注销',
    body: '您申请注销后又登录了，账号照常使用。仍要注销，请到“账号安全”重新申请。',
  },
  educationChangeDecided: { title: '学历修改申请有结果', body: '您的学历修改申请{result}。{reason}' },
} as const satisfies Record<string, NoticeWords>

export type NoticeId = keyof typeof notices
export type NoticeParams = Readonly<Record<string, string | number>>

/** Title, body and SMS with their parameters filled in. */
export function wordsOfNotice(id: NoticeId, params: NoticeParams): { title: string; body: string; sms: string | null } {
  const words: NoticeWords = notices[id]
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(params[name] ?? ''))
  return { title: fill(words.title), body: fill(words.body), sms: words.sms === undefined ? null : fill(words.sms) }
}
