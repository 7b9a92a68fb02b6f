import { expect, it } from 'vitest'
import { attendance } from './attendance.ts'

it('says that nobody is there after a minute without a touch or a key, and no longer when somebody is back', () => {
  const page = new EventTarget()
  let now = 0
  const said = attendance(page, () => now)
  now = 60_000
  expect(said()).toEqual({})
  now += 1
  expect(said()).toEqual({ 'x-unattended': '1' })
  page.dispatchEvent(new Event('keydown'))
  expect(said()).toEqual({})
})
