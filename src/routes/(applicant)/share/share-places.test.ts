import { expect, it } from 'vitest'
import { emptyAnswers, type Answers } from '#domain/forms/answers.ts'
import { reissue } from '#domain/forms/reissue.ts'
import { review } from '#domain/forms/review.ts'
import { facts } from '#domain/forms/test-world.ts'
import { placesFor } from './share-places.ts'

const file = (id: string) => ({ id, name: `${id}.pdf`, size: 1000, pages: 1, sha256: '', position: 1 })
const draft = (answers: Answers) => ({ type: review, answers, facts })
const pathsOf = (...given: Parameters<typeof placesFor>) =>
  placesFor(...given).flatMap(({ places }) => places.map(({ path }) => path))
const one = { pdfs: 1, pictures: 0 }

it('shared files are offered the slots of the application, in the order of its steps, with those still missing marked', () => {
  const answers = {
    ...emptyAnswers,
    files: { idCard: [file('a')] },
    rows: { educations: [{ id: 'r', position: 1, values: { school: '南京工业大学' } }] },
  } as unknown as Answers
  const places = placesFor(draft(answers), one).flatMap((step) => step.places)
  const educations = places.filter(({ path }) => path.startsWith('educations/r/'))
  expect(educations.length).toBeGreaterThan(0)
  expect(educations.every(({ title }) => title.includes('南京工业大学'))).toBe(true)
  expect(places.some(({ missing }) => missing)).toBe(true)
  const card = places.find(({ path }) => path === 'idCard')
  expect(card).toMatchObject({ files: 1, missing: false })
  const steps = placesFor(draft(answers), one).map(({ id }) => id)
  expect(steps).toEqual(review.steps.map(({ id }) => id).filter((id) => steps.includes(id)))
})

it('the photo slot is offered to one picture alone', () => {
  const photos = (pdfs: number, pictures: number) =>
    placesFor({ ...draft(emptyAnswers), type: reissue }, { pdfs, pictures })
      .flatMap((step) => step.places)
      .filter(({ slot }) => slot.accept === 'photo').length
  expect(photos(0, 1)).toBe(1)
  expect(photos(0, 2)).toBe(0)
  expect(photos(1, 0)).toBe(0)
  expect(photos(1, 1)).toBe(0)
})

it('a slot that is full takes nothing more; pictures count as the one PDF that is made of them', () => {
  const full = { ...emptyAnswers, files: { pledge: Array.from({ length: 9 }, (_, at) => file(String(at))) } } as Answers
  expect(pathsOf(draft(full), one)).toContain('pledge')
  expect(pathsOf(draft(full), { pdfs: 2, pictures: 0 })).not.toContain('pledge')
  expect(pathsOf(draft(full), { pdfs: 0, pictures: 8 })).toContain('pledge')
  expect(pathsOf(draft(full), { pdfs: 1, pictures: 1 })).not.toContain('pledge')
})

it('[A17] a row that an earlier application has used takes more files', () => {
  const answers = {
    ...emptyAnswers,
    rows: { educations: [{ id: 'r', position: 1, values: {}, lockedBy: '2025 年申报' }] },
  } as unknown as Answers
  expect(pathsOf(draft(answers), one).some((path) => path.startsWith('educations/r'))).toBe(true)
})
