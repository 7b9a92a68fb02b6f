import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { leaksIn, logFiles } from './world/test-logs.ts'

/**
 * Reads every line that any server logged in the test run and names those with an ID number, a mobile, a password, a token or a secret
 * in them. No line at all is a failure too: then nothing was looked at.
 */
const files = logFiles()
let lines = 0
let leaks = 0
for (const file of files) {
  for (const [index, line] of readFileSync(file, 'utf8').split('\n').entries()) {
    if (line === '') continue
    lines++
    const found = leaksIn(line)
    if (found.length === 0) continue
    leaks++
    console.error(`${basename(file)}:${index + 1}: ${found.join(', ')}`)
  }
}
console.log(`${lines} lines of ${files.length} servers, ${leaks} with something they must not hold`)
process.exit(lines > 0 && leaks === 0 ? 0 : 1)
