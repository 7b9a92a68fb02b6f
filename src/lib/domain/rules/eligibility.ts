import { hoursByYear } from './continuing-hours.ts'
import {
  cell,
  countedTo,
  field,
  heldLevel,
  monthsBetween,
  rows,
  targetLevel,
  text,
  type Advice,
  type EligibilityInput,
} from './eligibility-input.ts'
import { retirementMonth } from './retirement.ts'
import { yearsAdvice } from './years-advice.ts'

export type { Advice, AdviceCode, Beside, EligibilityInput } from './eligibility-input.ts'

/**
 * Everything worth a second look in an application, in the order of the rules: E3–E8, R77, §3.6. What is not answered yet is not
 * spoken about. 补证 decides nothing new about a person and gets no advice.
 */
export function eligibilityAdvice(input: EligibilityInput): Advice[] {
  if (input.type === 'reissue') return []
  return [
    ...bothWaysAdvice(input),
    ...civilServantAdvice(input),
    ...retirementAdvice(input),
    ...penaltyAdvice(input),
    ...exceptionAdvice(input),
    ...transferAdvice(input),
    ...yearsAdvice(input),
    ...rangeAdvice(input),
    ...workHistoryAdvice(input),
    ...rankAdvice(input),
    ...currentTitleAdvice(input),
    ...hoursAdvice(input),
  ]
}

/** E3: not both 评审 and 初定 for the same title in one year. Several of one type are for the batch to refuse. */
function bothWaysAdvice(input: EligibilityInput): Advice[] {
  const { type, beside } = input
  const title = field(input, 'targetTitle')
  const other = beside?.others.find(
    (one) =>
      (one.type === 'initial' || one.type === 'review') &&
      one.type !== type &&
      one.year === beside.year &&
      one.targetTitle === title,
  )
  if (!other || title === '') return []
  const way = other.type === 'initial' ? '初定' : '评审'
  return [
    {
      code: 'both-ways',
      text: `同一年度、同一资格还有一份${way}申报（${other.batchName}）。同一资格一年内不能既报初定又报评审，请只留一份；已提交的，请联系受理点。`,
      path: 'targetTitle',
    },
  ]
}

/** E6: civil servants may not apply. */
function civilServantAdvice({ answers }: EligibilityInput): Advice[] {
  if (answers.fields['isCivilServant'] !== true) return []
  return [
    {
      code: 'civil-servant',
      text: '公务员不能申报职称。请核对身份；确是公务员的，申报会被退回。',
      path: 'isCivilServant',
    },
  ]
}

/** §3.6: who has retired may not apply. */
function retirementAdvice({ facts }: EligibilityInput): Advice[] {
  const { birthDate, gender } = facts.account
  if (!birthDate || (gender !== '1' && gender !== '2')) return []
  const month = retirementMonth(birthDate, gender)
  if (facts.today.slice(0, 7) <= month) return []
  return [
    {
      code: 'retired',
      text: `按出生日期，${inWords(month)}已到法定退休年龄。退休人员不能申报；仍在岗的，请上传批准材料。`,
      path: 'birthDate',
    },
  ]
}

/** §3.6: nobody may apply while a penalty of 记过 or more is running. */
function penaltyAdvice(input: EligibilityInput): Advice[] {
  return rows(input, 'rewardsPunishments')
    .filter((row) => row.values['kind'] === '2')
    .map((row) => ({
      code: 'penalty',
      text: '受记过以上处分的，处分期内不能申报。请核对处分期是否已满，并上传解除处分的材料。',
      path: cell('rewardsPunishments', row, 'kind'),
    }))
}

/** §3.6: what the kinds of 破格 ask for. */
function exceptionAdvice(input: EligibilityInput): Advice[] {
  const kind = field(input, 'exceptionType')
  if (kind === 'SENIORITY')
    return [
      {
        code: 'exception-seniority',
        text: '破资历一般只能提前 1 年，要有两名专家推荐。请对照资格条件，在破格依据里写明。',
        path: 'exceptionType',
      },
    ]
  if (kind === 'BOTH')
    return [
      {
        code: 'exception-both',
        text: '学历和资历都破格的，一般不受理，业绩特别突出的除外。申报前请先咨询职称办。',
        path: 'exceptionType',
      },
    ]
  return []
}

/** §3.6: 转评 stays at the level held, after a year in the new post. */
function transferAdvice(input: EligibilityInput): Advice[] {
  if (input.answers.fields['isTransfer'] !== true) return []
  const advice: Advice[] = []
  const target = targetLevel(input)
  const now = heldLevel(input)
  if (target && now !== undefined && now !== target)
    advice.push({
      code: 'transfer-level',
      text: '转评只能转到另一系列的同一级别。请核对现任资格和拟评资格；要晋升级别的，请先转评。',
      path: 'isTransfer',
    })
  const since = field(input, 'currentPostDate')
  if (since && monthsBetween(since, countedTo(input)) < 12)
    advice.push({ code: 'transfer-year', text: '转评要在新岗位工作满 1 年。请核对聘任时间。', path: 'currentPostDate' })
  return advice
}

/** E4: end before start, and days to come. */
function rangeAdvice(input: EligibilityInput): Advice[] {
  const { today } = input.facts
  const advice: Advice[] = []
  for (const [list, from, to] of RANGES)
    for (const row of rows(input, list)) {
      const [start, end] = [text(row.values[from]), text(row.values[to])]
      if (start && end && end < start)
        advice.push({ code: 'range-order', text: '结束时间早于开始时间，请核对。', path: cell(list, row, to) })
      for (const [id, value] of [
        [from, start],
        [to, end],
      ] as const)
        if (isFuture(value, today))
          advice.push({ code: 'in-future', text: '时间晚于今天，请核对。', path: cell(list, row, id) })
    }
  for (const id of ['workStartDate', 'currentTitleDate', 'currentPostDate', 'adminPostDate'])
    if (isFuture(field(input, id), today)) advice.push({ code: 'in-future', text: '时间晚于今天，请核对。', path: id })
  return advice
}

const RANGES = [
  ['educations', 'start', 'end'],
  ['probationWork', 'from', 'to'],
  ['continuingEducation', 'from', 'to'],
  ['workHistory', 'from', 'to'],
  ['achievements', 'from', 'to'],
] as const

/** E4: work history is printed in order of time; two full posts at once deserve a look. */
function workHistoryAdvice(input: EligibilityInput): Advice[] {
  const dated = rows(input, 'workHistory').filter((row) => text(row.values['from']) !== '')
  const inOrder = [...dated].sort((a, b) => (text(a.values['from']) < text(b.values['from']) ? -1 : 1))
  return inOrder.flatMap((row, index) => {
    const previous = inOrder[index - 1]
    if (!previous) return []
    const end = text(previous.values['to']) || input.facts.today.slice(0, 7)
    return text(row.values['from']) < end
      ? [
          {
            code: 'work-overlap' as const,
            text: `与“${text(previous.values['unit'])}”的时间有重叠，请核对。打印时按时间先后排列。`,
            path: cell('workHistory', row, 'from'),
          },
        ]
      : []
  })
}

/** E5: nobody ranks behind the last of the team. */
function rankAdvice(input: EligibilityInput): Advice[] {
  return (
    [
      ['achievements', 'teamSize'],
      ['publications', 'total'],
    ] as const
  ).flatMap(([list, total]) =>
    rows(input, list)
      .filter((row) => {
        const [rank, of] = [row.values['rank'], row.values[total]]
        return typeof rank === 'number' && typeof of === 'number' && rank > of
      })
      .map((row) => ({
        code: 'rank-above-total' as const,
        text: '排名大于总人数，请核对。',
        path: cell(list, row, 'rank'),
      })),
  )
}

/** R77, A42: work that lies wholly before the title held now does not count again. */
function currentTitleAdvice(input: EligibilityInput): Advice[] {
  const since = field(input, 'currentTitleDate').slice(0, 7)
  if (!since || heldLevel(input) === null) return []
  const before = (list: string, id: string): Advice[] =>
    rows(input, list)
      .filter((row) => text(row.values[id]) !== '' && text(row.values[id]).slice(0, 7) < since)
      .map((row) => ({
        code: 'before-current-title',
        text: `早于现任资格取得时间（${inWords(since)}）。只填取得现任资格以后的业绩。`,
        path: cell(list, row, id),
      }))
  return [...before('achievements', 'to'), ...before('publications', 'publishedOn')]
}

/** E8: hours of continuing education by year. */
function hoursAdvice(input: EligibilityInput): Advice[] {
  const courses = rows(input, 'continuingEducation').map(({ values }) => ({
    from: text(values['from']),
    to: text(values['to']),
    kind: text(values['kind']),
    hours: typeof values['hours'] === 'number' ? values['hours'] : 0,
  }))
  return hoursByYear(courses)
    .filter((one) => !one.enough)
    .map((one) => ({
      code: 'hours-short',
      text: `${one.year} 年计入 ${one.counted} 学时（专业 ${one.specialty}、公需 ${one.general}），一般要 ${one.required} 学时，其中专业不少于 ${one.requiredSpecialty}。`,
      path: 'continuingEducation',
    }))
}

/** A month or a day that has not come yet. */
const isFuture = (value: string, today: string): boolean => value !== '' && value > today.slice(0, value.length)

const inWords = (month: string): string => `${Number(month.slice(0, 4))} 年 ${Number(month.slice(5, 7))} 月`
