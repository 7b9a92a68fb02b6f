import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { dismiss, show, toasts } from './toasts.svelte.ts'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  dismiss()
  vi.useRealTimers()
})

describe('toasts', () => {
  it('stays 4 seconds, and 7 when there is something to undo', () => {
    show('已复制')
    vi.advanceTimersByTime(3_999)
    expect(toasts.current?.text).toBe('已复制')
    vi.advanceTimersByTime(1)
    expect(toasts.current).toBeUndefined()

    show('已删除 1 条学历', { label: '撤销', action: () => undefined })
    vi.advanceTimersByTime(6_999)
    expect(toasts.current?.label).toBe('撤销')
    vi.advanceTimersByTime(1)
    expect(toasts.current).toBeUndefined()
  })

  it('shows only the newest, and the time of the older one does not end it', () => {
    show('一')
    vi.advanceTimersByTime(3_000)
    show('二')
    vi.advanceTimersByTime(3_000)
    expect(toasts.current?.text).toBe('二')
  })

  it('is drawn by the place that was opened last, and by the one below when that is gone', () => {
    const page = Symbol('page')
    const sheet = Symbol('sheet')
    const leavePage = toasts.host(page)
    const leaveSheet = toasts.host(sheet)
    expect([toasts.isTopmost(page), toasts.isTopmost(sheet)]).toEqual([false, true])
    leaveSheet()
    expect(toasts.isTopmost(page)).toBe(true)
    leavePage()
  })
})
