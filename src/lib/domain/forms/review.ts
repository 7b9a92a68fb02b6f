import { applicationType, section, step } from './application-type.ts'
import { all, equals, not } from './condition.ts'
import { choice, date, longText, number, text, year, yearMonth, yesNo } from './field.ts'
import { list } from './list.ts'
import {
  acceptance,
  educations,
  employerName,
  hasTitleAnswer,
  heldTitle,
  holdsTitle,
  identity,
  otherProofs,
  pledgeSlot,
  summaryPart,
  targetSpecialty,
} from './shared-steps.ts'
import { evidenceSlot, slot } from './slot.ts'

const titleIsHeld = all(hasTitleAnswer, holdsTitle)

/** 评审, steps P0–P10 of the manual (§2.4.1.2; DOMAIN §1.6). P0 is the gate. */
export const review = applicationType({
  id: 'review',
  label: '评审',
  letter: 'P',
  revision: '2026.1',
  route: 'committee',
  summary: '晋升中级、高级，由评委会评审',
  gate: { text: 'pledge', label: '申报承诺书', seconds: 20, accept: '同意', signed: true }, // R29
  steps: [
    // P1
    step('proposal', '拟申报信息', [
      section([
        text('batchName', '申报批次', { atMost: 100, shows: 'batchName' }), // R50
        targetSpecialty, // R51
        choice('targetTitle', '拟评审专业技术资格', {
          from: { batch: 'titles', of: 'specialty' },
          required: true,
          paper: 'D1.1-r12c2',
        }), // R52
      ]),
      section(
        [
          employerName, // R53
          choice('employerRegion', '单位所在地', { from: { list: 'region' }, required: true, paper: 'D1.1-r10c1' }), // R53, A33
          choice('employerNature', '所在单位性质', {
            from: { list: 'employerNature' },
            required: true,
            paper: 'D1.1-r10c2',
          }), // R53
          yesNo('isCivilServant', '是否为公务员', {
            required: true,
            initially: false,
            caution: { when: true, text: '公务员不能申报职称。请核对您的身份，填错会被退回。' },
            paper: 'D1.1-r10c3',
          }), // R54, E6
        ],
        { label: '单位' },
      ),
      section(
        [
          choice('exceptionType', '破格情况', {
            from: { list: 'exceptionType' },
            required: true,
            initially: 'NORMAL',
            hint: '正常晋升不用改',
            paper: 'D1.1-r12c3',
          }), // R55
          longText('exceptionReason', '破格依据说明', {
            atMost: 500,
            required: not(equals('exceptionType', 'NORMAL')),
            visible: not(equals('exceptionType', 'NORMAL')),
            paper: 'D1.13',
          }),
          yesNo('isRecognition', '是否认定', {
            required: true,
            initially: false,
            help: '只有符合泰州市工业工程系列认定工程师资格条件的选“是”，其他一律选“否”。',
            paper: 'D1.1-r12c4',
          }), // R57
          yesNo('isTransfer', '是否转评', { initially: false, hint: '同级别转到另一系列', paper: 'D1.1-r12c4' }),
          text('transferFrom', '转评前资格', {
            atMost: 50,
            required: equals('isTransfer', true),
            visible: equals('isTransfer', true),
            paper: 'D1.1-r12c4',
          }),
        ],
        { label: '申报情况' },
      ),
      section(
        [
          ...acceptance,
          text('committee', '评委会', { atMost: 100, shows: 'committeeName' }),
          yesNo('needsEntrustLetter', '是否需要委托函', { initially: false, hint: '委托外地评委会评审时才需要' }),
        ],
        { label: '受理点' },
      ),
      section([{ ...pledgeSlot, required: true }], { label: '承诺书' }), // R56
    ]),

    // P2
    step('basics', '基本信息', [
      section([
        identity.fullName, // R60
        text('formerName', '曾用名', { atMost: 50, paper: 'D1.1-r1c2' }),
        identity.idNumber, // R7
        identity.idCard, // R61
        identity.gender,
        identity.birthDate,
        identity.photo, // R62
        identity.ethnicity,
        identity.politicalStatus,
      ]),
      section(
        [
          identity.mobile, // R59
          identity.email, // R59, R60
          identity.address,
          identity.postcode,
          text('officePhone', '办公电话', { atMost: 20 }),
        ],
        { label: '联系方式' },
      ),
      section(
        [
          text('birthPlace', '出生地', { atMost: 40, example: '江苏泰州', paper: 'D1.1-r4c1' }),
          identity.workStartDate,
          identity.health,
          text('adminPost', '行政职务', { atMost: 40, paper: 'D1.1-r8' }),
          yearMonth('adminPostDate', '行政职务任职时间', { paper: 'D1.1-r8' }),
          text('societies', '参加何学术团体、任何职，有何社会兼职', { atMost: 200, paper: 'D1.1-r9' }),
          text('foreignLanguage', '懂何种外语，达到何种程度', { atMost: 60, paper: 'D1.1-r11' }),
        ],
        { label: '其他情况', rules: [{ rule: 'yearsAfterBirth', field: 'workStartDate', years: 14 }] },
      ),
    ]),

    // P3
    step('qualification', '从业资格', [
      section([
        heldTitle.title,
        heldTitle.since,
        choice('currentTitleWay', '取得方式', {
          from: { list: 'titleWay' },
          required: titleIsHeld,
          visible: holdsTitle,
          paper: 'D1.1-r6c4',
        }),
        text('currentTitleIssuer', '审批机关', {
          atMost: 60,
          required: titleIsHeld,
          visible: holdsTitle,
          paper: 'D1.1-r6c3',
        }),
        text('currentTitleCertNo', '证书编号', { atMost: 40, visible: holdsTitle }),
        slot('practiceQualification', '附件材料', {
          required: titleIsHeld,
          visible: holdsTitle,
          material: 5,
          hint: '资格证书',
        }), // R63
      ]),
      section(
        [
          text('currentPost', '现聘专业技术职务', { atMost: 40, paper: 'D1.1-r7' }),
          yearMonth('currentPostDate', '聘任时间', { paper: 'D1.1-r7' }),
          text('currentSpecialty', '现从事何种专业技术工作', { atMost: 60, required: true, paper: 'D1.1-r5c1' }),
          number('specialtyYears', '从事本专业年限', {
            from: 0,
            to: 60,
            unit: '年',
            required: true,
            paper: 'D1.1-r5c2',
          }),
        ],
        { label: '现从事工作' },
      ),
      section([
        list(
          'licences',
          '职（执）业资格',
          {
            atMost: 10,
            card: { title: ['licenceName'], lines: [['licenceDate', 'licenceNo']] },
            hint: '没有可以不填',
            paper: 'D1.1-r7',
          },
          [
            text('licenceName', '资格名称', { atMost: 60, required: true, example: '二级建造师' }),
            yearMonth('licenceDate', '取得时间', { required: true }),
            text('licenceNo', '证书号', { atMost: 40 }),
          ],
        ),
      ]),
    ]),

    // P4
    step('education', '学历与奖惩', [
      section([educations]), // R64–R71
      section([
        list(
          'rewardsPunishments',
          '奖惩情况',
          {
            atMost: 30,
            card: { title: ['rewardTitle'], lines: [['kind', 'issuer', 'rewardDate']] },
            hint: '没有可以不填。这里不填业绩获奖，业绩获奖填在“业绩、论文与考核”',
            paper: 'D1.3',
          }, // R72
          [
            yearMonth('rewardDate', '时间', { required: true }),
            text('rewardTitle', '奖惩名称', { atMost: 100, required: true }),
            choice('kind', '类别', { from: { list: 'rewardKind' }, required: true }),
            text('issuer', '授予（处分）单位', { atMost: 60, required: true }),
            text('note', '备注', { atMost: 100 }),
            slot('proof', '附件材料', { material: 7 }),
          ],
        ),
      ]),
    ]),

    // P5
    step('records', '继续教育、考试与经历', [
      section([
        list(
          'continuingEducation',
          '继续教育',
          {
            atLeast: 1,
            atMost: 8, // R73
            card: {
              title: ['content'],
              lines: [
                ['kind', 'hours', 'organiser'],
                ['from', 'to'],
              ],
            },
            rules: [{ rule: 'notBefore', field: 'to', other: 'from' }],
            hint: '最多填写八项',
            paper: 'D1.4',
          },
          [
            date('from', '开始日期', { required: true }),
            date('to', '结束日期', { required: true }),
            text('content', '学习内容', { atMost: 100, required: true }),
            text('organiser', '主办单位', { atMost: 60, required: true }),
            choice('kind', '类别', { from: { list: 'continuingEducationKind' }, required: true }),
            number('hours', '学时', { from: 1, to: 500, unit: '学时', required: true }),
            text('result', '结果或证书号', { atMost: 40 }),
            slot('proof', '附件材料', { required: true, material: 8 }), // R74
          ],
        ),
      ]),
      section([
        list(
          'examResults',
          '专业考试成绩情况',
          {
            atMost: 20,
            card: { title: ['examName'], lines: [['subject', 'examDate', 'score']] },
            hint: '没有可以不填',
            paper: 'D1.5',
          }, // R75
          [
            text('examName', '考试名称', { atMost: 60, required: true, example: '职称外语、计算机' }),
            text('subject', '科目或级别', { atMost: 40 }),
            yearMonth('examDate', '时间'),
            text('score', '成绩', { atMost: 20 }),
            text('certNo', '证书编号', { atMost: 40 }),
            slot('proof', '附件材料', { material: 9 }),
          ],
        ),
      ]),
      section([
        list(
          'workHistory',
          '工作经历',
          {
            atLeast: 1,
            atMost: 30,
            card: {
              title: ['unit'],
              lines: [
                ['work', 'post'],
                ['from', 'to'],
              ],
            },
            rules: [{ rule: 'notBefore', field: 'to', other: 'from' }],
            hint: '请填写专业技术工作经历。截止日期不填，表示至今',
            paper: 'D1.6',
          }, // R76
          [
            yearMonth('from', '开始时间', { required: true }),
            yearMonth('to', '截止时间', { blank: '至今' }),
            text('unit', '单位', { atMost: 80, required: true }),
            text('work', '从事何种专业技术工作', { atMost: 100, required: true }),
            text('post', '职务', { atMost: 40 }),
          ],
        ),
      ]),
    ]),

    // P6
    step('achievements', '业绩、论文与考核', [
      section([
        list(
          'achievements',
          '任现职后主要专业技术工作经历、业绩登记',
          {
            atLeast: 1,
            atMost: 50,
            card: {
              title: ['projectName'],
              lines: [
                ['role', 'rank', 'teamSize'],
                ['from', 'to'],
              ],
            },
            rules: [
              { rule: 'notBefore', field: 'to', other: 'from' },
              { rule: 'atMostField', field: 'rank', other: 'teamSize' }, // E5
            ],
            hint: '以前参加过评审的，只填上次评审通过以后的业绩', // R77
            warning: '要上传哪些佐证材料，请对照申报专业资格条件的附录（9 号文）；有疑问请咨询职称办。', // R82
            paper: 'D1.7',
          },
          [
            yearMonth('from', '开始时间', { required: true }),
            yearMonth('to', '截止时间', { blank: '至今' }),
            text('projectName', '专业技术工作项目、课题名称', {
              atMost: 200,
              required: true,
              example: 'XX不锈钢制品有限公司—车间四',
              hint: '对所做项目、课题的简要描述',
            }), // R79
            text('role', '本人起何作用', { atMost: 100, required: true }),
            number('rank', '排名', { from: 1, to: 999, hint: '独立完成的可以不填' }), // R80
            number('teamSize', '总人数', { from: 1, to: 999 }),
            text('awardsBenefit', '获奖励、专利及效益情况', { atMost: 300, example: '泰州市优质工程奖' }),
            evidenceSlot('proof', '项目佐证材料', { required: true, material: 10 }), // R78 left
            evidenceSlot('award', '获奖情况附件', { material: 11 }), // R78 right
          ],
        ),
      ]),
      section([
        list(
          'publications',
          '著作、论文',
          {
            atMost: 50,
            card: {
              title: ['publicationTitle'],
              lines: [
                ['kind', 'authorship'],
                ['publisher', 'publishedOn'],
              ],
            },
            rules: [{ rule: 'atMostField', field: 'rank', other: 'total' }],
            hint: '没有可以不填',
            paper: 'D1.8',
          },
          [
            yearMonth('publishedOn', '日期', { required: true }),
            text('publicationTitle', '名称', { atMost: 200, required: true }),
            choice('kind', '类别', { from: { list: 'publicationKind' }, required: true }),
            text('publisher', '刊物、出版社（刊号）', {
              atMost: 120,
              required: true,
              example: '《工业建筑》CN 11-2068/TU',
            }),
            text('issue', '期、页', { atMost: 40 }),
            choice('authorship', '合（独）著', { from: { list: 'authorship' }, required: true }),
            number('rank', '排名', { from: 1, to: 99 }),
            number('total', '总人数', { from: 1, to: 99 }),
            text('abstract', '内容提要', { atMost: 300 }),
            evidenceSlot('proof', '附件材料', { required: true, material: 12 }), // R81
          ],
        ),
      ]),
      section([
        list(
          'assessments',
          '考核情况',
          {
            atLeast: 1,
            atMost: 20,
            card: { title: ['year'], lines: [['grade', 'unit']] },
            rules: [{ rule: 'unique', field: 'year' }],
            paper: 'D1.9',
          },
          [
            year('year', '年度', { required: true }),
            choice('grade', '考核等次', { from: { list: 'assessmentGrade' }, required: true }),
            text('unit', '考核单位', { atMost: 60, required: true }),
            slot('proof', '附件材料', { required: true, material: 13 }), // R81
          ],
        ),
      ]),
    ]),

    // P7
    step('workSummary', '工作总结', [
      section([
        longText('workSummary', '本人任现职以来工作总结', {
          atMost: 2000, // R83
          lineBreaks: 20, // R84
          required: true,
          hint: '包括思想品德、职业道德、专业技术能力、工作成绩及履行职责情况',
          paper: 'D1.10',
        }),
      ]),
    ]),

    // P8
    step('summaryPersonal', '简介表个人情况', [], { shows: 'summarySheet' }), // R85

    // P9
    step('summaryTechnical', '简介表技术工作总结', [
      section([
        summaryPart('summaryCareer', '主要技术工作经历', 600, '第 1 部分'),
        summaryPart('summaryProjects', '参加的技术项目或其它具体技术工作', 600, '第 2 部分'),
        summaryPart('summaryRole', '在技术项目中发挥的作用、解决的技术难题', 600, '第 3 部分'),
        summaryPart('summaryResults', '取得的成果与效益', 600, '第 4 部分'),
        summaryPart('summaryPapers', '发表或撰写论文（专题技术报告）的情况', 400, '第 5 部分'),
        slot('technicalSummaryFile', '专业技术工作总结附件', { required: true, material: 14, hint: '第 6 部分' }),
      ]), // R86
    ]),

    // P10
    step('materials', '材料目录', [section([...otherProofs], { label: '其他材料', hint: '需要的才上传' })], {
      shows: 'materials',
    }), // R87–R89
  ],
  prints: [
    { id: 'applicationForm', label: '申报表' },
    { id: 'summarySheet', label: '简介表' },
    { id: 'materialList', label: '材料目录' },
    { id: 'entrustLetter', label: '评审委托函', onlyIf: 'needsEntrustLetter' }, // R105, A24
  ],
})
