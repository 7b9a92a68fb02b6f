import { mkdirSync, writeFileSync } from 'node:fs'
import type { Reporter, TestModule } from 'vitest/node'

/** Writes down which unit and integration tests passed only when they were tried again, and what failed first. */
export default class UnsteadyTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const unsteady = modules
      .flatMap((module) => [...module.children.allTests('passed')])
      .filter((test) => test.diagnostic()?.flaky)
      .map((test) => ({ title: test.fullName, why: test.result().errors?.[0]?.message ?? '' }))
    mkdirSync('test-results', { recursive: true })
    writeFileSync('test-results/unsteady.json', JSON.stringify(unsteady))
  }
}
