import { expect, it } from 'vitest'
import { isStorageFull, storeProblemOf } from './store-faults.ts'

const fault = (name: string, message = '', more = {}) => Object.assign(new Error(message), { name, ...more })

it('says of a store that it is full, that it does not open, or that the fault is ours, however deep the reason lies', () => {
  const opening = fault('UnknownError', 'Internal error opening backing store for indexedDB.open.')
  const full = [
    fault('QuotaExceededError'),
    fault('AbortError', '', { inner: fault('QuotaExceededError') }),
    fault('DatabaseClosedError', '', { inner: opening }),
    fault('BulkError', '1 of 6 operations failed', { failures: [fault('AbortError'), opening] }),
  ]
  expect(full.map((one) => [isStorageFull(one), storeProblemOf(one).code])).toEqual(
    full.map(() => [true, 'storage.full']),
  )
  for (const away of [fault('DatabaseClosedError'), fault('BulkError', '', { failures: [fault('AbortError')] })])
    expect(storeProblemOf(away).code).toBe('storage.unavailable')
  for (const ours of [fault('TypeError', 'x is undefined'), 'no error', undefined])
    expect(storeProblemOf(ours).code).toBe('request.failed')
})
