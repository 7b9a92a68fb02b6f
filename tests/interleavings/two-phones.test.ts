import fc from 'fast-check'
import { it } from 'vitest'
import { orders, run } from './orders.ts'
import { ModelServer, TestClock } from './two-phones.ts'

/** More of them: INTERLEAVINGS=1000 npx vitest run tests/interleavings */
const RUNS = Number(process.env['INTERLEAVINGS'] ?? 40)

it(`[S1] [S2] [S4] [S5] [S7] [S8] [S9] [S13] [S14] two phones in ${RUNS} random orders with lost requests and answers lose nothing and end the same`, async () => {
  await fc.assert(
    fc.asyncProperty(orders, (steps) => run(steps, new ModelServer(new TestClock()))),
    { numRuns: RUNS },
  )
}, 600_000)
