import { describe, expect, expectTypeOf, test } from 'vitest'
import type { CodeList } from './code-list.ts'
import { codeLists, isCode, isOffered, labelOf, offeredItems, type CodeListId, type CodeOf } from './index.ts'
import { regionPath } from './region.ts'
import { series } from './series.ts'
import { findTitle, titles } from './title.ts'
import { specialties, titlesOf } from './specialties.ts'

const entries = Object.entries(codeLists) as [CodeListId, CodeList][]

describe('every list', () => {
  test.each(entries)('%s: named by its key, codes unique, labels unique among those offered', (id, list) => {
    expect(list.id).toBe(id)
    expect(list.source).not.toBe('')
    const codes = list.items.map((item) => item.code)
    expect(new Set(codes).size).toBe(codes.length)
    const labels = offeredItems(id).map((item) => `${item.group ?? ''}/${item.label}`)
    // two professions of one series share a name at the lowest levels
    if (id !== 'title') expect(new Set(labels).size).toBe(labels.length)
    expect(labels.length).toBeGreaterThan(0)
  })

  test.each(entries)('%s: codes and labels carry no stray space and no separator of paths', (_, list) => {
    for (const { code, label } of list.items) {
      expect(code).toMatch(/^[\w.-]+$/)
      expect(label).toBe(label.trim().normalize('NFC'))
    }
  })
})

describe('standards', () => {
  test('58 ethnic codes: 01–56, 97, 98', () => {
    expect(codeLists.ethnicity.items).toHaveLength(58)
    expect(labelOf('ethnicity', '01')).toBe('汉族')
    expect(labelOf('ethnicity', '56')).toBe('基诺族')
  })

  test('only 男 and 女 are offered, 未知 still reads', () => {
    expect(offeredItems('gender').map((item) => item.label)).toEqual(['男', '女'])
    expect(isCode('gender', '9')).toBe(true)
    expect(isOffered('gender', '9')).toBe(false)
  })

  test('[R64] the picker of 学历 starts from 高中 and rises', () => {
    expect(offeredItems('educationLevel').map((item) => item.code)).toEqual([
      '61',
      '41',
      '44',
      '47',
      '31',
      '21',
      '17',
      '14',
      '11',
    ])
    expect(isCode('educationLevel', '22')).toBe(true)
    expect(isOffered('educationLevel', '22')).toBe(false)
  })

  test('[R53] 单位性质 has the three of the manual', () => {
    expect(offeredItems('employerNature').map((item) => item.label)).toEqual(
      expect.arrayContaining(['政府机关', '事业单位', '企业']),
    )
  })

  test('[R55] 破格情况 starts with 正常晋升', () => {
    expect(codeLists.exceptionType.items[0]).toEqual({ code: 'NORMAL', label: '正常晋升' })
  })

  test('degree: first digit and 门类', () => {
    expect(labelOf('degree', '408')).toBe('工学学士')
    expect(labelOf('degree', '312')).toBe('管理学硕士')
    expect(labelOf('degree', '210')).toBe('医学博士')
    expect(codeLists.degree.items[0].label).toBe('无')
  })

  test('title-way and certificate-way give one code one meaning', () => {
    for (const { code, label } of codeLists.certificateWay.items) expect(labelOf('titleWay', code)).toBe(label)
  })

  test('[R32] every region hangs under Taizhou', () => {
    expect(regionPath('321202').map((item) => item.label)).toEqual(['泰州市（市直）', '海陵区'])
    expect(regionPath('999999')).toEqual([])
    for (const { code } of codeLists.region.items) expect(regionPath(code)[0]?.code).toBe('321200')
  })

  test('unknown codes: shown as they are, never accepted', () => {
    expect(labelOf('health', '7')).toBe('7')
    expect(isCode('health', '7')).toBe(false)
    expect(isCode('health', 1)).toBe(false)
    expect(isCode('health', 'constructor')).toBe(false)
  })

  test('codes are types too', () => {
    expectTypeOf<CodeOf<'titleWay'>>().toEqualTypeOf<'1' | '2' | '3' | '4' | '5'>()
  })
})

describe('series, titles, specialties', () => {
  test('27 series, each with 正高, 副高, 中级 and 助理级', () => {
    expect(series.items).toHaveLength(27)
    for (const one of series.items)
      expect(Object.keys(one.titles)).toEqual(
        expect.arrayContaining(['senior', 'associate-senior', 'intermediate', 'assistant']),
      )
  })

  test('exactly eight titles come by examination only', () => {
    expect(titles.filter((one) => one.examOnly).map((one) => one.label)).toEqual([
      '助理会计师',
      '会计师',
      '助理统计师',
      '统计师',
      '助理经济师',
      '经济师',
      '助理审计师',
      '审计师',
    ])
  })

  test('every series has its titles, with unique ids and real names', () => {
    expect(new Set(titles.map((one) => one.seriesId)).size).toBe(27)
    expect(new Set(titles.map((one) => one.id)).size).toBe(titles.length)
    for (const one of titles) {
      expect(one.label).toMatch(/^\p{Script=Han}+$/u)
      expect(labelOf('title', one.id)).toBe(one.label)
    }
  })

  test('ids that are stored somewhere never change', () => {
    expect(findTitle('engineering.intermediate')).toEqual({
      id: 'engineering.intermediate',
      label: '工程师',
      level: 'intermediate',
      seriesId: 'engineering',
    })
    expect(findTitle('engineering.senior')?.label).toBe('正高级工程师')
    expect(findTitle('health.nursing.intermediate')?.label).toBe('主管护师')
    expect(labelOf('title', 'none')).toBe('无')
  })

  test('[R52] a specialty offers its titles, lowest first', () => {
    expect(titlesOf('engineering.construction').map((one) => one.label)).toEqual([
      '技术员',
      '助理工程师',
      '工程师',
      '高级工程师',
      '正高级工程师',
    ])
    expect(titlesOf('agriculture.veterinary').map((one) => one.label)).toContain('兽医师')
    expect(titlesOf('agriculture.veterinary').map((one) => one.label)).not.toContain('农艺师')
    expect(titlesOf('agriculture.extension').map((one) => one.label)).toContain('农业技术推广研究员')
  })

  test('[R51] where the lower levels come by examination only the higher are offered', () => {
    expect(titlesOf('accounting.accounting').map((one) => one.label)).toEqual(['高级会计师', '正高级会计师'])
  })

  test('specialties: unique ids, real series and professions, at least two titles each', () => {
    expect(new Set(specialties.map((one) => one.id)).size).toBe(specialties.length)
    for (const one of specialties) {
      expect(titlesOf(one.id).length, one.id).toBeGreaterThanOrEqual(2)
      const inSeries = new Set(titles.filter((item) => item.seriesId === one.seriesId).map((item) => item.professionId))
      for (const profession of one.professions ?? []) expect(inSeries, one.id).toContain(profession)
      // a series of several professions must say which
      expect(one.professions !== undefined, one.id).toBe(!inSeries.has(undefined))
    }
    expect(titlesOf('no.such')).toEqual([])
  })
})
