import { expect, test } from 'vitest'
import type { State } from '#domain/lifecycle/states.ts'
import { besideOf } from './beside.ts'

const batches = [
  { id: 'b1', year: 2026, name: '2026 年度评审' },
  { id: 'b2', year: 2026, name: '2026 年度初定' },
]
const kept = (id: string, batchId: string, state: State, title?: string): Parameters<typeof besideOf>[1][number] => ({
  id,
  type: batchId === 'b1' ? 'review' : 'initial',
  batchId,
  state,
  cells: title === undefined ? {} : { targetTitle: { value: title, version: 1 } },
})

test('[E3] beside an application stand the others on the phone that were not turned away, drafts among them', () => {
  const own = kept('a1', 'b1', 'DRAFT', 'engineering.assistant')
  const others = [
    kept('a2', 'b2', 'DRAFT', 'engineering.assistant'),
    kept('a3', 'b2', 'SUBMITTED'),
    kept('a4', 'b2', 'REJECTED', 'engineering.assistant'),
    kept('a5', 'b2', 'CANCELLED', 'engineering.assistant'),
    kept('a6', 'b2', 'EXPIRED', 'engineering.assistant'),
    kept('a7', 'gone', 'SUBMITTED', 'engineering.assistant'),
  ]
  expect(besideOf('a1', [own, ...others], batches)).toEqual({
    year: 2026,
    others: [
      { type: 'initial', year: 2026, batchName: '2026 年度初定', targetTitle: 'engineering.assistant' },
      { type: 'initial', year: 2026, batchName: '2026 年度初定', targetTitle: null },
    ],
  })
})
