import type { Answers } from '../forms/answers.ts'

/** The lists whose rows name a work that belongs in one application, and the field that names it. */
const works = { achievements: 'projectName', publications: 'publicationTitle' } as const

/** Shorter names (论文一) are called alike without being the same. */
const TELLING = 6

/**
 * A title by which two works are compared: letters, digits and characters alone, in one width and case. Empty where it is too
 * short to tell one work from another.
 * @example workKey('XX 大桥（二期）') === workKey('xx大桥(二期)')
 */
export function workKey(title: string): string {
  const key = title
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
  return [...key].length < TELLING ? '' : key
}

export interface Work {
  /** place of the title in the form: `achievements/<row>/projectName` */
  readonly path: string
  readonly title: string
  readonly key: string
}

/** The works that an application names, with the keys by which others are found. */
export const worksOf = (answers: Answers): Work[] =>
  Object.entries(works).flatMap(([list, field]) =>
    (answers.rows[list] ?? []).flatMap(({ id, values }) => {
      const title = values[field]
      const key = typeof title === 'string' ? workKey(title) : ''
      return key === '' ? [] : [{ path: `${list}/${id}/${field}`, title: title as string, key }]
    }),
  )
