import { applicationType, section, step } from './application-type.ts'
import { choice, longText, number, text, yearMonth } from './field.ts'
import { list } from './list.ts'
import { acceptance, educations, employerName, identity, otherProofs, pledgeSlot } from './shared-steps.ts'
import { evidenceSlot, slot } from './slot.ts'

/** 初定, steps C0–C7 of the manual (§2.4.1.1; DOMAIN §1.5). C0 is the gate. */
export const initial = applicationType({
  id: 'initial',
  label: '初定',
  letter: 'C',
  revision: '2026.1',
  route: 'approval',
  summary: '见习期满，第一次取得职称',
  gate: { text: 'initialGuide', label: '初定指南', seconds: 20, accept: '下一步' }, // R28
  steps: [
    // C1
    step('proposal', '初定技术资格呈报表', [
      section([
        text('batchName', '申报批次', { atMost: 100, shows: 'batchName' }),
        choice('specialty', '拟定专业', { from: { batch: 'specialties' }, required: true, paper: 'D3.1-r7c1' }),
        choice('targetTitle', '拟定资格', {
          from: { batch: 'titles', of: 'specialty' },
          required: true,
          hint: '初定只有初级、中级',
          paper: 'D3.1-r7c2',
        }), // R31
        ...acceptance, // R32
        { ...employerName, label: '单位', paper: 'D3.1-r5' }, // R33
      ]),
    ]),

    // C2
    step('basics', '基本信息', [
      section(
        [
          identity.fullName,
          identity.idNumber,
          identity.idCard,
          identity.gender,
          identity.birthDate,
          identity.photo, // R35
          identity.ethnicity,
          identity.politicalStatus,
          identity.mobile, // R34
          identity.workStartDate,
          { ...identity.health, label: '健康状况', paper: 'D3.1-r4c2' },
        ],
        { rules: [{ rule: 'yearsAfterBirth', field: 'workStartDate', years: 14 }] },
      ),
      section(
        [
          text('currentSpecialty', '现从事专业（岗位）', { atMost: 50, required: true, paper: 'D3.1-r6c1' }),
          number('specialtyYears', '从事本专业年限', { from: 0, to: 60, unit: '年', paper: 'D3.1-r6c2' }),
          choice('currentTitle', '现任专业技术资格', { from: { batch: 'allTitles' }, paper: 'D3.1-r8' }),
          yearMonth('currentTitleDate', '资格取得时间', { paper: 'D3.1-r8' }),
          choice('employerNature', '单位性质', { from: { list: 'employerNature' } }),
          identity.address,
          identity.postcode,
        ],
        { label: '工作情况' },
      ),
    ]),

    // C3
    step('education', '最高学历', [
      section([
        {
          ...educations,
          label: '最高学历',
          hint: '只填最高的一条，并设为本专业最高学历。以前申报用过的学历会一起带出来，不用补，也不用删',
        },
      ]),
    ]), // R36, A18

    // C4
    step('probation', '见习期工作情况', [
      section([
        list(
          'probationWork',
          '见习期工作情况',
          {
            atLeast: 1,
            atMost: 20,
            card: {
              title: ['unit'],
              lines: [
                ['work', 'witness'],
                ['from', 'to'],
              ],
            },
            rules: [{ rule: 'notBefore', field: 'to', other: 'from' }],
            paper: 'D3.3',
          }, // R37
          [
            yearMonth('from', '开始时间', { required: true }),
            yearMonth('to', '截止时间', { blank: '至今' }),
            text('unit', '工作单位及部门', { atMost: 60, required: true }),
            text('work', '从事何种专业技术工作', { atMost: 100, required: true }),
            text('witness', '证明人或指导人', { atMost: 20 }),
          ],
        ),
      ]),
    ]),

    // C5
    step('achievements', '主要工作成绩', [
      section([
        longText('mainAchievements', '主要工作成绩', {
          atMost: 400, // R38
          lineBreaks: 20,
          required: true,
          hint: '可写见习期内做过的项目、您的作用和结果',
          paper: 'D3.4',
        }),
        evidenceSlot('chudingAchievement', '工作成绩附件', { material: 10 }),
      ]),
    ]),

    // C6
    step('technicalSummary', '技术工作小结', [
      section([
        longText('technicalSummary', '技术工作小结', {
          atMost: 800, // R39
          lineBreaks: 20,
          required: true,
          hint: '包括政治思想表现、业务工作能力、科研业绩成果情况',
          paper: 'D3.5',
        }),
      ]),
    ]),

    // C7
    step(
      'materials',
      '材料目录',
      [
        section(
          [
            pledgeSlot,
            slot('continuingEducationProof', '继续教育证书', { material: 8 }),
            slot('probationAssessment', '见习期满考核表', { material: 13 }),
            ...otherProofs,
          ],
          { label: '其他材料' },
        ),
      ],
      { shows: 'materials' },
    ), // R40
  ],
  prints: [
    { id: 'initialForm', label: '初定呈报表' },
    { id: 'materialList', label: '材料目录' },
  ],
})
