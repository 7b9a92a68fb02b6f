import { phoneProblems, type ProblemWords } from './problems.ts'

/** The refusals that the server alone utters, and that nobody reads later than in its answer. */
export const serverProblems = {
  'account.must-change-password': { title: '请先修改密码', detail: '您正在使用临时密码，请先设置新密码。' },
  'account.locked': { title: '暂时不能登录', detail: '密码错误次数太多，请过 {minutes} 分钟再试，或点“找回密码”。' },
  'push.unknown-service': {
    title: '不能开启提醒',
    detail: '这个浏览器用的推送服务不认识，没有开启。结果会用短信告诉您。',
  },
  'request.foreign-origin': { title: '来源不对', detail: '请求不是从本系统页面发出的，没有执行。请刷新页面后再试。' },
  'account.captcha-wrong': { title: '验证码不对', detail: '验证码不对，已换一张，请再输一次。' },
  'account.captcha-expired': { title: '验证码已失效', detail: '验证码已失效，已换一张，请再输一次。' },
  'account.recovery-expired': {
    title: '要重新开始',
    detail: '这次找回密码已过 10 分钟，请从第 1 步重新开始。',
  },
  'account.already-registered': {
    title: '这个身份证号已注册',
    detail: '这个身份证号已注册，不能再注册一次。请直接登录，忘记密码请点“找回密码”。',
  },
  'account.closed-on-record': {
    title: '这个账号已注销',
    detail: '这个身份证号的账号已注销，以前的申报还有档案。要再用，请带身份证到受理点登记手机号码，再点“找回密码”。',
  },
  'account.id-number-immutable': {
    title: '身份证号不能改',
    detail: '身份证号注册后不能修改。确有错误，请带身份证到受理点办理。',
  },
  'account.administrator-exists': {
    title: '已有管理员',
    detail: '这个系统已经有管理员。请管理员在后台“人员”里添加账号，或重新发送临时密码。',
  },
  'account.own-access': {
    title: '不能改自己的',
    detail: '不能停用自己的账号，也不能撤销自己的管理员角色。请另一位管理员办理。',
  },
  'account.code-wrong': { title: '短信验证码不对', detail: '短信验证码不对或已失效，请重新获取。' },
  'account.mobile-needs-code': {
    title: '换手机号要验证',
    detail: '换手机号要先验证新号码。请到“我的”里点“手机号码”，按提示输入短信验证码。',
  },
  'account.too-many-passkeys': { title: '通行密钥太多', detail: '最多添加 {atMost} 个通行密钥，请先删除不用的。' },
  'account.second-person': {
    title: '要由另一个人确认',
    detail: '换手机号要两个人经办：登记的人、账号本人都不能自己确认，请由另一位经办人确认。',
  },
  'account.change-decided': { title: '已经办过', detail: '这次换号已经确认或退回过，请刷新。' },
  'account.change-too-old': {
    title: '登记已过期',
    detail: '这次换号登记已超过 7 天，不能再确认。请本人带身份证原件到柜台重新登记。',
  },
  'account.mobile-used': {
    title: '手机号已用满',
    detail: '这个手机号已用于 {atMost} 个账号，不能再用。请填另一个手机号码。',
  },
  'account.closing-staff': {
    title: '工作人员的账号不能自己注销',
    detail: '您的账号有工作人员的角色。请联系管理员撤销角色，再来注销。',
  },
  'account.closing-under-way': {
    title: '还有申报没有办结',
    detail: '有 {count} 份提交过的申报还没有办结，现在不能注销。办结后再来，或联系受理点撤销申报。',
  },
  'account.own-application': {
    title: '不能办理自己的申报',
    detail: '这是您本人的申报，按回避规定不能由您办理。请转给他人。',
  },
  'application.transition-not-allowed': {
    title: '现在不能这样做',
    detail: '这份申报现在是“{state}”，不能{action}。现在可以：{allowed}。',
  },
  'application.resubmit-until-required': {
    title: '请定修改期限',
    detail: '申报时间已过，退回时要给出 1 至 10 天的修改期限。',
  },
  'application.pending-education-change': { title: '学历修改未办结', detail: '有学历修改申请还没有办结，请先办结。' },
  'application.handled-by-other': { title: '刚被别人处理', detail: '这份申报刚被别人处理过，请刷新后再看。' },
  'application.publicity-running': { title: '公示未满', detail: '公示期未满或有异议未办结，现在不能核准。' },
  'application.integrity-record': {
    title: '不能申报',
    detail: '诚信档案记录未满期限，{until} 前不能申报。有异议请联系职称办。',
  },
  'committee.not-on-agenda': {
    title: '还没有排进评审会',
    detail: '请先在“评审会”里把这份申报排进一次会议，排进后会自动提交评委会。',
  },
  'publicity.not-on-list': { title: '不在公示名单', detail: '请先在“公示”里把这份申报列入名单，再公示。' },
  'code-list.version-changed': {
    title: '别人刚改过',
    detail: '这份字典刚由别人改过，您的修改还在。请核对最新的内容后再保存。',
  },
  'bulletin.unsafe-link': {
    title: '链接不能用',
    detail: '链接“{address}”不能用。请用 https:// 开头的网址、电话 tel:，或本系统的页面地址。',
  },
  'bulletin.public-has-no-region': {
    title: '不能限定地区',
    detail: '发给所有人的不能限定地区：没有登录的人不知道在哪里。请只选角色，或不选地区。',
  },
  'bulletin.batch-without-applicants': {
    title: '不能限定批次',
    detail: '批次只限定申报人。请在“发给谁”里选申报人，或不选批次。',
  },
  'reading.text-changed': { title: '内容有更新', detail: '要读的内容刚刚换成了新的，请读完新的再继续。' },
  'reading-text.version-changed': {
    title: '别人刚改过',
    detail: '这份文本刚由别人改过，您写的还在。请刷新，核对最新的一版后再保存。',
  },
  'committee.confirmed': { title: '评审会已确认', detail: '这次评审会的结果已由主持人确认并封存，不能再改。' },
  'committee.votes-missing': { title: '票数没有登记齐', detail: '还有 {count} 份没有登记票数，登记齐了才能确认。' },
  'committee.chair-absent': { title: '主持人没有到会', detail: '请选一位到会的主任委员或副主任委员确认结果。' },
  'committee.member-avoids': { title: '有委员要回避', detail: '{member}与申报人同单位或是本人，要先登记回避。' },
  'committee.agenda-empty': {
    title: '议程上没有申报',
    detail: '议程上还没有申报，没有什么可以确认。请先加入申报，或取消这次会议。',
  },
  'committee.agenda-not-empty': {
    title: '议程上还有申报',
    detail: '议程上还有申报，会议没有取消。请先把它们移出议程。',
  },
  'committee.ballot-noted': {
    title: '已经记票',
    detail: '这份申报已经记票，不能移出议程，由这次会议得出结果。',
  },
  'committee.session-arranged': {
    title: '会议已经安排',
    detail: '上一次点“安排”已经成功，会议在列表里，内容是那时填的。要改，请取消那次会议，再重新安排。',
  },
  'committee.minutes-changed': {
    title: '别人刚改过纪要',
    detail: '纪要刚由别人改过，没有保存，您写的还在。请刷新，核对最新的内容后再保存。',
  },
  'publicity.published': { title: '已经公示', detail: '这份名单已经公示，不能再改。' },
  'publicity.empty': { title: '名单是空的', detail: '现在没有评审（核准）通过、等着公示的申报。' },
  'result.pick-up-missing': { title: '还没有发证', detail: '这份申报还没有证书编号，不能登记领证。' },
  'paper.not-yet-official': { title: '还不能打印正式版', detail: '预审通过后才能导出、打印正式版，现在可以看预览版。' },
  'paper.not-needed': { title: '没有选择委托函', detail: '申报时没有选择需要评审委托函。' },
  'paper.rare-character': { title: '有字打不出', detail: '“{character}”这个字现在打印不出来，请联系职称办处理。' },
  'paper.unknown-placeholder': {
    title: '花括号里的名称不对',
    detail: '没有“{name}”这一项，打印时会是空白。请按说明里的名称填写花括号。',
  },
  'bulletin.changed': { title: '刚被别人改过', detail: '这篇刚被别人改过，没有保存。请复制您的内容，刷新后再改。' },
  'bulletin.too-many-pinned': { title: '置顶太多', detail: '最多置顶 {atMost} 篇，请先取消一篇的置顶。' },
  'bulletin.file-too-large': { title: '附件太大', detail: '没有上传。附件不能超过 {limit}，请压缩或分成几个再传。' },
  'bulletin.not-now': { title: '现在不能这样做', detail: '这篇现在是“{state}”，不能这样做。请刷新后再看。' },
  'paper.text-changed': { title: '刚被别人改过', detail: '这份文字刚被别人改过。请刷新，看过新内容再改。' },
  'notice.on-its-way': { title: '还在发送', detail: '上一次还在发送，请等有了结果再重发。' },
  'notice.account-closed': {
    title: '账号已注销',
    detail: '申报人已注销账号，收不到消息和短信，没有发出。请按申报表上的电话联系。',
  },
  'notice.no-browser': {
    title: '没有能推送的手机',
    detail: '申报人没有打开推送，或已在那台手机退出登录。请改发短信，或打电话告知。',
  },
} as const satisfies Record<string, ProblemWords>

/** Every refusal the system can utter. */
export const problems = { ...phoneProblems, ...serverProblems }
