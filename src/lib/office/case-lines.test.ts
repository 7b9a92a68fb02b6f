import { describe, expect, it } from 'vitest'
import { completeAnswers, facts } from '#domain/forms/test-world.ts'
import { review } from '#domain/forms/review.ts'
import type { Answers } from '#domain/forms/answers.ts'
import { caseSteps, filesToOpen, isChanged, placeOf, stepOfLine } from './case-lines.ts'

const answers = completeAnswers(review)
const stepsWith = (previous: Answers | null, now: Answers = answers) =>
  caseSteps({ type: review, answers: now, previous, facts })
const linesOf = (steps: ReturnType<typeof stepsWith>) =>
  steps.flatMap(({ blocks }) => blocks).flatMap(({ lines }) => lines)
const educationRow = answers.rows['educations']![0]!

describe('an application as a reviewer reads it', () => {
  it('shows each step of the form, and every value in words', () => {
    const steps = stepsWith(null)
    expect(steps.map(({ step }) => step.id)).toEqual(review.steps.map(({ id }) => id))
    const specialty = linesOf(steps).find(({ path }) => path === 'specialty')
    expect(specialty).toMatchObject({ label: '申报评审专业', before: null })
    expect(specialty!.value).toMatch(/[一-龥]/)
    expect(steps.every(({ changes }) => changes === 0)).toBe(true)
  })

  it('shows a row of education under its title, with its mark', () => {
    const block = stepsWith(null)
      .flatMap(({ blocks }) => blocks)
      .find(({ path }) => path === `educations/${educationRow.id}`)
    expect(block!.title).toMatch(/^学历 1：/)
    expect(block!.lines.some(({ path }) => path === `educations/${educationRow.id}/school`)).toBe(true)
  })

  it('[A20] puts the old value beside the new where a field was changed between the rounds', () => {
    const before: Answers = { ...answers, fields: { ...answers.fields, employerName: '泰州市建筑设计院' } }
    const after: Answers = { ...answers, fields: { ...answers.fields, employerName: '泰州市建筑设计院有限公司' } }
    const steps = stepsWith(before, after)
    const changed = linesOf(steps).filter(isChanged)
    expect(changed).toHaveLength(1)
    expect(changed[0]).toMatchObject({
      path: 'employerName',
      before: '泰州市建筑设计院',
      value: '泰州市建筑设计院有限公司',
    })
    expect(stepOfLine(steps, 'employerName')!.changes).toBe(1)
  })

  it('[A20] tells rows that came and rows that went', () => {
    const added = { ...educationRow, id: '00000000-0000-4000-8000-00000000abcd' }
    const more: Answers = { ...answers, rows: { ...answers.rows, educations: [educationRow, added] } }
    const stateOf = (steps: ReturnType<typeof stepsWith>) =>
      steps
        .flatMap(({ blocks }) => blocks)
        .filter(({ key }) => key.startsWith('educations/'))
        .map(({ state }) => state)
    expect(stateOf(stepsWith(answers, more))).toEqual(['same', 'added'])
    expect(stateOf(stepsWith(more, answers))).toEqual(['same', 'removed'])
  })

  it('[T10] lists every file but the photo to be opened, in the order of the steps, and marks the new ones', () => {
    const files = filesToOpen(stepsWith(null))
    const all = Object.entries(answers.files).flatMap(([path, own]) => own.map(({ id }) => ({ id, path })))
    expect(files.map(({ id }) => id).sort()).toEqual(
      all
        .filter(({ path }) => path !== 'photo')
        .map(({ id }) => id)
        .sort(),
    )
    expect(files.every(({ isNew }) => !isNew)).toBe(true)
    const [idCard] = answers.files['idCard']!
    const replaced: Answers = {
      ...answers,
      files: { ...answers.files, idCard: [{ ...idCard!, sha256: 'f'.repeat(64) }] },
    }
    expect(filesToOpen(stepsWith(answers, replaced)).filter(({ isNew }) => isNew)).toMatchObject([{ path: 'idCard' }])
  })

  it('names a place as a person would', () => {
    const steps = stepsWith(null)
    expect(placeOf(steps, 'employerName')).toBe('单位名称')
    expect(placeOf(steps, `educations/${educationRow.id}/school`)).toMatch(/^学历 1：.+·.+$/)
  })
})
