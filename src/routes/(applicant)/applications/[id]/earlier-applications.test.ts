import { expect, test } from 'vitest'
import { earlierApplications } from './earlier-applications.ts'

const kept = (id: string, over: object = {}) => ({
  id,
  type: 'review' as const,
  batchId: 'old',
  state: 'CERTIFIED' as const,
  version: 7,
  number: '2025321202P0100042-7',
  updatedAt: '2025-11-01T00:00:00Z',
  cells: {},
  ...over,
})

test('[A28] the other applications are offered, those of the same type and the newest first; not itself, not what the server lacks', () => {
  const found = earlierApplications(
    { id: 'here', type: 'review' },
    [
      kept('here', { version: 3 }),
      kept('unsent', { version: 0 }),
      kept('initial', { type: 'initial', updatedAt: '2026-01-01T00:00:00Z' }),
      kept('older', { updatedAt: '2024-11-01T00:00:00Z', state: 'EXPIRED', number: null }),
      kept('newer'),
    ],
    [{ id: 'old', name: '2025 年度工程系列', specialties: [] }],
  )
  expect(found.map(({ id }) => id)).toEqual(['newer', 'older', 'initial'])
  expect(found[0]).toEqual({ id: 'newer', title: '评审申报', sub: '2025 年度工程系列·2025321202P0100042-7·已发证' })
  expect(found[1]!.sub).toBe('2025 年度工程系列·逾期未提交')
})
