import { createHash } from 'node:crypto'
import type { FileReference } from '#domain/attachment.ts'
import type { Answers, CellValue, Facts, Row } from '#domain/forms/answers.ts'
import { initial } from '#domain/forms/initial.ts'
import { reissue } from '#domain/forms/reissue.ts'
import { review } from '#domain/forms/review.ts'
import type { ApplicationType, PrintId } from '#domain/forms/application-type.ts'
import type { PaperSubject } from '#server/papers/compose.ts'

/** Applications filled in as people fill them in, for what is printed. Ids, names and bytes are always the same. */

const uuid = (text: string): string => {
  const hex = createHash('sha256').update(text).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-7${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}
export const fileOf = (name: string, size = 214_000, pages = 2): FileReference => ({
  id: uuid(`file ${name}`),
  name,
  size,
  sha256: createHash('sha256').update(name).digest('hex'),
  pages,
  position: 1,
})
const rowsFrom = (list: string, values: readonly Record<string, CellValue>[]): Row[] =>
  values.map((one, index) => ({ id: uuid(`${list} ${index}`), position: index, values: one }))

export const paperFacts: Facts = {
  today: '2026-08-20',
  account: {
    fullName: '张海燕',
    idNumber: '321203198512150021',
    gender: '2',
    birthDate: '1985-12-15',
    mobile: '13812345678',
    email: 'zhanghaiyan@example.com',
  },
  batch: {
    batchName: '2026 年度建设工程中级职称评审',
    committeeName: '泰州市建设工程中级专业技术资格评审委员会',
    specialties: [
      {
        id: 'engineering.construction',
        label: '建筑工程',
        series: '工程技术',
        titles: [
          { id: 'engineering.assistant', label: '助理工程师', level: '助理级' },
          { id: 'engineering.intermediate', label: '工程师', level: '中级' },
        ],
      },
    ],
    acceptancePoints: [
      {
        id: 'hailing-talent',
        label: '海陵区人才服务中心',
        region: '321202',
        accepts: '非公企业、事业单位',
        address: '泰州市海陵区青年北路 1 号',
        phone: '0523-86200000',
        hours: '工作日 9:00–17:00',
      },
    ],
    heldTitles: [
      { code: 'none', label: '无' },
      { code: 'engineering.assistant', label: '助理工程师' },
    ],
  },
}

const educations: Record<string, CellValue>[] = [
  {
    eduLevel: '61',
    degree: null,
    school: '江苏省泰州中学',
    major: null,
    schoolingYears: 3,
    studyMode: '1',
    start: '2001-09',
    end: '2004-06',
    completion: '1',
    diplomaNo: null,
    isTopInSpecialty: false,
  },
  {
    eduLevel: '21',
    degree: '408',
    school: '南京工业大学',
    major: '土木工程',
    schoolingYears: 4,
    studyMode: '1',
    start: '2004-09',
    end: '2008-06',
    completion: '1',
    diplomaNo: '102911200805001234',
    isTopInSpecialty: true,
  },
]

const paragraphs = [
  '本人自二〇〇八年七月参加工作以来，一直从事建筑结构设计与现场技术服务工作，拥护党的路线、方针、政策，遵守职业道德和行业规范，工作认真负责，团结同事，服从安排。',
  '在专业技术方面，先后参加并主持完成住宅、学校、厂房等各类工程项目三十余项，熟练掌握钢筋混凝土结构、钢结构及装配式结构的设计方法，能够独立解决施工过程中出现的疑难问题。',
  '二〇二一年主持泰州市海陵区实验学校教学楼加固改造工程，针对原结构配筋不足、基础不均匀沉降等情况，提出增大截面与粘贴碳纤维布相结合的加固方案，节约造价一百二十余万元，工期缩短二十六天。',
  '二〇二三年作为技术负责人参加医药高新区生物医药标准厂房项目，采用预应力混凝土双T板屋面体系，攻克大跨度、重荷载、高洁净度条件下的振动控制难题，获泰州市优质工程奖。',
  '注重总结与传承，发表论文两篇，取得实用新型专利一项，指导青年技术人员四名，其中两名已取得助理工程师资格。今后将继续钻研业务，为地方建设作出更大贡献。',
]
/** Exactly so many 字 of running prose. */
export const proseOf = (length: number): string => {
  const source = [...paragraphs.join('\n')]
  return Array.from({ length }, (_, index) => source[index % source.length] as string).join('')
}
/** 2000 字 with 200 line ends in it, the worst that R84 must bear. */
export const brokenProse = (): string => {
  const line = [...'主持完成结构设计']
  const text = Array.from({ length: 201 }, (_, index) => `${index + 1}${line.join('')}`.slice(0, 8)).join('\n')
  return text + '续'.repeat(Math.max(0, 2000 - [...text].length - 1)) + '。'
}

export const reviewAnswers: Answers = {
  fields: {
    specialty: 'engineering.construction',
    targetTitle: 'engineering.intermediate',
    employerName: '泰州市海陵建筑设计院有限公司',
    employerRegion: '321202',
    employerNature: '3',
    isCivilServant: false,
    exceptionType: 'NORMAL',
    isRecognition: false,
    isTransfer: false,
    acceptRegion: '321202',
    acceptancePoint: 'hailing-talent',
    needsEntrustLetter: true,
    fullName: '张海燕',
    formerName: '张燕',
    ethnicity: '01',
    politicalStatus: '01',
    mobile: '13812345678',
    email: 'zhanghaiyan@example.com',
    address: '泰州市海陵区青年北路 88 号 3 幢 502 室',
    postcode: '225300',
    officePhone: '0523-86201234',
    birthPlace: '江苏泰州',
    workStartDate: '2008-07',
    health: '1',
    adminPost: '结构所副所长',
    adminPostDate: '2021-03',
    societies: '江苏省土木建筑学会会员，泰州市勘察设计协会结构专业委员会委员',
    foreignLanguage: '英语，能借助词典阅读专业文献',
    currentTitle: 'engineering.assistant',
    currentTitleDate: '2013-09',
    currentTitleWay: '1',
    currentTitleIssuer: '泰州市人力资源和社会保障局',
    currentTitleCertNo: '泰职初〔2013〕00871',
    currentPost: '助理工程师',
    currentPostDate: '2013-10',
    currentSpecialty: '建筑结构设计',
    specialtyYears: 18,
    workSummary: proseOf(2000),
    summaryCareer: proseOf(320),
    summaryProjects: proseOf(410),
    summaryRole: proseOf(380),
    summaryResults: proseOf(260),
    summaryPapers:
      '发表论文《预应力双T板屋面在医药洁净厂房中的应用》（《江苏建筑》2023年第4期，第一作者）；撰写专题报告《海陵区实验学校教学楼加固技术总结》。',
  },
  rows: {
    licences: rowsFrom('licences', [
      { licenceName: '二级建造师', licenceDate: '2016-11', licenceNo: '苏232161700123' },
    ]),
    educations: rowsFrom('educations', educations),
    rewardsPunishments: rowsFrom('rewards', [
      {
        rewardDate: '2022-03',
        rewardTitle: '2021 年度先进工作者',
        kind: '1',
        issuer: '泰州市海陵建筑设计院有限公司',
        note: '',
      },
    ]),
    continuingEducation: rowsFrom(
      'continuing',
      [2022, 2023, 2024, 2025].map((year) => ({
        from: `${year}-05-10`,
        to: `${year}-05-24`,
        content: `${year} 年度专业技术人员公需科目：数字经济与绿色发展`,
        organiser: '泰州市专业技术人员继续教育基地',
        kind: '1',
        hours: 24,
        result: '合格',
      })),
    ),
    examResults: rowsFrom('exams', [
      {
        examName: '全国专业技术人员计算机应用能力考试',
        subject: 'AutoCAD 制图',
        examDate: '2015-06',
        score: '合格',
        certNo: 'JS1506-0231',
      },
    ]),
    workHistory: rowsFrom('work', [
      { from: '2008-07', to: '2013-08', unit: '泰州市姜堰建筑设计室', work: '建筑结构设计', post: '技术员' },
      {
        from: '2013-09',
        to: null,
        unit: '泰州市海陵建筑设计院有限公司',
        work: '建筑结构设计、现场技术服务',
        post: '结构所副所长',
      },
    ]),
    achievements: rowsFrom('achievements', [
      {
        from: '2021-03',
        to: '2021-09',
        projectName: '泰州市海陵区实验学校教学楼加固改造工程',
        role: '专业负责人，负责检测鉴定复核、加固方案与施工图设计',
        rank: 2,
        teamSize: 5,
        awardsBenefit: '节约造价一百二十余万元；2022 年泰州市优秀勘察设计二等奖',
      },
      {
        from: '2022-11',
        to: '2023-12',
        projectName: '医药高新区生物医药标准厂房二期（A1–A4 号楼）',
        role: '技术负责人',
        rank: 1,
        teamSize: 8,
        awardsBenefit: '泰州市优质工程奖；实用新型专利 ZL202320123456.7',
      },
      {
        from: '2024-02',
        to: null,
        projectName: 'XX不锈钢制品有限公司—车间四',
        role: '独立完成结构设计',
        rank: null,
        teamSize: null,
        awardsBenefit: '',
      },
    ]),
    publications: rowsFrom('publications', [
      {
        publishedOn: '2023-08',
        publicationTitle: '预应力双T板屋面在医药洁净厂房中的应用',
        kind: '2',
        publisher: '《江苏建筑》CN 32-1253/TU',
        issue: '2023 年第 4 期，第 31–34 页',
        authorship: '2',
        rank: 1,
        total: 3,
        abstract: '结合工程实例，分析预应力混凝土双T板屋面在大跨度洁净厂房中的受力性能与构造要求。',
      },
    ]),
    assessments: rowsFrom(
      'assessments',
      [2021, 2022, 2023, 2024, 2025].map((year) => ({
        year,
        grade: year === 2021 ? '1' : '2',
        unit: '泰州市海陵建筑设计院有限公司',
      })),
    ),
  },
  files: {},
}
const at = (list: string, index: number, slot: string) => `${list}/${reviewAnswers.rows[list]?.[index]?.id}/${slot}`
Object.assign(reviewAnswers.files as Record<string, FileReference[]>, {
  photo: [fileOf('照片.jpg', 48_000, 0)],
  pledge: [fileOf('承诺书（签名）.pdf', 301_000, 1)],
  idCard: [fileOf('身份证正反面.pdf', 212_400, 1)],
  practiceQualification: [fileOf('助理工程师证书.pdf', 180_200, 1)],
  [at('educations', 0, 'proof')]: [fileOf('高中毕业证.pdf', 150_000, 1)],
  [at('educations', 1, 'proof')]: [fileOf('本科毕业证.pdf', 190_000, 1), fileOf('学士学位证.pdf', 185_000, 1)],
  [at('continuingEducation', 0, 'proof')]: [fileOf('公需科目2022.pdf', 99_000, 1)],
  [at('achievements', 0, 'proof')]: [fileOf('加固改造工程施工图及审查合格书.pdf', 6_240_000, 24)],
  [at('achievements', 0, 'award')]: [fileOf('优秀勘察设计二等奖证书.pdf', 410_000, 1)],
  [at('achievements', 1, 'proof')]: [fileOf('标准厂房竣工验收证明书.pdf', 3_100_000, 12)],
  [at('publications', 0, 'proof')]: [fileOf('江苏建筑2023年第4期.pdf', 2_400_000, 6)],
  [at('assessments', 0, 'proof')]: [fileOf('2021年度考核表.pdf', 130_000, 2)],
  technicalSummaryFile: [fileOf('专业技术工作总结.pdf', 260_000, 4)],
  contract: [fileOf('劳动合同.pdf', 420_000, 6)],
})

export const initialAnswers: Answers = {
  fields: {
    specialty: 'engineering.construction',
    targetTitle: 'engineering.assistant',
    employerName: '泰州市海陵建筑设计院有限公司',
    acceptRegion: '321202',
    acceptancePoint: 'hailing-talent',
    fullName: '王浩',
    ethnicity: '01',
    politicalStatus: '03',
    mobile: '13812345678',
    workStartDate: '2025-07',
    health: '1',
    currentSpecialty: '建筑工程施工管理',
    specialtyYears: 1,
    currentTitle: 'none',
    employerNature: '3',
    address: '泰州市海陵区济川东路 18 号',
    postcode: '225300',
    mainAchievements: proseOf(400),
    technicalSummary: proseOf(800),
  },
  rows: {
    educations: rowsFrom('educations', educations),
    probationWork: rowsFrom('probation', [
      {
        from: '2025-07',
        to: '2025-12',
        unit: '海陵建筑设计院第一设计所',
        work: '施工图绘制、图纸校对',
        witness: '李建国',
      },
      {
        from: '2026-01',
        to: null,
        unit: '海陵建筑设计院第一设计所',
        work: '现场技术服务、变更设计',
        witness: '李建国',
      },
    ]),
  },
  files: {
    photo: [fileOf('照片.jpg', 48_000, 0)],
    idCard: [fileOf('身份证.pdf', 200_000, 1)],
    pledge: [fileOf('承诺书.pdf', 200_000, 1)],
  },
}

export const reissueAnswers: Answers = {
  fields: {
    fullName: '陈晓丽',
    employerName: '泰州市第二中学',
    mobile: '13812345678',
    reissueReason: '1',
    certSpecialty: '中小学教师',
    certTitle: '一级教师',
    certDate: '2012-12',
    certWay: '2',
    certIssuer: '泰州市人力资源和社会保障局',
    certNo: '苏C2012-3321',
    approvalDocNo: '泰职办〔2012〕56 号',
    statement:
      '本人于二〇二六年三月搬家时不慎将专业技术资格证书遗失，多方寻找未果，已在《泰州日报》登报声明作废，现申请补发。',
    acceptRegion: '321202',
    acceptancePoint: 'hailing-talent',
  },
  rows: {},
  files: {
    photo: [fileOf('照片.jpg', 48_000, 0)],
    idCard: [fileOf('身份证.pdf', 200_000, 1)],
    originalReviewForm: [fileOf('原评审表复印件.pdf', 480_000, 8)],
    lossNotice: [fileOf('遗失声明.pdf', 120_000, 1)],
  },
}

const cases: Record<ApplicationType['id'], { type: ApplicationType; answers: Answers }> = {
  review: { type: review, answers: reviewAnswers },
  initial: { type: initial, answers: initialAnswers },
  reissue: { type: reissue, answers: reissueAnswers },
}

/** What a document is made from, official unless said otherwise. */
export function paperSubject(
  kind: PrintId,
  over: Partial<PaperSubject> & { of?: ApplicationType['id'] } = {},
): PaperSubject {
  const { of, ...rest } = over
  const { type, answers } =
    cases[of ?? (kind === 'initialForm' ? 'initial' : kind === 'reissueForm' ? 'reissue' : 'review')]
  return {
    kind,
    type,
    answers,
    facts: paperFacts,
    year: 2026,
    at: new Date('2026-08-20T02:15:00Z'),
    submittedAt: new Date('2026-08-20T02:15:00Z'),
    number: `2026-${type.letter}-01-000042`,
    snapshotSha256: createHash('sha256').update('snapshot').digest('hex'),
    outcome: { documentNumber: '', certificateNumber: '' },
    official: { code: '7KQ2M4XWPB9TZ3HD', verifyUrl: 'https://zhicheng.example.com/verify/7KQ2M4XWPB9TZ3HD' },
    ...rest,
  }
}

/** The same as a preview. */
export const previewSubject = (kind: PrintId, over: Parameters<typeof paperSubject>[1] = {}): PaperSubject => {
  const { official: _, ...rest } = paperSubject(kind, over)
  return rest
}
