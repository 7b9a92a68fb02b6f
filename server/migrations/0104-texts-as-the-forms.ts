import { type Kysely, sql } from 'kysely'

/** What the texts that come with the product say from this release on. */
const texts = [
  {
    kind: 'pledge',
    title: '个人申报专业技术资格诚信承诺书',
    paragraphs: [
      '本人申报专业技术资格，郑重承诺：',
      '一、所填写的信息和提交的学历、资格、业绩、论文、获奖、考核等全部材料真实、准确、完整；',
      '二、业绩成果为本人取得，论文著作不存在抄袭、剽窃、代写、买卖等行为；',
      '三、遵守职称评审纪律，不以任何方式干扰评审工作；',
      '四、如有不实或弄虚作假，自愿接受取消申报资格、撤销已取得的职称、记入职称评审诚信档案库等处理，并承担相应责任。',
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
      '四、要准备的材料：身份证、学历证书、学位证书（有学位的）、近期大一寸照片。诚信承诺书、继续教育证书、见习期满考核表、劳动（聘用）合同、社会保险缴费证明、单位公示证明，打星号的必须上传，没打星号的有就上传。材料扫描成 PDF，每个文件不超过 500 KB，可以用手机直接拍照生成。',
      '五、怎么办：在网上填写并提交，由受理点审核、职称办预审。预审通过后，打印正式版《江苏省专业技术资格初定呈报表》，由单位和主管部门签署意见、盖章，送到选定的受理点。',
      '六、提交以后不能修改。发现填错，请联系受理点申请退回，修改后再提交。审核的每一步都会在“消息平台”通知您。',
      '不清楚的地方，请先拨打受理点电话咨询，再开始填写。',
    ],
  },
]

/**
 * The pledge that is agreed to has the articles of the one that is signed (A36, D7), and the 初定指南 asks for what the form asks for
 * and lets print after 预审 (R93). A version never changes, so they come as the next one, for batches to come; a batch that there is
 * goes on with the one it has until the office chooses the new one. Where the newest version is the office's own, or none was laid
 * down yet, there is nothing to do.
 */
export async function up(db: Kysely<any>): Promise<void> {
  for (const { kind, title, paragraphs } of texts) {
    const body = paragraphs.join('\n\n')
    await sql`
      insert into reading_text (id, text_id, kind, version, title, body, paragraphs)
      select gen_random_uuid(), text_id, kind, version + 1, ${title}, ${body}, ${JSON.stringify(paragraphs)}::jsonb
      from (select * from reading_text where text_id = ${kind} order by version desc limit 1) as newest
      where changed_by is null and body <> ${body}`.execute(db)
  }
}
