import { applicationType, section, step } from './application-type.ts'
import { any, equals } from './condition.ts'
import { choice, longText, text, yearMonth } from './field.ts'
import { acceptance, employerName, identity } from './shared-steps.ts'
import { slot } from './slot.ts'

/** 补证, steps B0–B2 of the manual (§2.4.1.3; DOMAIN §1.7). B0 is the gate. */
export const reissue = applicationType({
  id: 'reissue',
  label: '补证',
  letter: 'B',
  revision: '2026.1',
  route: 'certificate',
  summary: '证书遗失、损坏或信息有误',
  gate: { text: 'reissueGuide', label: '补证指南', seconds: 20, accept: '下一步' }, // R30, A25
  steps: [
    // B1
    step('request', '补证申请表', [
      section([
        text('batchName', '申报批次', { atMost: 100, shows: 'batchName' }),
        identity.fullName,
        identity.idNumber,
        identity.gender,
        identity.birthDate,
        identity.photo,
        { ...employerName, label: '工作单位', paper: 'D4-r3' },
        identity.mobile,
        identity.idCard,
      ]),
      section(
        [
          choice('reissueReason', '补证原因', { from: { list: 'reissueReason' }, required: true, paper: 'D4-r4' }),
          text('reissueReasonOther', '其他原因', {
            atMost: 100,
            required: equals('reissueReason', '9'),
            visible: equals('reissueReason', '9'),
            paper: 'D4-r4',
          }),
          text('certSpecialty', '原证书系列（专业）', { atMost: 50, required: true, paper: 'D4-r5' }),
          text('certTitle', '原证书资格名称', { atMost: 50, required: true, paper: 'D4-r5' }),
          yearMonth('certDate', '取得时间', { required: true, paper: 'D4-r6' }),
          choice('certWay', '取得方式', {
            from: { list: 'certificateWay' },
            required: true,
            caution: { when: '4', text: '考试取得的证书由人事考试机构补发，请先向考试机构咨询。' },
            paper: 'D4-r6',
          }),
          text('certIssuer', '发证机关', { atMost: 60, required: true, paper: 'D4-r7' }),
          text('certNo', '原证书编号', { atMost: 40, hint: '遗失记不清的可以不填', paper: 'D4-r7' }),
          text('approvalDocNo', '批准文号', { atMost: 40, paper: 'D4-r7' }),
          longText('statement', '申请说明', {
            atMost: 400,
            required: true,
            hint: '写明遗失或损坏的经过',
            help: '本人对以上内容真实性负责，如有不实，责任自负。',
            paper: 'D4-r8',
          }),
        ],
        { label: '原证书' },
      ),
      section([...acceptance], { label: '受理点' }),
    ]), // R95

    // B2
    step(
      'materials',
      '材料目录',
      [
        section(
          [
            slot('originalReviewForm', '原评审表、呈报表或批文复印件', { required: true, material: 5 }),
            slot('lossNotice', '遗失声明（登报）', { required: equals('reissueReason', '1'), material: 15 }),
            slot('oldCert', '原证书', {
              required: any(equals('reissueReason', '2'), equals('reissueReason', '3')),
              material: 5,
            }),
            slot('unitProof', '单位证明', { material: 15 }),
          ],
          { label: '附件' },
        ),
      ],
      { shows: 'materials' },
    ), // R94
  ],
  prints: [
    { id: 'reissueForm', label: '补证申请表' },
    { id: 'materialList', label: '材料目录' },
  ],
})
