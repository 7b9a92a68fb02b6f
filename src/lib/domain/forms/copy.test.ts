import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anyAnswers } from '../../../../tests/world/any-answers.ts'
import { assemble } from '../sync/cell.ts'
import { type Answers, emptyAnswers } from './answers.ts'
import { checkApplication } from './check.ts'
import { copyOf, sizeOfCopy } from './copy.ts'
import { applicationTypes } from './index.ts'
import { initialCells } from './start.ts'
import { completeAnswers, facts } from './test-world.ts'

const { review, initial } = applicationTypes
let made = 0
const newRowId = () => `99999999-0000-4000-8000-${String(++made).padStart(12, '0')}`
const fresh = (): Answers => ({ ...emptyAnswers, fields: initialCells(review, facts.account) })
const copy = (earlier: Answers, here = fresh(), into = review, offered = facts) =>
  copyOf(into, earlier, here, offered, (path) => !(path in here.fields) || path in fresh().fields, newRowId)

/** The application as it stands after the copy. */
function after(here: Answers, { cells, files }: ReturnType<typeof copy>): Answers {
  const all = Object.fromEntries(Object.entries(here.fields).map(([path, value]) => [path, { value }]))
  for (const [path, value] of Object.entries(cells)) all[path] = { value }
  return assemble(
    all,
    files.map(({ path, file }) => ({ ...file, path, id: newRowId() })),
  )
}

describe('[A28] 从上次申报复制', () => {
  const earlier = completeAnswers(review)

  test('takes over fields, rows and files; education and what is signed anew stay behind', () => {
    const taken = copy({ ...earlier, fields: { ...earlier.fields, societies: '土木建筑学会', mobile: '13900000000' } })
    expect(taken.cells).toMatchObject({ specialty: 'engineering.construction', societies: '土木建筑学会' })
    const lists = Object.keys(taken.cells).map((path) => path.split('/')[0])
    expect(lists).toContain('workHistory')
    expect(lists).not.toContain('educations')
    // name, mobile and e-mail are the account's of today (R59)
    expect(taken.cells).not.toHaveProperty('mobile')
    const slots = taken.files.map(({ path }) => path.split('/')[0])
    expect(slots).toEqual(expect.arrayContaining(['idCard', 'photo', 'achievements', 'technicalSummaryFile']))
    expect(slots).not.toContain('pledge')
    expect(slots).not.toContain('educations')
    expect(sizeOfCopy(taken).files).toBe(taken.files.length)
  })

  test('after it only the pledge and education are missing from an application that was complete', () => {
    fc.assert(
      fc.property(anyAnswers(review, facts), (any) => {
        const here = fresh()
        const left = checkApplication(review, after(here, copy(any, here)), facts).map(({ path }) => path)
        expect(left.filter((path) => path !== 'pledge' && path !== 'educations')).toEqual([])
      }),
      { numRuns: 30 },
    )
  })

  test('nothing that was entered here is replaced, and a second copy takes nothing', () => {
    const here: Answers = { ...fresh(), fields: { ...fresh().fields, employerName: '新单位', exceptionType: 'EDU' } }
    const touched = copyOf(review, earlier, here, facts, () => false, newRowId)
    expect(touched.cells).not.toHaveProperty('employerName')
    expect(touched.cells).not.toHaveProperty('exceptionType')
    const once = after(here, touched)
    const again = copyOf(review, earlier, once, facts, () => false, newRowId)
    expect(again).toEqual({ cells: {}, files: [] })
  })

  test('rows get ids of their own, and their files follow them', () => {
    const { cells, files } = copy(earlier)
    const [row] = Object.keys(cells).filter((path) => /^achievements\/[^/]+$/.test(path))
    expect(row).not.toContain(earlier.rows['achievements']![0]!.id)
    expect(files.some(({ path }) => path.startsWith(`${row}/`))).toBe(true)
  })

  test('what this batch does not offer is left out, with what depends on it', () => {
    const offered = {
      ...facts,
      batch: { ...facts.batch, specialties: facts.batch.specialties.slice(1), acceptancePoints: [] },
    }
    const { cells } = copy(earlier, fresh(), review, offered)
    expect(cells).not.toHaveProperty('specialty')
    expect(cells).not.toHaveProperty('targetTitle')
    expect(cells).not.toHaveProperty('acceptancePoint')
    expect(cells['acceptRegion']).toBe('321202')
  })

  test('from 初定 to 评审 comes what both forms have', () => {
    const { cells, files } = copy(completeAnswers(initial))
    expect(cells).toMatchObject({
      employerName: completeAnswers(initial).fields['employerName'],
      workStartDate: '2008-07',
    })
    expect(cells).not.toHaveProperty('mainAchievements')
    expect(files.map(({ path }) => path)).toEqual(expect.arrayContaining(['idCard', 'photo']))
  })
})
