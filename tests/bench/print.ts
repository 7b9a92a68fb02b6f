/**
 * How long documents take and how large they are (`npm run -s bench:print`). Each document is set for a different person
 * every time, so nothing is measured that a cache of whole answers would do. The last line is one JSON object.
 */
import type { PrintId } from '#domain/forms/application-type.ts'
import type { Answers, CellValue } from '#domain/forms/answers.ts'
import type { PaperSubject } from '#server/papers/compose.ts'
import { createTypesetter } from '#server/papers/typesetting.ts'
import { paperSubject, reviewAnswers } from '../world/paper-cases.ts'
import { photoOf } from '../world/pdf-files.ts'

const ROUNDS = 31
const QUEUE = 200
const kinds = ['applicationForm', 'summarySheet', 'materialList'] as const satisfies readonly PrintId[]

const letters = '建构筑施结计算设案测量审核现场管理改造工程技术组长主持参加完成优良道路桥梁水电暖通绿地照明消防节能抗震'
const isHan = (letter: string) => letter >= '\u4e00' && letter <= '\u9fff'
/** The same text with every third Chinese character another one, so that no cell of two people is alike. */
const reworded = (index: number, value: CellValue): CellValue =>
  typeof value !== 'string'
    ? value
    : [...value]
        .map((one, at) => (isHan(one) && (at + index) % 3 === 0 ? letters[(index * 7 + at * 3) % letters.length] : one))
        .join('')

/** Another person each time: name, numbers, every row and the order of what he writes differ. */
function applicant(index: number, kind: PrintId): PaperSubject {
  const turn = (text: unknown) => {
    const written = [...String(text)]
    const by = (index * 37) % written.length
    return [...written.slice(by), ...written.slice(0, by)].join('')
  }
  const texts = ['workSummary', 'summaryCareer', 'summaryProjects', 'summaryRole', 'summaryResults']
  const answers: Answers = {
    ...reviewAnswers,
    rows: Object.fromEntries(
      Object.entries(reviewAnswers.rows).map(([list, rows]) => [
        list,
        rows.map((row) => ({
          ...row,
          values: Object.fromEntries(Object.entries(row.values).map(([id, value]) => [id, reworded(index, value)])),
        })),
      ]),
    ),
    fields: {
      ...reviewAnswers.fields,
      fullName: `${'赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许'[index % 20]}${'伟芳娜敏静丽强磊军洋'[(index * 7) % 10]}${'明华国平'[index % 4]}`,
      employerName: `泰州市第${index + 1}建筑设计院有限公司`,
      ...Object.fromEntries(texts.map((id) => [id, turn(reviewAnswers.fields[id])])),
    },
  }
  const code = `BENCH${String(index).padStart(11, '0')}`
  return paperSubject(kind, {
    answers,
    number: `2026-P-01-${String(index).padStart(6, '0')}`,
    official: { code, verifyUrl: `https://zhicheng.example.com/verify/${code}` },
  })
}

const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]!
const round = (value: number) => Math.round(value * 10) / 10
const photo = photoOf(390, 567)
const withPhoto = (kind: PrintId) => (kind === 'materialList' ? undefined : photo)

const one = createTypesetter(1)
const processor = () => {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
const taken = Object.fromEntries(kinds.map((kind) => [kind, { ms: [] as number[], cpuMs: [] as number[] }]))
const last: Record<string, { bytes: number; pages: number }> = {}
// Round by round, so that a minute in which the machine has other work falls on all kinds alike.
for (let index = 0; index < ROUNDS + 4; index++) {
  for (const kind of kinds) {
    const subject = applicant(index, kind)
    const [begun, used] = [performance.now(), processor()]
    const { pdf, pages } = await one.typeset(subject, withPhoto(kind))
    // the first few start the thread and read the fonts
    if (index >= 4) {
      taken[kind]!.ms.push(performance.now() - begun)
      taken[kind]!.cpuMs.push(processor() - used)
    }
    last[kind] = { bytes: pdf.byteLength, pages }
  }
}
/** `cpuMs` is what the processors worked for it: it hardly grows when others want them too, as `ms` does. */
const figures = Object.fromEntries(
  kinds.map((kind) => [
    kind,
    { ms: round(median(taken[kind]!.ms)), cpuMs: round(median(taken[kind]!.cpuMs)), ...last[kind] },
  ]),
)
await one.stop()

// A queue on one core: a thread that has done nothing yet, and 200 people it has never seen.
const cold = createTypesetter(1)
const begun = performance.now()
await Promise.all(
  Array.from({ length: QUEUE }, (_, index) => {
    const kind = kinds[index % kinds.length]!
    return cold.typeset(applicant(1000 + index, kind), withPhoto(kind))
  }),
)
const perSecondPerCore = round(QUEUE / ((performance.now() - begun) / 1000))
await cold.stop()
console.log(JSON.stringify({ ...figures, perSecondPerCore }))
