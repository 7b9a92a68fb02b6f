import { describe, expect, it } from 'vitest'
import { emptyAnswers } from '../forms/answers.ts'
import { workKey, worksOf } from './duplicates.ts'

describe('works that two applications name', () => {
  it('are the same whatever the width, case, spaces and marks', () => {
    expect(workKey('ＸＸ 大桥（二期）工程')).toBe(workKey('xx大桥(二期)工程。'))
    expect(workKey('泰州大桥一期工程')).not.toBe(workKey('泰州大桥二期工程'))
  })

  it('are not compared by a name that says too little', () => {
    expect(workKey('论文一')).toBe('')
    expect(workKey('——（）、。！？')).toBe('')
  })

  it('come from 业绩 and 论文, with the place of their title', () => {
    const row = (id: string, values: Record<string, string>) => ({ id, position: 1, values })
    const answers = {
      ...emptyAnswers,
      rows: {
        achievements: [row('a', { projectName: '泰州大桥一期工程' }), row('b', { projectName: '工程' })],
        publications: [row('c', { publicationTitle: '软土地基处理研究' })],
        continuingEducation: [row('d', { content: '泰州大桥一期工程' })],
      },
    }
    expect(worksOf(answers).map(({ path }) => path)).toEqual([
      'achievements/a/projectName',
      'publications/c/publicationTitle',
    ])
  })
})
