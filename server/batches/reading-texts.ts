import { paragraphsOf } from '#domain/bulletin/rich-text.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import {
  checkReadingText,
  type ReadingKind,
  readingKinds,
  type ReadingTextEntry,
  tidiedReading,
} from '#domain/rules/reading-text.ts'
import { pledgeArticles } from '#domain/rules/pledge.ts'
import type { Act } from '#server/platform/environment.ts'
import type { Signed } from '#server/platform/who.ts'
import type { Database } from '#server/schema.ts'
import type { Kysely } from 'kysely'
import {
  countAccepted,
  findReadingText,
  listBatchesByText,
  listReadingTexts,
  listReadingVersions,
  newestOfReadingText,
} from './queries.ts'

type Db = Kysely<Database>

export interface ReadingText {
  readonly kind: ReadingKind
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
      ...pledgeArticles,
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

const given = (kind: ReadingKind): ReadingTextEntry => {
  const { title, paragraphs } = readingTexts.find((one) => one.kind === kind)!
  return { title, body: paragraphs.join('\n\n') }
}

/** A version as columns: the text once with its marks and once without. */
export const readingColumns = ({ title, body }: ReadingTextEntry) => ({
  title,
  body,
  paragraphs: JSON.stringify(paragraphsOf(body)),
})

/** The first version of each text that comes with the product. */
export const givenReadingTexts = readingTexts.map(({ kind }) => ({
  textId: kind,
  kind,
  version: 1,
  ...readingColumns(given(kind)),
}))

/**
 * The newest version of the text that all batches of a kind have where the office chose no other. A system that has none yet lays
 * down the one that comes with it: the first batch of a new installation needs it.
 * @returns its id
 */
export async function newestReadingText(ctx: Act, kind: ReadingKind): Promise<string> {
  const found = await newestOfReadingText(ctx.db, kind)
  if (found) return found.id
  await ctx.db
    .insertInto('readingText')
    .values({
      id: ctx.newId(),
      ...givenReadingTexts.find((one) => one.kind === kind)!,
      changedBy: null,
      createdAt: ctx.now,
    })
    // Somebody else made a first batch at the same moment.
    .onConflict((conflict) => conflict.columns(['textId', 'version']).doNothing())
    .execute()
  return (await newestOfReadingText(ctx.db, kind))!.id
}

/**
 * Every text, with the versions of it that batches have, and the newest. One that comes with the product and was laid down nowhere
 * yet has the version 0 and no id.
 */
export async function readingTextsOnDesk(db: Db, who: Signed) {
  const [versions, uses] = await Promise.all([listReadingTexts(db, who), listBatchesByText(db, who)])
  const batchesOf = (id: string) =>
    uses.filter(({ readingTextId }) => readingTextId === id).map((use) => ({ id: use.id, name: use.name }))
  const newestVersions = versions.filter((version, at) => version.textId !== versions[at - 1]?.textId)
  const texts = newestVersions.map(({ textId, kind, id: newestId }) => {
    const inUse = versions
      .filter((version) => version.textId === textId)
      .map(({ id, version, title, by, createdAt }) => ({ id, version, title, by, createdAt, batches: batchesOf(id) }))
      .filter(({ id, batches }) => id === newestId || batches.length > 0)
    return { textId, kind, newest: inUse[0]!, inUse }
  })
  const missing = readingKinds
    .filter((kind) => !newestVersions.some(({ textId }) => textId === kind))
    .map((kind) => {
      const newest = { id: null, version: 0, title: given(kind).title, by: null, createdAt: null, batches: [] }
      return { textId: kind as string, kind, newest, inUse: [newest] }
    })
  const place = ({ kind, textId }: { kind: ReadingKind; textId: string }) =>
    readingKinds.indexOf(kind) * 2 + (textId === kind ? 0 : 1)
  return [...texts, ...missing].sort(
    (a, b) => place(a) - place(b) || a.newest.title.localeCompare(b.newest.title, 'zh-Hans-CN'),
  )
}

/** One text with all its versions, the newest first: who has accepted each, and which batches have it. */
export async function openReadingText(db: Db, who: Signed, textId: string) {
  const rows = await listReadingVersions(db, who, textId)
  const [newest] = rows
  if (!newest) {
    const kind = readingKinds.find((one) => one === textId)
    if (kind === undefined) return refuse('request.not-found')
    return ok({ textId, kind, version: 0, ...given(kind), versions: [] })
  }
  const [accepted, uses] = await Promise.all([countAccepted(db, who, textId), listBatchesByText(db, who, textId)])
  return ok({
    textId,
    kind: newest.kind,
    version: newest.version,
    title: newest.title,
    body: newest.body,
    versions: rows.map(({ id, version, title, body, by, createdAt }) => ({
      id,
      version,
      title,
      body,
      by,
      createdAt,
      accepted: accepted.find(({ readingTextId }) => readingTextId === id)?.count ?? 0,
      batches: uses.filter(({ readingTextId }) => readingTextId === id).map((use) => ({ id: use.id, name: use.name })),
    })),
  })
}

/** A new text beside those that there are; batches have it once the office chooses it. Refused: what nobody could read. */
export async function writeNewReadingText(
  ctx: Act,
  who: Signed,
  { kind, ...typed }: ReadingTextEntry & { readonly kind: ReadingKind },
): Promise<Outcome<{ textId: string; id: string }>> {
  const entry = tidiedReading(typed)
  const fine = checkReadingText(entry)
  if (!fine.ok) return fine
  const [id, textId] = [ctx.newId(), ctx.newId()]
  await ctx.db
    .insertInto('readingText')
    .values({ id, textId, kind, version: 1, ...readingColumns(entry), changedBy: who.accountId, createdAt: ctx.now })
    .execute()
  ctx.audit({ action: 'reading-text.written', subject: `reading-text:${textId}`, details: { kind, version: 1, id } })
  return ok({ textId, id })
}

/**
 * Writes a text anew, as its next version: what people have accepted stays as they read it, and a batch goes on with the version
 * that it has until the office chooses the new one for it. Refused: what nobody could read, and where somebody else has written it
 * since the version that was changed. Nothing changed makes no version.
 */
export async function changeReadingText(
  ctx: Act,
  who: Signed,
  textId: string,
  { version, ...typed }: ReadingTextEntry & { readonly version: number },
): Promise<Outcome<{ version: number }>> {
  const opened = await openReadingText(ctx.db, who, textId)
  if (!opened.ok) return opened
  const { kind, version: standing, title, body } = opened.value
  if (standing !== version) return refuse('reading-text.version-changed')
  const entry = tidiedReading(typed)
  const fine = checkReadingText(entry)
  if (!fine.ok) return fine
  if (entry.title === title && entry.body === body) return ok({ version })
  // Two at once: the second meets the first one's version and is refused.
  const written = await ctx.db
    .insertInto('readingText')
    .values({
      id: ctx.newId(),
      textId,
      kind,
      version: version + 1,
      ...readingColumns(entry),
      changedBy: who.accountId,
      createdAt: ctx.now,
    })
    .onConflict((conflict) => conflict.columns(['textId', 'version']).doNothing())
    .returning('id')
    .executeTakeFirst()
  if (!written) return refuse('reading-text.version-changed')
  ctx.audit({
    action: 'reading-text.written',
    subject: `reading-text:${textId}`,
    details: { kind, version: version + 1, id: written.id },
  })
  return ok({ version: version + 1 })
}

/** The text that a batch is to have: the one chosen, where it is of the kind that its form asks for, or the one for all. */
export async function readingTextFor(
  ctx: Act,
  who: Signed,
  { text: kind, label }: { readonly text: ReadingKind; readonly label: string },
  chosen: string | undefined,
): Promise<Outcome<string>> {
  if (chosen === undefined) return ok(await newestReadingText(ctx, kind))
  const found = await findReadingText(ctx.db, who, chosen)
  return found?.kind === kind ? ok(found.id) : refuse('answer.not-in-list', { label }, { path: 'readingTextId' })
}
