/** How an application is found by words: the text that a search looks through, and the parts of it that an index knows. */

/** @param idNumber masked or not: its last four stand in the text */
export const searchTextOf = (
  said: { readonly fullName: string; readonly employerName: string | null; readonly number: string },
  idNumber: string,
): string =>
  [said.fullName, said.employerName, said.number, idNumber.slice(-4)]
    .filter((text) => text !== null)
    .join('\n')
    .toLowerCase()

/** Letters and digits repeat so much in numbers that only four of them say something; two characters of Chinese do. */
const LETTERS = 4
const CHARACTERS = 2

const cut = (text: string, size: number): string[] => {
  const all = [...text]
  return all.length < size ? [] : all.slice(size - 1).map((_, at) => all.slice(at, at + size).join(''))
}

/**
 * The parts that every text containing `text` has as well: two characters of a run of Chinese, four of a run of letters and
 * digits, each once. None where `text` is shorter: then there is nothing to look up.
 */
export function partsOf(text: string): string[] {
  const runs = text.toLowerCase().match(/[a-z0-9]+|[^a-z0-9\s\p{P}\p{S}]+/gu) ?? []
  return [...new Set(runs.flatMap((run) => cut(run, /^[a-z0-9]/.test(run) ? LETTERS : CHARACTERS)))]
}
