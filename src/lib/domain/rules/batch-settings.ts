import { applicationTypes } from '../forms/index.ts'
import type { SpecialtyOffer } from '../forms/answers.ts'
import type { ApplicationType, ApplicationTypeId } from '../forms/application-type.ts'
import { checkOverrides } from '../forms/batch-overrides.ts'
import { type BatchOverrides, canonicalJson } from '../forms/edition.ts'
import { ok, type Outcome, refuse } from '../problems.ts'
import { allTitlesOf, findSpecialty, type OfferLists, titlesOf } from '../code-lists/specialties.ts'
import { series } from '../code-lists/series.ts'
import { titleLevel, type TitleLevel, titleLevels } from '../code-lists/title-level.ts'
import { milliseconds, type Instant } from '../working-days.ts'
import { LONGEST_GRACE } from './window.ts'

/** What the office sets for a batch (DOMAIN §6). */
export interface BatchSettings {
  readonly type: ApplicationTypeId
  readonly name: string
  readonly year: number
  readonly level: string | null
  readonly opensAt: Instant
  /** null: open until the office closes it (A6) */
  readonly closesAt: Instant | null
  readonly committeeName: string
  readonly hasDepartment: boolean
  readonly hasPublicity: boolean
  readonly recognitionByApproval: boolean
  /** minutes after the end in which what already stood on the server may still be sent; 0: none */
  readonly graceMinutes: number
  readonly specialties: readonly SpecialtyChoice[]
  /** the version of the text that is read first (R28–R30); left out, the newest of the one for all batches of the type */
  readonly readingTextId?: string
  /** what it asks for otherwise than its edition of the form does */
  readonly overrides: BatchOverrides
}

/** A specialty with the titles of it that can be applied for. */
export interface SpecialtyChoice {
  readonly id: string
  readonly titles: readonly string[]
}

/** Whether applications of this type choose a specialty and title from what the batch offers; 补证 does not. */
export const offersSpecialties = (type: ApplicationTypeId): boolean => applicationTypes[type].route !== 'certificate'

/** The levels whose titles a type can lead to, lowest first: 初定 grants 初级 and 中级 alone (R31, A27). */
export const levelsOf = (type: ApplicationTypeId): readonly TitleLevel[] =>
  type === 'initial' ? titleLevel.items.filter(({ group }) => group !== '高级').map(({ code }) => code) : titleLevels

/** What settings are checked against. */
export interface BatchRules {
  /** the edition of the form that the batch has or will have; left out, the newest that the product brings */
  readonly form?: ApplicationType | undefined
  /** the office's lists as they are now */
  readonly lists?: OfferLists | undefined
  /** what the batch offers already: it goes on with that, also where an entry was retired since */
  readonly offers?: readonly SpecialtyChoice[] | undefined
  /** somebody has submitted: what it offers stands and is not judged again */
  readonly submitted?: boolean | undefined
}

/** The settings by themselves: named, in the right order of time, with something to apply for that its type can lead to (R31, R51). */
export function checkBatch(settings: BatchSettings, rules: BatchRules = {}): Outcome<undefined> {
  const { form = applicationTypes[settings.type], lists = {}, offers = [], submitted = false } = rules
  if (settings.name.trim() === '') return refuse('answer.required', { label: '批次名称' }, { path: 'name' })
  if (settings.closesAt !== null && milliseconds(settings.closesAt) <= milliseconds(settings.opensAt)) {
    return refuse('answer.before', { label: '截止时间', other: '开始时间' }, { path: 'closesAt' })
  }
  const { graceMinutes } = settings
  if (!Number.isInteger(graceMinutes) || graceMinutes < 0 || graceMinutes > LONGEST_GRACE) {
    return refuse('answer.out-of-range', { label: '宽限时间', from: 0, to: LONGEST_GRACE }, { path: 'graceMinutes' })
  }
  const adjusted = checkOverrides(form, settings.overrides)
  if (!adjusted.ok || !offersSpecialties(settings.type)) return adjusted
  if (!settings.specialties.some(({ titles }) => titles.length > 0)) {
    return refuse('answer.required', { label: '申报专业和资格' }, { path: 'specialties' })
  }
  const unknown = settings.specialties.find(({ id, titles }) => {
    const standing = offers.find((one) => one.id === id)?.titles ?? []
    return titles.some(
      (wanted) => !standing.includes(wanted) && !titlesOf(id, lists).some(({ id: code }) => code === wanted),
    )
  })
  if (unknown) return refuse('answer.not-in-list', { label: '申报专业和资格' }, { path: 'specialties' })
  const levels = levelsOf(settings.type)
  const tooHigh = settings.specialties.some(({ id, titles }) =>
    allTitlesOf(id, lists).some((title) => titles.includes(title.id) && !levels.includes(title.level)),
  )
  if (!tooHigh || submitted) return ok()
  const label = `${applicationTypes[settings.type].label}只有初级、中级，更高级别的资格`
  return refuse('answer.not-in-list', { label }, { path: 'specialties' })
}

/** What stands on a batch's settings already, and the time at which they are to be replaced. */
export interface BatchStanding {
  /** somebody has submitted */
  readonly submitted: boolean
  /** somebody has passed or failed, whether he knows or not */
  readonly decided: boolean
  readonly now: Date
}

/**
 * Whether settings may be replaced by others. Once somebody has submitted, type, year, start, level, specialties and what the
 * form demands stand, and the end and the grace after it may only move to later (DOMAIN §3.4); a batch without an end may be given
 * one that is still to come (A6). Once a result stands, so does whether results are published: by it those who have one are told or wait
 * (T15). Texts that explain, and the one that is read first, may always change: who has begun has accepted the one he read. Before that
 * anything may change that makes a batch.
 */
export function changeBatch(
  before: BatchSettings,
  after: BatchSettings,
  { submitted, decided, now }: BatchStanding,
  rules: Omit<BatchRules, 'offers' | 'submitted'> = {},
): Outcome<undefined> {
  const sound = checkBatch(after, { ...rules, offers: before.specialties, submitted })
  if (!sound.ok) return sound
  if (!submitted) return ok()
  const locked: readonly (keyof BatchSettings)[] = ['type', 'year', 'level']
  const changed = locked.find((key) => before[key] !== after[key])
  if (changed) return refuse('batch.locked-setting', undefined, { path: changed })
  if (milliseconds(before.opensAt) !== milliseconds(after.opensAt)) {
    return refuse('batch.locked-setting', undefined, { path: 'opensAt' })
  }
  if (sortedChoices(before) !== sortedChoices(after)) {
    return refuse('batch.locked-setting', undefined, { path: 'specialties' })
  }
  if (demands(before) !== demands(after)) return refuse('batch.locked-setting', undefined, { path: 'overrides' })
  if (after.graceMinutes < before.graceMinutes)
    return refuse('batch.locked-setting', undefined, { path: 'graceMinutes' })
  if (decided && before.hasPublicity !== after.hasPublicity) {
    return refuse('batch.locked-setting', undefined, { path: 'hasPublicity' })
  }
  const earliest = before.closesAt === null ? now.getTime() : milliseconds(before.closesAt)
  const earlier = after.closesAt !== null && milliseconds(after.closesAt) < earliest
  return earlier ? refuse('batch.locked-setting', undefined, { path: 'closesAt' }) : ok()
}

const demands = ({ overrides: { required = {}, atMost = {} } }: BatchSettings): string =>
  canonicalJson({ required, atMost })

const sortedChoices = ({ specialties }: BatchSettings): string =>
  JSON.stringify(
    specialties
      .filter(({ titles }) => titles.length > 0)
      .map(({ id, titles }) => `${id}:${[...titles].sort().join(',')}`)
      .sort(),
  )

/** The choices as a batch offers them, with their labels; empty where the type offers none. */
export function offeredSpecialties(
  type: ApplicationTypeId,
  choices: readonly SpecialtyChoice[],
  lists: OfferLists = {},
): SpecialtyOffer[] {
  if (!offersSpecialties(type)) return []
  return choices.flatMap(({ id, titles }) => {
    const specialty = findSpecialty(id, lists)
    const offered = allTitlesOf(id, lists)
      .filter((title) => titles.includes(title.id))
      .map(({ id: code, label, level }) => ({ id: code, label, level }))
    if (!specialty || offered.length === 0) return []
    const label = series.items.find(({ code }) => code === specialty.seriesId)?.label ?? specialty.seriesId
    return [{ id, label: specialty.label, series: label, titles: offered }]
  })
}
