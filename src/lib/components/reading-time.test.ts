import { describe, expect, it } from 'vitest'
import { ReadingTime, type ReadingWorld, secondsLeft } from './reading-time.svelte.ts'

function world() {
  let now = 1000
  let visible = true
  let tick: (() => void) | null = null
  const made: ReadingWorld = {
    now: () => now,
    isVisible: () => visible,
    watch: (wanted) => {
      tick = wanted
      return () => (tick = null)
    },
  }
  return {
    world: made,
    pass: (ms: number) => {
      now += ms
      tick?.()
    },
    show: (next: boolean) => {
      visible = next
      tick?.()
    },
    get running() {
      return tick !== null
    },
  }
}

describe('the clock of the reading gate', () => {
  it('[R29] [A11] 20 seconds: not over at 19.9, over at 20.0, and then it stops', () => {
    const outside = world()
    const { world: w, pass } = outside
    const time = new ReadingTime(w)
    expect(time.isOver).toBe(false)
    time.ask(20)
    pass(19_900)
    expect([time.seconds, time.isOver]).toEqual([1, false])
    pass(100)
    expect([time.seconds, time.isOver]).toEqual([0, true])
    expect(outside.running).toBe(false)
  })

  it('[A11] stands still while the page is not seen', () => {
    const { world: w, pass, show } = world()
    const time = new ReadingTime(w)
    time.ask(20)
    pass(5000)
    show(false)
    pass(60_000)
    show(true)
    expect(time.seconds).toBe(15)
    pass(15_000)
    expect(time.isOver).toBe(true)
  })

  it('[R28] [A11] after a reload goes on with what the server still asks for', () => {
    expect(secondsLeft(20, '2026-11-23T08:00:00.000Z', '2026-11-23T08:00:12.500Z')).toBe(7.5)
    expect(secondsLeft(20, '2026-11-23T08:00:00.000Z', '2026-11-23T09:00:00.000Z')).toBe(0)
  })

  it('the server may ask for more when it was early', () => {
    const { world: w, pass } = world()
    const time = new ReadingTime(w)
    time.ask(1)
    pass(1000)
    expect(time.isOver).toBe(true)
    time.ask(3)
    expect(time.seconds).toBe(3)
    pass(3000)
    expect(time.isOver).toBe(true)
  })
})
