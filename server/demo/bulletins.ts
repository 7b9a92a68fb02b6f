import type { Audience, BulletinEntry } from '#domain/bulletin/bulletin.ts'

export interface DemoBulletin extends Pick<BulletinEntry, 'kind' | 'title'> {
  /** joined by empty lines */
  readonly text: readonly string[]
  readonly audience: readonly Audience[]
  readonly documentNumber?: string
  readonly pinned?: boolean
  /** days before the moment the world is made */
  readonly daysAgo: number
}

/** What stands in 公告通知 and 政策规范 of the demonstration: our own words, marked as such. */
export function demoBulletins(year: number): DemoBulletin[] {
  return [
    {
      kind: 'announcement',
      title: `关于开展 ${year} 年度职称申报工作的通知（演示）`,
      text: [
        '各有关单位、各位专业技术人员：',
        `${year} 年度职称申报现已开始。初定、评审、补证都在本系统办理，可以用手机完成填写、拍照上传和提交。`,
        '# 时间',
        '各批次的起止时间见“我要申报”。**截止以后不能再填写和提交**，请尽量提前，不要等到最后一天。',
        '# 步骤',
        [
          '| 步骤 | 谁来办 | 要多久 |',
          '| 填写、上传、提交 | 申报人 | 批次截止前 |',
          '| 审核 | 受理点、主管部门 | 各 5 个工作日 |',
          '| 预审 | 职称办 | 10 个工作日 |',
        ].join('\n'),
        '预审通过后请打印正式材料，由单位盖章，送到申报时选择的[受理点](/directory)。',
        '本文为演示内容，不是正式文件。',
      ],
      audience: ['public'],
      pinned: true,
      daysAgo: 10,
    },
    {
      kind: 'announcement',
      title: '手机拍照上传材料的几点提示（演示）',
      text: [
        '一、材料放平，四角都拍进画面，光线均匀，避免反光和手影。',
        '二、点“拍照扫描”，系统会自动找边、拉正、压到规定大小，不需要自己调分辨率。',
        '三、一份材料有几页的，连续拍完再保存成一个 PDF。',
        '四、没有网络也可以先拍，联网后会接着上传。',
      ],
      audience: ['public'],
      daysAgo: 8,
    },
    {
      kind: 'announcement',
      title: '请申报人核对手机号码（演示）',
      text: [
        '审核结果、退回修改和预审通过都会发短信到您登记的手机号码。请在“我的”里核对，换了号码要及时修改。',
        '忘记密码时，临时密码也发到这个号码，10 分钟内有效。',
      ],
      audience: ['applicant'],
      daysAgo: 5,
    },
    {
      kind: 'announcement',
      title: '受理点审核办理时限提醒（演示）',
      text: ['收到申报后请在 5 个工作日内完成审核。退回时要写清楚哪一项、为什么、怎么改，给申报人留足修改时间。'],
      audience: ['pointClerk', 'deptReviewer', 'office'],
      daysAgo: 4,
    },
    {
      kind: 'policy',
      title: '职称申报材料目录和要求（演示）',
      text: [
        [
          '1. 身份证、学历证书、学位证书、现任职称证书，按原件扫描。',
          '2. 继续教育证明、年度考核表，按年份上传。',
          '3. 业绩、获奖和论文材料每个文件不超过 10,000 KB，其他材料每个文件不超过 500 KB，都用 PDF。',
          '4. 申报承诺书要由本人手写签名后扫描上传。',
        ].join('\n'),
        '本文为演示内容，以当年正式文件为准。',
      ],
      audience: ['public'],
      daysAgo: 40,
    },
    {
      kind: 'policy',
      title: '继续教育学时要求说明（演示）',
      text: [
        '专业技术人员每年参加继续教育的时间累计不少于 90 学时，其中专业科目一般不少于总学时的三分之二。',
        '填写时按年度分别填写，附学时证明。系统会合计各年学时，达不到的会提醒，不会阻止提交。',
        '本文为演示内容，以当年正式文件为准。',
      ],
      audience: ['public'],
      daysAgo: 60,
    },
    {
      kind: 'policy',
      title: '职称评审公示和异议处理办法（演示）',
      documentNumber: `演示〔${year}〕1 号`,
      text: [
        '评审通过的人员名单公示不少于 5 个工作日，公示只列姓名、单位和申报资格。',
        '公示期内对名单有异议的，可以书面向职称办反映，请署真实姓名和联系方式。',
        '异议核实期间，有关人员的资格暂不核准。',
        '本文为演示内容，以当年正式文件为准。',
      ],
      audience: ['public'],
      daysAgo: 75,
    },
  ]
}
