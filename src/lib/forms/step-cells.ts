import type { StepState } from '#domain/forms/completeness.ts'
import type { CellState } from '$lib/components/kinds.ts'

/** The row of cells that shows how far the steps are; `current` is the one in hand. */
export function cellsOf(steps: readonly StepState[], current?: number): CellState[] {
  return steps.map(({ state }, index) => {
    if (state === 'error') return 'e'
    if (index === current) return 'n'
    return state === 'done' ? 'd' : state === 'started' ? 'h' : ''
  })
}

/** The same in words, for those who do not see the cells. */
export function labelOfCells(steps: readonly StepState[], current?: number): string {
  const done = steps.filter(({ state }) => state === 'done').length
  const wrong = steps.filter(({ state }) => state === 'error').length
  const place =
    current === undefined ? `完成 ${done} 步，共 ${steps.length} 步` : `第 ${current + 1} 步，共 ${steps.length} 步`
  return wrong > 0 ? `${place}，${wrong} 步有错` : place
}
