import type { Gate } from '#domain/forms/application-type.ts'
import type { Act } from '#server/platform/environment.ts'

export interface ReadingText {
  readonly kind: Gate['text']
  readonly title: string
  readonly paragraphs: readonly string[]
}

/** What is read before an application starts (R28–R30), as it stands until the office has another. */
export const readingTexts: readonly ReadingText[] = [
  {
    kind: 'pledge',
    title: '个人申报专业技术资格诚信承诺书',
    paragraphs: [
      '本人申报专业技术资格，郑重承诺：',
      '一、所填写的信息和提交的学历、资格、业绩、论文、获奖、考核等全部材料真实、准确、完整；',
      '二、业绩成果为本人取得，论文著作不存在抄袭、剽窃、代写、买卖等行为；',
      '三、遵守职称评审纪律，不以任何方式干扰评审工作；',
      '四、所填手机号码由本人使用，因填错号码、未及时查看通知造成的后果由本人承担；',
      '五、如有不实或弄虚作假，自愿接受取消申报资格、撤销已取得的职称、记入职称评审诚信档案库等处理，并承担相应责任。',
      '申报期间请下载承诺书，打印后由本人手写签名，扫描成 PDF 上传。承诺书上的签名不能打印。',
    ],
  },
  {
    kind: 'initialGuide',
    title: '初定指南',
    paragraphs: [
      '初定是指全日制院校毕业、从事专业技术工作并见习期满、考核合格的人员，第一次取得职称。初定不经过评委会评审。',
      '一、谁可以申报：在本市企事业单位或社会组织从事专业技术工作，所学专业与工作岗位相同或相近，工作满规定年限，年度考核合格。公务员不能申报。',
      '二、年限要求：中专毕业满 1 年可初定员级；大专毕业满 3 年、本科毕业满 1 年可初定助理级；硕士研究生毕业满 3 年可初定中级；博士研究生毕业经考核合格可初定中级。具体以当年文件为准。',
      '三、只能初定初级和中级。以考代评的系列（会计、统计、经济、审计等）不办理初定，请参加全国统一考试。',
      '四、要准备的材料：身份证、学历证书、学位证书（有学位的）、劳动合同或聘用证明、近期大一寸照片。材料扫描成 PDF，每个文件不超过 500 KB，可以用手机直接拍照生成。',
      '五、怎么办：在网上填写并提交，受理点审核通过后打印《江苏省专业技术资格初定呈报表》，由单位和主管部门签署意见、盖章，送到选定的受理点。',
      '六、提交以后不能修改。发现填错，请联系受理点申请退回，修改后再提交。审核的每一步都会在“消息平台”通知您。',
      '不清楚的地方，请先拨打受理点电话咨询，再开始填写。',
    ],
  },
  {
    kind: 'reissueGuide',
    title: '补证指南',
    paragraphs: [
      '职称证书遗失、损坏，或者证书上的信息有误，可以申请补发。补证不需要重新评审。',
      '一、谁可以申请：通过本市初定、评审或认定取得职称，证书由本市发放的人员。通过全国统一考试取得的证书，请向人事考试机构申请补发。',
      '二、要准备的材料：身份证、原评审表或呈报表（或者批准文件）的复印件、近期大一寸照片。证书遗失的，还要有登报的遗失声明；证书损坏或信息有误的，还要有原证书。材料扫描成 PDF，每个文件不超过 500 KB。',
      '三、原来的材料找不到时，可以到单位人事部门或人事档案管理机构查阅复印，复印件要加盖保管单位的章。',
      '四、怎么办：在网上填写《专业技术资格证书补证申请表》并提交，审核通过后打印，一式两份，由单位盖章，送到选定的受理点。',
      '五、提交以后不能修改。发现填错，请联系受理点申请退回。新证书制好后会发短信通知，请带身份证到受理点领取。',
    ],
  },
]

/**
 * The newest text of a kind. A system that has none yet lays down the one that comes with it: the first batch of a new
 * installation needs it.
 * @returns its id
 */
export async function newestReadingText(ctx: Act, kind: Gate['text']): Promise<string> {
  const find = () =>
    ctx.db
      .selectFrom('readingText')
      .select('id')
      .where('kind', '=', kind)
      .orderBy('version', 'desc')
      .limit(1)
      .executeTakeFirst()
  const found = await find()
  if (found) return found.id
  const given = readingTexts.find((one) => one.kind === kind)
  if (!given) throw new Error(`No reading text ${kind}`)
  const { title, paragraphs } = given
  await ctx.db
    .insertInto('readingText')
    .values({ id: ctx.newId(), kind, version: 1, title, paragraphs: JSON.stringify(paragraphs), createdAt: ctx.now })
    // Somebody else made a first batch at the same moment.
    .onConflict((conflict) => conflict.columns(['kind', 'version']).doNothing())
    .execute()
  return (await find())!.id
}
