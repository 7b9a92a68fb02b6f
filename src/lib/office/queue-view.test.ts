import { describe, expect, it } from 'vitest'
import {
  changed,
  countOf,
  isFiltered,
  queueQuery,
  queueSearch,
  readQueueView,
  searchingFor,
  unfiltered,
  waitedDays,
} from './queue-view.ts'

const NOW = Date.parse('2026-11-24T08:00:00.000Z')
const read = (search: string, role: 'office' | 'pointClerk' | 'auditor' = 'office') =>
  readQueueView(new URLSearchParams(search), [{ role }])

describe('a view of the queue', () => {
  it('begins where the role has something to do', () => {
    expect(read('').tab).toBe('preReview')
    expect(read('', 'pointClerk').tab).toBe('point')
    expect(read('', 'auditor').tab).toBe('all')
  })

  it('is the same after its address was sent to a colleague', () => {
    const view = changed(read('?tab=point&batch=b1&q=周'), { sort: 'longest', flag: 'overdue', page: 3 })
    expect(read(queueSearch(view), 'auditor')).toEqual(view)
  })

  it('[A40] never has an ID number in its address, nor in what the server is asked', () => {
    const typed = searchingFor(read('?tab=all&page=3'), ' 32120219900101001x ')
    expect([typed.q, typed.page]).toEqual(['001x', 1])
    expect(queueSearch(typed)).toBe('?tab=all&q=001x')
    // an address of before
    const old = read('?tab=all&q=321202199001010017')
    expect(queueSearch(old)).toBe('?tab=all&q=0017')
    expect(queueQuery(old, NOW)['q']).toBe('0017')
    expect(searchingFor(old, '周文静').q).toBe('周文静')
  })

  it('takes nonsense in an address for nothing said', () => {
    expect(read('?tab=constructor&sort=x&flag=toString&page=-2')).toEqual(read(''))
  })

  it('asks the server for the states of its tab, and for what has waited too long', () => {
    expect(queueQuery(read('?tab=preReview'), NOW)).toEqual({
      state: 'PRE_REVIEW',
      sort: 'oldest',
      page: '1',
      pageSize: '50',
    })
    expect(queueQuery(read('?tab=all'), NOW)).not.toHaveProperty('state')
    expect(queueQuery(read('?flag=overdue'), NOW)).toMatchObject({ waitingSince: '2026-11-20T08:00:00.000Z' })
  })

  it('goes back to the first page when it changes, and loses all filters at once', () => {
    const view = read('?tab=all&page=4&q=周&flag=exception')
    expect(changed(view, { point: 'p' }).page).toBe(1)
    expect(isFiltered(view)).toBe(true)
    expect(isFiltered(unfiltered(view))).toBe(false)
  })

  it('counts what stands under a tab', () => {
    const counts = { PRE_PASSED: 3, PAPER_RECEIVED: 2, PRE_REVIEW: 7 }
    expect(countOf('passed', counts)).toBe(5)
    expect(countOf('paper', counts)).toBe(3)
    expect(countOf('all', counts)).toBe(12)
    expect(waitedDays('2026-11-20T20:00:00.000Z', NOW)).toBe(3.5)
  })
})
