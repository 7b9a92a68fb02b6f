import { expect, it } from 'vitest'
import { checkCase, fitCase, pagePool } from '../world/fit-cases.ts'

// A thousand of them, with pages of full size among them: npm run -s bench:fit
it('[R41] whatever the pages and the limit, the PDF is never one byte over it, and PDFium and pdf.js open every page', async () => {
  const pool = pagePool(false)
  const outcomes = new Set<string>()
  for (let seed = 1; seed <= 12; seed += 1) {
    const { outcome, faults } = await checkCase(fitCase(seed, pool, 6))
    outcomes.add(outcome)
    expect({ seed, faults }).toEqual({ seed, faults: [] })
  }
  // the cases are of every kind, or the test says little
  expect(outcomes).toContain('stored')
  expect(outcomes.size).toBeGreaterThan(1)
})
