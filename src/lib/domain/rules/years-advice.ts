import { labelOf } from '../code-lists/index.ts'
import { titleLevels, type TitleLevel } from '../code-lists/title-level.ts'
import {
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
import {
  defaultYearRequirements,
  educationRankLabels,
  educationRankOf,
  educationRanks,
  type EducationRank,
  type YearsAfter,
} from './year-requirements.ts'

/** E7: years by education and title held; only for 正常晋升, a transfer or a recognition follows its own conditions. */
export function yearsAdvice(input: EligibilityInput): Advice[] {
  const { fields } = input.answers
  const target = targetLevel(input)
  if (!target || fields['isTransfer'] === true || fields['isRecognition'] === true) return []
  const exception = field(input, 'exceptionType')
  if (exception !== '' && exception !== 'NORMAL') return []

  const now = heldLevel(input)
  const path = 'targetTitle'
  const level = labelOf('titleLevel', target)
  if (now && titleLevels.indexOf(now) >= titleLevels.indexOf(target))
    return [
      {
        code: 'already-held',
        text: `您已有${labelOf('titleLevel', now)}资格，不用再申报${level}。转到另一系列的，请选“是否转评”。`,
        path,
      },
    ]

  const way = input.type === 'initial' ? 'initial' : 'review'
  const table = (input.requirements ?? defaultYearRequirements).filter((one) => one.way === way && one.level === target)
  const educations = completedEducations(input)
  const judged = educations.flatMap(({ rank, end }) => {
    const requires = table.find((one) => one.education === rank)?.requires
    return requires ? [{ rank, end, requires }] : []
  })
  const best = judged[0]
  // an education without a cell lies above what the table asks for
  if (!best || educations[0]?.rank !== best.rank) return []
  const education = educationRankLabels[best.rank]
  if (
    judged.some(({ requires, end }) => Array.isArray(requires) && requires.some((term) => isReached(term, end, input)))
  )
    return []

  if (best.requires === 'notOffered')
    return [{ code: 'not-by-initial', text: `${education}学历不能初定${level}，请改报“评审”。`, path }]
  if (best.requires === 'byCondition')
    return [{ code: 'by-condition', text: `${education}学历申报${level}，年限按本专业资格条件，请先对照条件。`, path }]
  if (best.requires === 'byException')
    return [
      {
        code: 'by-exception',
        text: `${education}学历申报${level}要走破格，请选破格情况并写明依据。`,
        path: 'exceptionType',
      },
    ]

  const terms = (best.requires as readonly YearsAfter[]).map((term) => ({
    term,
    since: sinceWhen(term, best.end, input),
  }))
  const known = terms.filter(({ since }) => since !== '')
  if (known.length === 0) {
    if (terms.some(({ term }) => term.after === 'graduation')) return []
    const lower = (best.requires as readonly YearsAfter[]).find(({ after }) => after !== 'graduation')
    if (!lower || now === undefined || holds(now, lower.after as TitleLevel)) return []
    return [
      {
        code: 'level-skipped',
        text: `申报${level}要先取得${labelOf('titleLevel', lower.after)}资格。越级申报请选破格情况。`,
        path,
      },
    ]
  }
  const says = known.map(({ term, since }) => {
    const from = term.after === 'graduation' ? '毕业' : `取得${labelOf('titleLevel', term.after)}`
    return `${from}满 ${term.years} 年，现在 ${inYears(monthsBetween(since, countedTo(input)))}`
  })
  return [
    {
      code: 'years-short',
      text: `${education}学历${way === 'initial' ? '初定' : '申报'}${level}，一般要${says.join('；或')}。${way === 'initial' ? '年限不够的，' : '年限不够的请选破格情况，'}最后由审核人员认定。`,
      path,
    },
  ]
}

const holds = (now: TitleLevel | null, level: TitleLevel): boolean =>
  now !== null && titleLevels.indexOf(now) >= titleLevels.indexOf(level)

interface CompletedEducation {
  readonly rank: EducationRank
  /** YYYY-MM */
  readonly end: string
}

/** Educations that were completed, highest first, none above the one marked as 本专业最高学历. */
function completedEducations(input: EligibilityInput): CompletedEducation[] {
  const all = rows(input, 'educations').flatMap(({ values }) => {
    const rank = educationRankOf(text(values['eduLevel']), text(values['degree']))
    const completion = text(values['completion'])
    if (!rank || (completion !== '' && completion !== '1')) return []
    return [{ rank, end: text(values['end']), marked: values['isTopInSpecialty'] === true }]
  })
  const place = ({ rank }: { readonly rank: EducationRank }) => educationRanks.indexOf(rank)
  const top = all.find(({ marked }) => marked)
  return all.filter((one) => !top || place(one) <= place(top)).sort((a, b) => place(b) - place(a))
}

/** From when the years of a term run, `YYYY-MM`; empty when that is not known or never began. */
function sinceWhen(term: YearsAfter, graduated: string, input: EligibilityInput): string {
  if (term.after === 'graduation') return graduated
  const now = heldLevel(input)
  return now && holds(now, term.after) ? field(input, 'currentTitleDate') : ''
}

function isReached(term: YearsAfter, graduated: string, input: EligibilityInput): boolean {
  const since = sinceWhen(term, graduated, input)
  return since !== '' && monthsBetween(since, countedTo(input)) >= term.years * 12
}

function inYears(months: number): string {
  const whole = Math.max(0, months)
  const [years, rest] = [Math.floor(whole / 12), whole % 12]
  return [years > 0 && `${years} 年`, (rest > 0 || years === 0) && `${rest} 个月`].filter(Boolean).join(' ')
}
