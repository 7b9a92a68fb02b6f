/**
 * The whole suite: prepares itself, then floors, types, style, rules, unit and integration tests, end-to-end tests.
 * Ends with `N passed, N failed`. `--fast` leaves the end-to-end part out.
 *
 * A test that does not run here is named with its reason. With EVERY_TEST=1, as `.ci/run` sets it, it counts as failed.
 * A test that passed only when it was tried again is named as unsteady (decision 006).
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, install } from '../server/prepare.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const fast = process.argv.includes('--fast')
const bin = (name) => join(root, 'node_modules/.bin', name)
let passed = 0
let failed = 0
const unsteady = []
/** More than this many, and it is no longer the machine. */
const mostUnsteady = 8

function run(command, args, env = {}) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
    child.on('error', () => done(1))
    child.on('exit', (code, signal) => done(signal ? 1 : (code ?? 1)))
  })
}

async function step(name, command, args, env) {
  const started = Date.now()
  console.log(`\n▸ ${name}`)
  const code = await run(command, args, env)
  console.log(`  ${code === 0 ? 'ok' : 'FAILED'} after ${((Date.now() - started) / 1000).toFixed(1)} s`)
  return code
}

async function gate(name, command, args) {
  if ((await step(name, command, args)) === 0) passed += 1
  else failed += 1
}

/** Adds the counts of a JSON report; a run that failed without saying why counts as one failure. */
function count(code, file, read, skipped, triedAgain) {
  try {
    const report = JSON.parse(readFileSync(join(root, file), 'utf8'))
    const [good, bad] = read(report)
    notRun(skipped(report))
    unsteady.push(...triedAgain(report))
    passed += good
    failed += bad
    if (code !== 0 && bad === 0) failed += 1
    if (good + bad === 0) failed += 1
  } catch {
    failed += 1
  }
}

/** Says which tests did not run and why. */
function notRun(tests) {
  for (const { title, reason } of tests) console.log(`  not run: ${title}\n    ${reason}`)
  if (process.env.EVERY_TEST === '1') failed += tests.length
}

const notRunInUnit = ({ testResults }) =>
  testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ fullName }) => ({ title: fullName, reason: 'its title says what it needs' }))

const notRunInBrowser = (suite) => [
  ...(suite.suites ?? []).flatMap(notRunInBrowser),
  ...(suite.specs ?? [])
    .filter(({ tests }) => tests.some(({ status }) => status === 'skipped'))
    .map(({ title, tests }) => ({
      title,
      reason: tests.flatMap(({ annotations }) => annotations).find(({ type }) => type === 'skip')?.description ?? '',
    })),
]

const triedAgainInBrowser = (suite) => [
  ...(suite.suites ?? []).flatMap(triedAgainInBrowser),
  ...(suite.specs ?? []).flatMap(({ title, tests }) =>
    tests
      .filter(({ status }) => status === 'flaky')
      .map(({ results }) => ({ title, why: results[0]?.error?.message ?? '' })),
  ),
]

await install({ dev: true })
await build()
rmSync(join(root, 'test-results'), { recursive: true, force: true })
mkdirSync(join(root, 'test-results'), { recursive: true })
rmSync(join(root, 'node_modules/.cache/test-logs'), { recursive: true, force: true })

await gate('floors: who may import whom', bin('depcruise'), [
  '-c',
  'tests/floors.cjs',
  'src',
  'server',
  '--output-type',
  'err',
])
await gate('types: server, domain, tests', bin('tsc'), ['--noEmit', '-p', 'tsconfig.server.json'])
await gate('types: screens', bin('svelte-check'), ['--threshold', 'error', '--output', 'machine'])
await gate('style: oxlint', bin('oxlint'), ['--deny-warnings', 'src', 'server', 'tests'])
await gate('style: prettier', bin('prettier'), ['--check', '--log-level', 'warn', '.'])
await gate('rules: none that had a test lost it', bin('tsx'), ['tests/rules.ts', '--check'])

const unit = await step('unit and integration tests', bin('vitest'), [
  'run',
  '--reporter=default',
  '--reporter=json',
  '--reporter=./tests/unsteady-tests.ts',
  '--outputFile.json=test-results/unit.json',
])
count(
  unit,
  'test-results/unit.json',
  (report) => [
    report.numPassedTests,
    report.numFailedTests + (report.numFailedTestSuites > 0 && report.numFailedTests === 0 ? 1 : 0),
  ],
  notRunInUnit,
  () => JSON.parse(readFileSync(join(root, 'test-results/unsteady.json'), 'utf8')),
)

if (!fast) {
  const e2e = await step('end-to-end tests in Chromium', bin('playwright'), [
    'test',
    '-c',
    'tests/playwright.config.ts',
  ])
  count(
    e2e,
    'test-results/e2e.json',
    ({ stats }) => [stats.expected + stats.flaky, stats.unexpected],
    notRunInBrowser,
    triedAgainInBrowser,
  )
}

await gate('logs: no number, password or secret in any line of this run', bin('tsx'), ['tests/logs.ts'])

for (const { title, why } of unsteady)
  console.log(`  unsteady, passed when tried again: ${title}\n    ${why.split('\n')[0]}`)
if (unsteady.length > mostUnsteady) failed += 1

console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
