import { titleLevel, type TitleLevel } from '#domain/code-lists/title-level.ts'
import { series } from '#domain/code-lists/series.ts'
import { allSpecialties, allTitlesOf, type OfferLists } from '#domain/code-lists/specialties.ts'
import type { SpecialtyOffer } from '#domain/forms/answers.ts'
import type { ApplicationType, ApplicationTypeId } from '#domain/forms/application-type.ts'
import { soundOverrides } from '#domain/forms/batch-overrides.ts'
import { type BatchOverrides, canonicalJson, withOverrides } from '#domain/forms/edition.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import {
  type BatchRules,
  type BatchSettings,
  changeBatch,
  checkBatch,
  levelsOf,
  offeredSpecialties,
  offersSpecialties,
  type SpecialtyChoice,
} from '#domain/rules/batch-settings.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { dateInShanghai, instantOfShanghai, timeInShanghai } from '#domain/working-days.ts'
import type { DeskBatch } from './batch-calendar.ts'

/** The settings of a batch as they are typed. */
export interface BatchEntry {
  type: ApplicationTypeId
  name: string
  year: string
  level: string
  /** wall clock of Shanghai, `2026-11-30T17:30` */
  opensAt: string
  closesAt: string
  endless: boolean
  committeeName: string
  hasDepartment: boolean
  hasPublicity: boolean
  recognitionByApproval: boolean
  /** minutes */
  grace: string
  levels: TitleLevel[]
  specialtyIds: string[]
  /** what the batch offers already: it may go on with that, also where an entry was retired since */
  standing: readonly SpecialtyChoice[]
  /** the version of the text that is read first; '': the newest of the one for all batches of the type */
  readingTextId: string
  overrides: OverridesEntry
}

/** What a batch asks for otherwise than its form, as it is typed, by item path. */
export interface OverridesEntry {
  required: Record<string, boolean>
  /** as typed; empty: as the form has it */
  atMost: Record<string, string>
  hints: Record<string, string>
  helps: Record<string, string>
}

export const noOverrides = (): OverridesEntry => ({ required: {}, atMost: {}, hints: {}, helps: {} })

const overridesEntry = ({ required, atMost, hints, helps }: BatchOverrides): OverridesEntry => ({
  required: { ...required },
  atMost: Object.fromEntries(Object.entries(atMost ?? {}).map(([path, limit]) => [path, String(limit)])),
  hints: { ...hints },
  helps: { ...helps },
})

/** What was typed as overrides; a limit that is no number is left for the rule to refuse. */
function overridesOf({ required, atMost, hints, helps }: OverridesEntry): BatchOverrides {
  const limits = Object.entries(atMost)
    .filter(([, limit]) => limit.trim() !== '')
    .map(([path, limit]) => [path, Number(limit)] as const)
  const parts = { required, atMost: Object.fromEntries(limits), hints, helps }
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0))
}

/** How many things are set otherwise than in the form. */
export const countOverrides = (form: ApplicationType, entry: OverridesEntry): number =>
  Object.values(soundOverrides(form, overridesOf(entry))).reduce((sum, part) => sum + Object.keys(part).length, 0)

const wallClock = (instant: string | Date): string => timeInShanghai(instant).replace(' ', 'T')

export function emptyBatch(now: number): BatchEntry {
  return {
    type: 'review',
    name: '',
    year: dateInShanghai(now).slice(0, 4),
    level: '中级',
    opensAt: `${dateInShanghai(now)}T09:00`,
    closesAt: '',
    endless: false,
    committeeName: '',
    hasDepartment: false,
    hasPublicity: true,
    recognitionByApproval: true,
    grace: '0',
    levels: ['intermediate'],
    specialtyIds: [],
    standing: [],
    readingTextId: '',
    overrides: noOverrides(),
  }
}

/** A batch as an entry: to change it, or to copy it into the next year. */
export function entryOfBatch(batch: DeskBatch): BatchEntry {
  const levels = new Set(batch.specialties.flatMap(({ titles }) => titles.map(({ level }) => level as TitleLevel)))
  return {
    type: batch.type,
    name: batch.name,
    year: String(batch.year),
    level: batch.level ?? '',
    opensAt: wallClock(batch.opensAt),
    closesAt: batch.closesAt === null ? '' : wallClock(batch.closesAt),
    endless: batch.closesAt === null,
    committeeName: batch.committeeName,
    hasDepartment: batch.hasDepartment,
    hasPublicity: batch.hasPublicity,
    recognitionByApproval: batch.recognitionByApproval,
    grace: String(batch.graceMinutes),
    levels: titleLevel.items.map(({ code }) => code).filter((code) => levels.has(code)),
    specialtyIds: batch.specialties.map(({ id }) => id),
    standing: settingsBefore(batch).specialties,
    readingTextId: batch.readingTextId,
    overrides: overridesEntry(batch.overrides),
  }
}

/**
 * What becomes another when a batch becomes one of another type: the levels stay that the type can lead to (R31), and what was set
 * for the items of the first form means nothing in the second.
 */
export const ofType = (
  { levels }: BatchEntry,
  type: ApplicationTypeId,
): Pick<BatchEntry, 'type' | 'levels' | 'overrides'> => ({
  type,
  levels: levels.filter((level) => levelsOf(type).includes(level)),
  overrides: noOverrides(),
})

/** The same batch a year later: the year in its name and its dates move along. */
export function nextYear(entry: BatchEntry): BatchEntry {
  const later = (moment: string) =>
    // 29 February has no anniversary
    moment === '' ? '' : `${Number(moment.slice(0, 4)) + 1}${moment.slice(4)}`.replace('-02-29', '-02-28')
  const year = String(Number(entry.year) + 1)
  return {
    ...entry,
    year,
    name: entry.name.includes(entry.year) ? entry.name.replace(entry.year, year) : entry.name,
    opensAt: later(entry.opensAt),
    closesAt: later(entry.closesAt),
    standing: [],
  }
}

/** An entry as settings; refused where a time cannot be read. */
export function settingsOf(entry: BatchEntry, lists: OfferLists = {}): Outcome<BatchSettings> {
  const opensAt = instantOfShanghai(entry.opensAt)
  const closesAt = entry.endless ? null : instantOfShanghai(entry.closesAt)
  if (!opensAt) return refuse('answer.required', { label: '开始时间' }, { path: 'opensAt' })
  if (closesAt === undefined) return refuse('answer.required', { label: '截止时间' }, { path: 'closesAt' })
  if (!/^\d{4}$/.test(entry.year)) return refuse('answer.required', { label: '年度' }, { path: 'year' })
  const settings: BatchSettings = {
    type: entry.type,
    name: entry.name.trim(),
    year: Number(entry.year),
    level: entry.level.trim() === '' ? null : entry.level.trim(),
    opensAt: opensAt.toISOString(),
    closesAt: closesAt?.toISOString() ?? null,
    committeeName: entry.committeeName.trim(),
    hasDepartment: entry.hasDepartment,
    hasPublicity: entry.hasPublicity,
    recognitionByApproval: entry.recognitionByApproval,
    // A batch without an end needs none; what is no number is refused by the rule.
    graceMinutes: entry.endless ? 0 : Number(entry.grace.trim() === '' ? '0' : entry.grace),
    specialties: chosenSpecialties(entry, lists),
    ...(entry.readingTextId !== '' && { readingTextId: entry.readingTextId }),
    overrides: overridesOf(entry.overrides),
  }
  return ok(settings)
}

function chosenSpecialties({ type, specialtyIds, levels, standing }: BatchEntry, lists: OfferLists): SpecialtyChoice[] {
  if (!offersSpecialties(type)) return []
  return specialtyIds
    .map((id) => ({
      id,
      titles: allTitlesOf(id, lists)
        .filter(({ level }) => levels.includes(level))
        .filter((title) => title.offered || standing.find((one) => one.id === id)?.titles.includes(title.id))
        .map((title) => title.id),
    }))
    .filter(({ titles }) => titles.length > 0)
}

/** What applicants would be offered, and the form they would fill, if the entry were saved as it stands. */
export const preview = (
  entry: BatchEntry,
  form: ApplicationType,
  lists: OfferLists = {},
): { readonly type: ApplicationType; readonly specialties: readonly SpecialtyOffer[] } => ({
  type: withOverrides(form, soundOverrides(form, overridesOf(entry.overrides))),
  specialties: offeredSpecialties(entry.type, chosenSpecialties(entry, lists), lists),
})

/** Whether an entry makes a batch, or changes the one there is; the first thing against it. */
export function judge(
  entry: BatchEntry,
  batch: DeskBatch | null,
  { form, lists }: Pick<BatchRules, 'form' | 'lists'> = {},
): Outcome<BatchSettings> {
  const settings = settingsOf(entry, lists)
  if (!settings.ok) return settings
  const typed = checkBatch(settings.value, { form, lists, offers: entry.standing, submitted: batch?.submitted })
  if (!typed.ok) return typed
  const shape = form ?? applicationTypes[entry.type]
  const next = { ...settings.value, overrides: soundOverrides(shape, settings.value.overrides) }
  if (batch === null) return ok(next)
  const before = settingsBefore(batch)
  const after = { ...before, ...changeOf(batch, next) }
  const allowed = changeBatch(before, after, { ...batch, now: new Date() }, { form, lists })
  return allowed.ok ? ok(after) : allowed
}

const settingsBefore = (batch: DeskBatch): BatchSettings => ({
  ...batch,
  specialties: batch.specialties.map(({ id, titles }) => ({ id, titles: titles.map((title) => title.id) })),
})

/**
 * What of the settings has changed. Times that were not touched keep their seconds: the form shows minutes, and an end of
 * 23:59:59 must not come back as 23:59:00.
 */
export function changeOf(batch: DeskBatch, settings: BatchSettings): Partial<BatchSettings> {
  const before = settingsBefore(batch)
  const same = (key: keyof BatchSettings): boolean => {
    if (key === 'opensAt' || key === 'closesAt') {
      const [was, is] = [before[key], settings[key]]
      return was === null || is === null ? was === is : wallClock(was as string) === wallClock(is as string)
    }
    return canonicalJson(before[key]) === canonicalJson(settings[key])
  }
  return Object.fromEntries(
    (Object.keys(settings) as (keyof BatchSettings)[]).filter((key) => !same(key)).map((key) => [key, settings[key]]),
  )
}

/** The specialties by series, those with a title of the chosen levels; a retired one only where the batch has it. */
export const choices = ({ levels, standing }: Pick<BatchEntry, 'levels' | 'standing'>, lists: OfferLists = {}) =>
  series.items
    .map(({ code, label }) => ({
      id: code,
      label,
      specialties: allSpecialties(lists).filter(
        ({ id, seriesId }) =>
          seriesId === code &&
          allTitlesOf(id, lists).some(
            (title) =>
              levels.includes(title.level) &&
              (title.offered || standing.some((one) => one.id === id && one.titles.includes(title.id))),
          ),
      ),
    }))
    .filter((one) => one.specialties.length > 0)
