import { REASON_AT_LEAST } from './rules/reason.ts'
import type { serverProblems } from './server-problems.ts'

/** What happened, and what to do now. `{name}` marks a parameter. */
export interface ProblemWords {
  readonly title: string
  readonly detail: string
}

/**
 * Every refusal the phone can utter, by a stable code: on its own, or long after the server did. The server answers with
 * the code and these words (RFC 9457). What the server alone utters stands in `server-problems.ts`: its words come with the
 * answer, so that no phone carries them. Together they are one closed table.
 */
export const phoneProblems = {
  // requests
  'request.not-found': { title: '没有找到', detail: '没有找到您要的内容，它可能已被删除。请返回列表刷新。' },
  'request.invalid': { title: '内容不符合要求', detail: '有内容不符合要求，请按提示修改后再提交。' },
  'push.unsupported': {
    title: '不能开启提醒',
    detail: '这个浏览器不能收提醒。结果会用短信告诉您；也可以放到手机桌面后再开启。',
  },
  'push.denied': {
    title: '没有开启提醒',
    detail: '没有允许通知，没有开启。结果会用短信告诉您；要开启，请在浏览器的网站设置里允许通知。',
  },
  'push.no-service': {
    title: '不能开启提醒',
    detail: '这部手机连不上浏览器的推送服务，没有开启。结果会用短信告诉您。',
  },
  'request.too-large': { title: '内容太大', detail: '发送的内容太大，没有收下。请减少后再试。' },
  'request.too-many': { title: '操作太频繁', detail: '操作太频繁。请过 {seconds} 秒再试。' },
  'request.failed': {
    title: '没有成功',
    detail: '没有成功，原因在我们这边。内容都在，请过几分钟再试。如需帮助，请报编号 {reference}。',
  },
  'request.unavailable': { title: '暂时不可用', detail: '服务正在更新，请过一分钟再试。您填的内容都在。' },
  'network.offline': { title: '没有网络', detail: '没有网络。内容已存在本机，联网后再点一次。' },
  'client.outdated': { title: '版本太旧', detail: '这个页面的版本太旧，请点“有新版本，点此更新”。本机的草稿会保留。' },

  // accounts
  'account.not-signed-in': { title: '请先登录', detail: '登录已过期，请重新登录。本机的草稿会保留。' },
  'account.not-allowed': { title: '没有权限', detail: '您的账号不能做这件事。如有需要，请联系职称办。' },
  'account.credentials-wrong': {
    title: '身份证号或密码不对',
    detail: '身份证号或密码不对。请核对后再试，或点“找回密码”。',
  },
  'account.passwords-differ': { title: '两次密码不一样', detail: '两次输入的密码不一样，请再输一次。' },
  'account.passkey-wrong': {
    title: '通行密钥没有通过',
    detail: '通行密钥没有通过，它可能已在别处删除。请用身份证号和密码登录。',
  },
  'account.passkey-known': { title: '已经添加过', detail: '这台设备已经添加过通行密钥，可以直接用来登录。' },
  'account.consent-required': { title: '请先同意', detail: '请先阅读并同意个人信息处理说明。' },
  'identity.id-number-wrong': { title: '身份证号不对', detail: '身份证号不对，请核对 18 位号码，特别是最后 4 位。' },
  'identity.mobile-wrong': { title: '手机号码不对', detail: '手机号码不对，请填 11 位手机号码。' },
  'identity.email-wrong': { title: '邮箱不对', detail: '邮箱不对，请填常用邮箱，例如 name@example.com。' },
  'identity.name-wrong': { title: '姓名不对', detail: '姓名只能有汉字、字母、空格和间隔号“·”，最多 50 字。' },
  'identity.password-weak': { title: '密码太简单', detail: '密码太简单：{reason}。请换一个。' },

  // batches and reading gates
  'batch.not-open': { title: '还没有开始', detail: '本批次 {opensAt} 开始申报，请到时再来。' },
  'batch.closed': { title: '已截止', detail: '本批次已于 {closesAt} 截止，不能再填写或提交。已填的内容仍可查看。' },
  'batch.already-applied': { title: '本批次已有申报', detail: '您在本批次已有一份申报，请到“当前申报信息”继续。' },
  'batch.locked-setting': {
    title: '不能修改',
    detail: '本批次已有人提交，类型、专业、级别、必填和上限不能再改；截止时间只能延后。',
  },
  'code-list.entry-gone': {
    title: '不能删除',
    detail: '“{label}”以往的申报可能用过，不能删除。不再用的，请改为停用。',
  },
  'code-list.relied-on': {
    title: '不能停用',
    detail: '申报表里有内容要看“{label}”，不能停用。可以改它的名称。',
  },
  'reading.too-early': { title: '请读完再继续', detail: '请读完全文，还要 {seconds} 秒才能继续。' },
  'reading.missing': { title: '还没有阅读', detail: '还没有阅读并同意，请先打开阅读页。' },

  // applications
  'application.not-editable': {
    title: '现在不能修改',
    detail: '申报已提交，现在不能修改。确需改动，请联系受理点申请退回。',
  },
  'application.incomplete': { title: '还没有填完', detail: '还有 {count} 处没有填好，请先改好再提交。' },
  'application.version-changed': {
    title: '内容刚有变化',
    detail: '内容在另一台设备上刚有变化，请等同步完成后再提交。',
  },
  'application.reason-required': { title: '请写明原因', detail: `请写明原因，至少 ${REASON_AT_LEAST} 个字。` },
  'application.files-unopened': {
    title: '还有材料没看',
    detail: '还有 {count} 份材料没有打开看过，全部看过才能通过。',
  },
  'application.votes-invalid': { title: '票数不对', detail: '票数不符合规定：{reason}。' },

  // answers
  'answer.required': { title: '必填', detail: '还没有填{label}。' },
  'answer.too-long': { title: '超出字数', detail: '{label}超出 {over} 字，请删减到 {atMost} 字以内再保存。' },
  'answer.wrong-kind': { title: '格式不对', detail: '{label}的格式不对，{expected}。' },
  'answer.not-in-list': { title: '不在选项里', detail: '{label}不在可选范围，请重新选择。' },
  'answer.out-of-range': { title: '超出范围', detail: '{label}要在 {from} 到 {to} 之间。' },
  'answer.in-future': { title: '晚于今天', detail: '{label}晚于今天，请选 {today} 或更早。' },
  'answer.before': { title: '早了', detail: '{label}早于{other}，请核对。' },
  'answer.too-many-rows': { title: '条数已满', detail: '{label}最多 {atMost} 条，不能再增加。' },
  'answer.too-few-rows': { title: '条数不够', detail: '{label}至少要有 {atLeast} 条。' },
  'answer.duplicate': { title: '重复', detail: '{label}重复了，请核对。' },
  'answer.rank-above-total': { title: '排名不对', detail: '排名不能大于总人数，请核对。' },
  'answer.exactly-one': { title: '要选一条', detail: '请选定一条“{label}”。' },
  'answer.locked': { title: '不能修改', detail: '{label}不能在这里修改。{advice}' },
  'answer.unchanged': { title: '没有改动', detail: '还没有改动。请先把要改的内容改好，再提交申请。' },
  'answer.unknown-path': { title: '没有这一项', detail: '这份表里没有这一项，请更新页面后再试。' },
  'answer.row-locked': { title: '不能改或删', detail: '这条学历以往申报用过，不能直接改或删。请点“申请修改学历”。' },
  'answer.row-missing': { title: '这一条已删除', detail: '这一条已在另一台设备上删除，您填的内容还留在本机。' },

  // attachments
  'attachment.too-large': {
    title: '文件太大',
    detail: '没有上传。文件 {size}，超过 {limit}。请降低扫描分辨率，或点“自动压到 {limit} 内”。',
  },
  'attachment.empty': { title: '文件是空的', detail: '没有上传。这个文件是空的（0 字节），请重新选择。' },
  'attachment.not-pdf': {
    title: '不是 PDF',
    detail: '没有上传。只收 PDF 文件，这个文件的内容不是 PDF。照片请用“拍照扫描”。',
  },
  'attachment.encrypted': { title: '有密码', detail: '没有上传。这个 PDF 有密码或加密，请去掉密码后再传。' },
  'attachment.damaged': { title: '打不开', detail: '没有上传。这个 PDF 已损坏，打不开。请重新扫描或另存一份再传。' },
  'attachment.active-content': {
    title: '有脚本',
    detail: '没有上传。这个 PDF 带有脚本、内嵌文件或启动动作，请另存为普通 PDF 再传。',
  },
  'attachment.too-many-pages': {
    title: '页数太多',
    detail: '没有上传。这个 PDF 有 {pages} 页，最多 {atMost} 页，请分成几个文件。',
  },
  'attachment.too-many-files': { title: '文件太多', detail: '这一项最多 {atMost} 个文件，请先删除不用的。' },
  'attachment.wrong-digest': { title: '传输有误', detail: '收到的文件与本机的不一样，请再传一次。' },
  'attachment.missing': { title: '文件还没传完', detail: '还有 {count} 个文件没有传完，传完才能提交。' },
  'attachment.upload-failed': {
    title: '没有传上去',
    detail: '没有传上去，已传的部分会保留。请点“再传一次”；还不行请换浏览器，或打受理点电话。',
  },
  'attachment.quota': { title: '空间已满', detail: '您上传的文件已达上限，请删除不用的文件后再传。' },
  'attachment.virus': { title: '发现病毒', detail: '没有上传。这个文件带有病毒，请杀毒后重新生成再传。' },
  'photo.too-small': { title: '照片太小', detail: '照片至少要 295×413 像素，请换一张更清楚的。' },
  'photo.wrong-shape': { title: '照片尺寸不对', detail: '照片要大一寸（33×48 毫米），请用裁剪框重新裁剪。' },
  'photo.not-image': { title: '不是照片', detail: '没有上传。照片只收 JPG 或 PNG 图片。' },

  // scanner
  'scan.no-pages': { title: '还没有页面', detail: '还没有页面。请先拍摄或选择至少一页。' },
  'scan.too-many-pages': {
    title: '{pages} 页放不进一个文件',
    detail: '{pages} 页放不进一个文件，再压缩文字就看不清了。一个文件最多放 {fit} 页，请分成 {files} 个文件。',
  },
  'scan.limit-too-small': {
    title: '一页也放不进 {limit} KB',
    detail: '这一页最少需要 {needed} KB，放不进 {limit} KB。请裁去不需要的部分后重试。',
  },
  'scan.picture-unreadable': {
    title: '照片打不开',
    detail: '这张照片打不开，可能已损坏或没有下载完整。请重新拍，或换一张。',
  },
  'scan.heic': {
    title: '照片格式打不开',
    detail: '这个浏览器打不开 HEIC 照片。请直接用相机拍，或在手机“设置 › 相机 › 格式”里选“兼容性最佳”后重拍。',
  },
  'scan.camera-denied': { title: '没有相机权限', detail: '没有相机权限。请在系统设置里打开，或从相册选。' },
  'scan.camera-missing': { title: '没有相机', detail: '这个设备或浏览器没有可用的相机。请用系统相机拍，或从相册选。' },
  'scan.camera-busy': {
    title: '相机打不开',
    detail: '相机打不开，可能正被其他应用使用。请关掉那个应用后再试，或从相册选。',
  },
  'scan.failed': {
    title: '没有处理成功',
    detail: '没有处理成功，手机内存可能不够。已拍的页面都在，请关掉其他应用后再试。',
  },

  // messages of the office
  'message.too-short': { title: '消息太短', detail: '消息至少写 {atLeast} 个字，说明要申报人做什么。' },
  'message.id-number': {
    title: '消息里有身份证号',
    detail: '没有发出。短信会显示在锁屏上，请去掉身份证号再发。',
  },

  // sync and this phone
  'sync.conflict': { title: '两台设备改了同一处', detail: '这一项在另一台设备上改过。请选留下哪一个。' },
  'sync.row-changed': {
    title: '这一条没有删除',
    detail: '您删除之前，另一台设备改过这一条，所以没有删除。请看过内容，再决定重新删除还是保留。',
  },
  'sync.protocol-too-old': { title: '版本太旧', detail: '页面版本太旧，请更新后再同步。内容都在本机。' },
  'storage.full': { title: '本机空间不足', detail: '手机空间不足，新的内容存不下。请清理后再试，或先联网同步。' },
  'storage.unavailable': {
    title: '本机存储打不开',
    detail: '本机存储打不开，正在重试。请看手机空间够不够，或重新打开浏览器。',
  },
} as const satisfies Record<string, ProblemWords>

export type ProblemCode = keyof typeof phoneProblems | keyof typeof serverProblems

export type ProblemParams = Readonly<Record<string, string | number>>

export interface Ok<T> {
  readonly ok: true
  readonly value: T
}

/** A refusal as a value: the code, its parameters, and the field it belongs to where there is one. */
export interface Refused {
  readonly ok: false
  readonly code: ProblemCode
  readonly params?: ProblemParams
  readonly path?: string
  /** As the server spoke them, where the phone has no words of its own. */
  readonly words?: ProblemWords
  /** Several refusals found in one go, e.g. all missing fields of a submission. */
  readonly issues?: readonly Issue[]
}

/** One thing wrong at one place of an application. */
export interface Issue {
  readonly code: ProblemCode
  readonly path: string
  readonly params?: ProblemParams
  readonly words?: ProblemWords
}

export type Outcome<T> = Ok<T> | Refused

export function ok(): Ok<undefined>
export function ok<T>(value: T): Ok<T>
export function ok<T>(value?: T): Ok<T | undefined> {
  return { ok: true, value }
}

export function refuse(
  code: ProblemCode,
  params?: ProblemParams,
  where?: { path?: string; issues?: readonly Issue[] },
): Refused {
  return { ok: false, code, ...(params && { params }), ...where }
}

/** The words of a refusal with its parameters filled in. A parameter that is missing leaves no braces behind. */
export function wordsOf(
  problem: { code: ProblemCode; params?: ProblemParams | undefined; words?: ProblemWords | undefined },
  table: Readonly<Partial<Record<ProblemCode, ProblemWords>>> = phoneProblems,
): ProblemWords {
  const words = table[problem.code] ?? problem.words ?? phoneProblems['request.invalid']
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(problem.params?.[name] ?? ''))
  return { title: fill(words.title), detail: fill(words.detail) }
}
