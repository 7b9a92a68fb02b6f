import { beforeEach, expect, test, vi } from 'vitest'
import { TypedDraft } from './typed-draft.svelte.ts'

const drawers = new Map<string, string>()
beforeEach(() => {
  drawers.clear()
  vi.stubGlobal('sessionStorage', {
    getItem: (name: string) => drawers.get(name) ?? null,
    setItem: (name: string, text: string) => drawers.set(name, text),
    removeItem: (name: string) => drawers.delete(name),
  })
})

const empty = () => ({ title: '', body: '' })
const opened = (now: { title: string; body: string }) => {
  const draft = new TypedDraft('office.text', empty)
  draft.begin(now)
  return draft
}
const first = { title: '通知', body: '原来的' }
const corrected = { title: '通知', body: '别人更正的' }

function typedAndLeft() {
  const draft = opened(first)
  draft.entry.body = '没有保存的'
  draft.keep()
}

test('what was typed and not saved is there again, over the same text', () => {
  typedAndLeft()
  const again = opened(first)
  expect(again.entry.body).toBe('没有保存的')
  expect(again.recovered).toBe(true)
  expect(again.aside).toEqual([])
  again.discard()
  again.keep()
  expect(again.entry).toEqual(first)
  expect(drawers.size).toBe(0)
})

test('over a text that somebody else has changed it is laid aside, outlives the page, and is taken or dropped', () => {
  typedAndLeft()
  const before = opened(corrected)
  expect(before.entry).toEqual(corrected)
  expect(before.recovered).toBe(false)
  before.keep()

  const draft = opened(corrected)
  expect(draft.aside).toEqual([{ title: '通知', body: '没有保存的' }])
  draft.entry.title = '更正通知'
  draft.keep()
  draft.takeOver(0)
  draft.keep()
  expect(draft.entry).toEqual({ title: '通知', body: '没有保存的' })
  // what was typed in the other one meanwhile is not lost either
  expect(draft.aside).toEqual([{ title: '更正通知', body: '别人更正的' }])
  expect(opened(corrected)).toMatchObject({ entry: { body: '没有保存的' }, recovered: true })
  draft.drop(0)
  draft.saved()
  draft.keep()
  expect(drawers.size).toBe(0)
})

test('a browser that keeps nothing: what is loaded anew loses nothing on the page', () => {
  vi.stubGlobal('sessionStorage', undefined)
  const draft = opened(first)
  draft.entry.body = '没有保存的'
  draft.keep()
  draft.begin(first)
  expect(draft.entry.body).toBe('没有保存的')
  draft.begin(corrected)
  expect(draft).toMatchObject({ entry: corrected, aside: [{ body: '没有保存的' }] })
})

test('somebody else has changed it twice: both are kept', () => {
  typedAndLeft()
  const draft = opened(corrected)
  draft.entry.title = '更正通知'
  draft.keep()
  expect(opened({ title: '又改过', body: '' }).aside.map(({ title, body }) => title + body)).toEqual([
    '通知没有保存的',
    '更正通知别人更正的',
  ])
})

test('what somebody else has written the same is no matter, nor is a page that knows more than the one before', () => {
  typedAndLeft()
  expect(opened({ title: '通知', body: '没有保存的' })).toMatchObject({ aside: [], recovered: false })

  const newer = new TypedDraft('office.text', () => ({ ...empty(), pinned: false }))
  newer.begin({ ...first, pinned: false })
  expect(newer).toMatchObject({ entry: { body: '没有保存的', pinned: false }, recovered: true, aside: [] })
})

test('what an earlier version of the page kept is laid aside: over what it was typed is not known', () => {
  drawers.set('office.text', JSON.stringify({ title: '通知', body: '以前写的' }))
  expect(opened(first)).toMatchObject({ entry: first, aside: [{ title: '通知', body: '以前写的' }] })
})
