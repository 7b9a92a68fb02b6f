/**
 * bench:fit — random pages under random limits (issue C): how many files are over their limit, and how many PDFium or
 * pdf.js cannot open. Exits with 1 when there is one.
 *
 *   npm run -s bench:fit [-- --cases 1000 --from 1000000]
 *
 * The last line is one JSON object.
 */
import { checkCase, fitCase, pagePool } from '../world/fit-cases.ts'

const argument = (name: string, or: number): number => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? or : Number(process.argv[at + 1])
}
const cases = argument('cases', 1000)
const from = argument('from', 1_000_000)
const small = pagePool(false)
const large = pagePool(true)

const outcomes: Record<string, number> = { stored: 0, split: 0, refused: 0 }
let pages = 0
let used = 0
let faulty = 0
for (let at = 0; at < cases; at += 1) {
  // one in fifty may hold pages of full size, which take a second each
  const result = await checkCase(fitCase(from + at, at % 50 === 0 ? large : small, 12))
  outcomes[result.outcome]! += 1
  pages += result.pages
  used += result.used
  if (result.faults.length > 0) {
    faulty += 1
    console.log(`case ${from + at}: ${result.faults.join('; ')}`)
  }
  if (at % 50 === 49) console.log(`${at + 1} of ${cases}`, JSON.stringify(outcomes))
}
console.log(
  JSON.stringify({
    cases,
    ...outcomes,
    pages,
    meanShareOfLimit: Number((used / outcomes['stored']!).toFixed(3)),
    faulty,
  }),
)
process.exit(faulty > 0 ? 1 : 0)
