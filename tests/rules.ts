/**
 * Which rules of DOMAIN §4 have a test whose title carries their number.
 * `npm run -s rules` prints {"R1":["tests/…"],…,"missing":[…]}; `--check` fails when a rule recorded in
 * rules-covered.json lost its test; `--record` adds newly covered rules to that record.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const recordFile = join(root, 'tests/rules-covered.json')
const LAST_RULE = 115

function* testFiles(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) yield* testFiles(path)
    // the test of this very file speaks of titles and covers no rule
    else if (/\.(test|spec)\.ts$/.test(entry.name) && path !== join(root, 'tests/rules.test.ts')) yield path
  }
}

/** Rule numbers in the titles of test(…) and it(…), with or without .each; a comment that names a rule does not count. */
export function rulesInTitles(source: string): Set<string> {
  const found = new Set<string>()
  const title =
    /\b(?:test|it)(?:\.(?:each|for|concurrent|sequential)(?:\([\s\S]*?\))?)*\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g
  for (const match of source.matchAll(title)) {
    const words = match[1] ?? match[2] ?? match[3] ?? ''
    for (const bracket of words.matchAll(/\[([RSEA][^\]]*)\]/g)) {
      for (const number of (bracket[1] ?? '').matchAll(/R(\d+)(?:[–-]R?(\d+))?/g)) {
        const from = Number(number[1])
        const to = Number(number[2] ?? from)
        for (let rule = from; rule <= to; rule += 1) found.add(`R${rule}`)
      }
    }
  }
  return found
}

export function coverage(): Record<string, string[]> {
  const covered: Record<string, string[]> = {}
  for (const folder of ['src', 'server', 'tests']) {
    for (const file of testFiles(join(root, folder))) {
      for (const rule of rulesInTitles(readFileSync(file, 'utf8'))) (covered[rule] ??= []).push(relative(root, file))
    }
  }
  return covered
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const covered = coverage()
  const all = Array.from({ length: LAST_RULE }, (_, index) => `R${index + 1}`)
  const recorded: string[] = JSON.parse(readFileSync(recordFile, 'utf8'))
  if (process.argv.includes('--record')) {
    const next = all.filter((rule) => recorded.includes(rule) || covered[rule])
    writeFileSync(recordFile, `${JSON.stringify(next)}\n`)
  } else if (process.argv.includes('--check')) {
    const lost = recorded.filter((rule) => !covered[rule])
    if (lost.length > 0) {
      console.error(`Rules that had a test and lost it: ${lost.join(', ')}`)
      process.exit(1)
    }
  } else {
    const ordered = Object.fromEntries(all.filter((rule) => covered[rule]).map((rule) => [rule, covered[rule]]))
    console.log(JSON.stringify({ ...ordered, missing: all.filter((rule) => !covered[rule]) }))
  }
}
