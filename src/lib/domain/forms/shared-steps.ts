import { equals, filled, not } from './condition.ts'
import { choice, email, longText, mark, mobile, number, personName, text, yearMonth } from './field.ts'
import { list } from './list.ts'
import { photo, slot } from './slot.ts'

/** What 初定 and 评审 have in common, written once. */

export const targetSpecialty = choice('specialty', '申报评审专业', {
  from: { batch: 'specialties' },
  required: true,
  paper: 'D1.1-r12c1',
  hint: '只列出本批次开放的专业',
})

export const acceptance = [
  choice('acceptRegion', '受理点所在地区', {
    from: { list: 'region' },
    required: true,
    hint: '先选地区，再选机构',
  }),
  choice('acceptancePoint', '受理点', {
    from: { batch: 'acceptancePoints', of: 'acceptRegion' },
    required: true,
    hint: '纸质材料交到这里',
  }),
] as const

export const employerName = text('employerName', '单位名称', {
  atMost: 100,
  required: true,
  example: '泰州市海陵建筑设计院有限公司',
  hint: '请写全称，与公章一致',
  paper: 'D1.cover',
})

export const identity = {
  fullName: personName('fullName', '姓名', {
    required: true,
    prefill: 'fullName',
    hint: '来自注册信息，可以改。直接用在申报材料上',
    paper: 'D1.1-r1c1',
  }),
  idNumber: text('idNumber', '身份证号', { atMost: 18, shows: 'idNumber', hint: '注册后不能修改', paper: 'D1.1-r3c1' }),
  gender: choice('gender', '性别', {
    from: { list: 'gender' },
    shows: 'gender',
    hint: '由身份证号得出',
    paper: 'D1.1-r1c3',
  }),
  birthDate: text('birthDate', '出生年月', {
    atMost: 10,
    shows: 'birthDate',
    hint: '由身份证号得出',
    paper: 'D1.1-r2c1',
  }),
  ethnicity: choice('ethnicity', '民族', {
    from: { list: 'ethnicity' },
    required: true,
    initially: '01',
    paper: 'D1.1-r2c2',
  }),
  politicalStatus: choice('politicalStatus', '政治面貌', {
    from: { list: 'politicalStatus' },
    required: true,
    paper: 'D1.1-r2c3',
  }),
  photo: photo('photo', '照片', { required: true }),
  mobile: mobile('mobile', '手机号码', {
    required: true,
    prefill: 'mobile',
    hint: '来自注册信息，可以改。短信发到账号的手机号',
    paper: 'D1.1-r3c2',
  }),
  workStartDate: yearMonth('workStartDate', '参加工作时间', { required: true, paper: 'D1.1-r4c2' }),
  health: choice('health', '身体状况', { from: { list: 'health' }, paper: 'D1.1-r4c3' }),
  idCard: slot('idCard', '身份证正反面', {
    required: true,
    material: 4,
    hint: '正面、反面都要，可以放在一页上',
  }),
  email: email('email', '邮箱', { required: true, prefill: 'email', hint: '来自注册信息，可以改', paper: 'D1.1-r3c3' }),
  address: text('address', '通讯地址', { atMost: 100 }),
  postcode: text('postcode', '邮编', { atMost: 6, pattern: { source: '^\\d{6}$', says: '请填 6 位数字' } }),
}

/** 学历: belongs to the person, append-only across years (R64–R71, A15–A18). */
export const educations = list(
  'educations',
  '学历',
  {
    ofPerson: true,
    atLeast: 1,
    addLabel: '增加一条学历',
    removeLabel: '删除选中学历',
    rowName: '这条学历',
    card: {
      title: ['eduLevel', 'school'],
      lines: [
        ['major', 'studyMode', 'degree'],
        ['start', 'end'],
      ],
    },
    rules: [
      { rule: 'notBefore', field: 'end', other: 'start' },
      { rule: 'exactlyOne', field: 'isTopInSpecialty' },
    ],
    hint: '从高中填起，每个阶段一条',
    warning:
      '学历只能累加：往年申报用过的学历会带到这次申报，不能删改；确需修改，请用“申请修改学历”。学历造假一经查实，取消申报资格并记入诚信档案。',
    paper: 'D1.2',
  },
  [
    choice('eduLevel', '学历', { from: { list: 'educationLevel' }, required: true }),
    choice('degree', '学位', { from: { list: 'degree' } }),
    text('school', '学校', { atMost: 60, required: true, example: '南京工业大学' }),
    text('major', '专业', {
      atMost: 50,
      required: not(equals('eduLevel', '61')),
      example: '土木工程',
      hint: '高中不用填',
    }),
    number('schoolingYears', '学制', { from: 0.5, to: 10, step: 0.5, unit: '年' }),
    choice('studyMode', '学习形式', { from: { list: 'studyMode' }, required: true }),
    yearMonth('start', '入学时间', { required: true }),
    yearMonth('end', '毕业时间', { required: true }),
    choice('completion', '毕（结、肄）业', { from: { list: 'educationCompletion' }, required: true, initially: '1' }),
    text('diplomaNo', '证书编号', { atMost: 40 }),
    mark('isTopInSpecialty', '本专业最高学历', { action: '设为本专业最高学历' }),
    slot('proof', '附件材料', { required: true, material: 6, hint: '毕业证书、学位证书' }),
  ],
)

/** Required where the form says so: in 评审 (R56). */
export const pledgeSlot = slot('pledge', '申报承诺书', {
  material: 3,
  template: 'pledge',
  hint: '下载模板，打印、手写签名后扫描上传',
})

/** Slots of the last step that every applicant may need. */
export const otherProofs = [
  slot('contract', '劳动（聘用）合同', { material: 15 }),
  slot('socialInsurance', '社会保险缴费证明', { material: 15 }),
  slot('unitPublicityProof', '单位公示证明', { material: 15 }),
  slot('otherProof', '其他材料', { material: 15 }),
] as const

/** A title held already, and since when. */
export const heldTitle = {
  title: choice('currentTitle', '现任专业技术资格', {
    from: { batch: 'allTitles' },
    required: true,
    hint: '还没有的选“无”',
    paper: 'D1.1-r6c1',
  }),
  since: yearMonth('currentTitleDate', '资格取得时间', {
    required: not(equals('currentTitle', 'none')),
    visible: not(equals('currentTitle', 'none')),
    paper: 'D1.1-r6c2',
  }),
}

export const holdsTitle = not(equals('currentTitle', 'none'))
export const hasTitleAnswer = filled('currentTitle')

export const summaryPart = <const Id extends string>(id: Id, label: string, atMost: number, hint: string) =>
  longText(id, label, { atMost, required: true, lineBreaks: 20, hint, paper: 'D2.right' })
