import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const document = readFileSync(`${root}docs/security.md`, 'utf8')

/** How many requirements of level 1 and 2 each chapter of ASVS 5.0.0 has. */
const CHAPTERS = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]

const rows = document.split('\n').flatMap((line) => {
  const [, ids = '', asks = '', how = '', shown = ''] = line.split('|').map((cell) => cell.trim())
  return /^V\d+\.\d+\.\d+/.test(ids) ? [{ ids: ids.split(', '), asks, how, shown }] : []
})

test('the table of ASVS names every requirement of level 2 once', () => {
  const ids = rows.flatMap((row) => row.ids)
  expect(ids.filter((id, at) => ids.indexOf(id) !== at)).toEqual([])
  const counts = CHAPTERS.map((_, at) => ids.filter((id) => id.startsWith(`V${at + 1}.`)).length)
  expect(counts).toEqual(CHAPTERS)
  expect(ids).toHaveLength(253)
})

test('every requirement has a test that exists, or says why not', () => {
  const unshown = rows.filter(({ how, shown }) => {
    if (/^`[^`]+`$/.test(shown)) return !existsSync(root + shown.slice(1, -1))
    return !(shown === 'operator' || /^n\.a\.: .+/.test(shown) || /\*\*not met\*\*/.test(how))
  })
  expect(unshown).toEqual([])
  for (const [, path] of document.matchAll(/`((?:tests|src|server)\/[^`]+\.(?:ts|svelte))`/g)) {
    expect([path, existsSync(root + path!)]).toEqual([path, true])
  }
})
