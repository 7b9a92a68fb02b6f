import { describe, expect, test } from 'vitest'
import { codeLists } from '../code-lists/index.ts'
import { type ApplicationType, isField, isList, isSlot, type Item, itemsOf } from './application-type.ts'
import { type Condition, fieldsIn } from './condition.ts'
import type { Field } from './field.ts'
import { withOverrides } from './edition.ts'
import { applicationTypes } from './index.ts'
import type { Slot } from './slot.ts'

const types: readonly ApplicationType[] = Object.values(applicationTypes)
const find = (type: ApplicationType, id: string): Item | undefined => itemsOf(type).find((item) => item.id === id)
const fieldsAndSlots = (type: ApplicationType): (Field | Slot)[] =>
  itemsOf(type).flatMap((item): (Field | Slot)[] => (isList(item) ? [...item.items] : [item]))
const listOf = (type: ApplicationType, id: string) => {
  const item = find(type, id)
  if (!item || !isList(item)) throw new Error(`${id} is no list`)
  return item
}

describe.each(types.map((type) => [type.label, type] as const))('%s', (_, type) => {
  test('ids are unique and fit into paths', () => {
    const top = itemsOf(type).map(({ id }) => id)
    expect(new Set(top).size).toBe(top.length)
    for (const item of itemsOf(type).filter(isList)) {
      const inner = item.items.map(({ id }) => id)
      expect(new Set(inner).size).toBe(inner.length)
    }
    for (const id of [...top, ...fieldsAndSlots(type).map((item) => item.id)]) expect(id).toMatch(/^[a-z][A-Za-z0-9]*$/)
  })

  test('conditions look at fields that exist', () => {
    const top = new Set(itemsOf(type).map(({ id }) => id))
    for (const item of itemsOf(type)) {
      const inner = isList(item) ? item.items : [item]
      const own = new Set(inner.map(({ id }) => id))
      for (const part of inner) {
        const conditions = [part.required, part.visible].filter(
          (one): one is Condition => one !== undefined && one !== true,
        )
        for (const id of conditions.flatMap(fieldsIn))
          expect(own.has(id) || top.has(id), `${part.id} looks at ${id}`).toBe(true)
      }
    }
  })

  test('rules and cards name fields of their list', () => {
    for (const list of itemsOf(type).filter(isList)) {
      const own = new Set(list.items.map(({ id }) => id))
      const named = [
        ...list.card.title,
        ...list.card.lines.flat(),
        ...(list.rules ?? []).flatMap((rule) => ('other' in rule ? [rule.field, rule.other] : [rule.field])),
      ]
      for (const id of named) expect(own.has(id), `${list.id}: ${id}`).toBe(true)
    }
  })

  test('code lists exist and offer something', () => {
    for (const item of fieldsAndSlots(type)) {
      if (isField(item) && item.kind === 'choice' && 'list' in item.from) {
        expect(codeLists[item.from.list].items.length).toBeGreaterThan(0)
      }
    }
  })

  test('an edition is plain JSON', () => {
    expect(JSON.parse(JSON.stringify(type))).toEqual(type)
  })
})

test.each(types.map((type) => [type.label, type] as const))(
  '[R34, R59, R115] %s: the mobile comes from the account, may be changed, and says that SMS go to that of the account',
  (_, type) => {
    expect(find(type, 'mobile')).toMatchObject({
      prefill: 'mobile',
      hint: expect.stringMatching(/可以改。短信发到账号/),
    })
  },
)

describe('评审', () => {
  const { review } = applicationTypes

  test('[R22] the papers consist of 拟申报信息, 申报表 and 简介表', () => {
    expect(review.steps[0].label).toBe('拟申报信息')
    expect(review.prints.map(({ label }) => label)).toEqual(expect.arrayContaining(['申报表', '简介表', '材料目录']))
  })

  test('[R29] the pledge is read for 20 seconds, shows 承诺人 and 日期, and is accepted with 同意', () => {
    expect(review.gate).toMatchObject({ text: 'pledge', seconds: 20, accept: '同意', signed: true })
  })

  test('[R42] only 业绩, 奖项 and 论文 slots take 10,000 KB, all others 500 KB', () => {
    const large = itemsOf(review).flatMap((item) =>
      isList(item)
        ? item.items.filter(isSlot).map((slot) => ({ path: `${item.id}/${slot.id}`, slot }))
        : isSlot(item)
          ? [{ path: item.id, slot: item }]
          : [],
    )
    expect(
      large
        .filter(({ slot }) => slot.maxBytes === 10_240_000)
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['achievements/award', 'achievements/proof', 'publications/proof'])
    expect(
      large.filter(({ slot }) => slot.maxBytes !== 10_240_000).every(({ slot }) => slot.maxBytes === 512_000),
    ).toBe(true)
  })

  test('[R53] 单位名称, 单位所在地 and 所在单位性质 carry a star', () => {
    for (const id of ['employerName', 'employerRegion', 'employerNature'])
      expect(find(review, id)).toMatchObject({ required: true })
    expect(codeLists.employerNature.items.map(({ label }) => label)).toEqual(
      expect.arrayContaining(['政府机关', '事业单位', '企业']),
    )
  })

  test('[R54, R55] 是否为公务员 starts with 否, 破格情况 with 正常晋升', () => {
    expect(find(review, 'isCivilServant')).toMatchObject({ initially: false, required: true })
    expect(find(review, 'exceptionType')).toMatchObject({ initially: 'NORMAL' })
  })

  test('[R56] the 承诺书 is required and its template is offered beside it', () => {
    expect(find(review, 'pledge')).toMatchObject({ kind: 'slot', required: true, template: 'pledge' })
  })

  test('[R57] 是否认定 explains whom it is for', () => {
    expect(find(review, 'isRecognition')).toMatchObject({
      initially: false,
      help: expect.stringContaining('泰州市工业工程系列认定工程师'),
    })
  })

  test('[R61] the ID card slot stands right after the ID number and is required', () => {
    const ids = itemsOf(review).map(({ id }) => id)
    expect(ids[ids.indexOf('idNumber') + 1]).toBe('idCard')
    expect(find(review, 'idCard')).toMatchObject({ required: true })
  })

  test('[R63] 从业资格 has fields with prompts and an attachment slot', () => {
    const step = review.steps.find(({ id }) => id === 'qualification')
    expect(step?.sections.flatMap(({ items }) => items as readonly Item[]).some((item) => isSlot(item))).toBe(true)
    expect(find(review, 'practiceQualification')).toMatchObject({ kind: 'slot' })
  })

  test('[R64, R70, R71] education starts from 高中, each row has a slot, and fraud is warned about', () => {
    const educations = listOf(review, 'educations')
    expect(educations.hint).toContain('从高中填起')
    expect(educations.addLabel).toBe('增加一条学历')
    expect(educations.removeLabel).toBe('删除选中学历')
    expect(educations.items.some((item) => isSlot(item) && item.required === true)).toBe(true)
    expect(educations.warning).toContain('造假')
  })

  test('[R72] 奖惩 is optional and says that 业绩获奖 belongs elsewhere', () => {
    const rewards = listOf(review, 'rewardsPunishments')
    expect(rewards.atLeast ?? 0).toBe(0)
    expect(rewards.hint).toContain('业绩获奖')
  })

  test('[R74, R81] 继续教育, 著作论文 and 考核 rows have a slot each', () => {
    for (const id of ['continuingEducation', 'publications', 'assessments']) {
      expect(listOf(review, id).items.filter(isSlot)).toHaveLength(1)
    }
  })

  test('[R77, R82] 业绩 says since when to fill in and where the annex of evidence is', () => {
    const achievements = listOf(review, 'achievements')
    expect(achievements.hint).toContain('上次评审通过以后')
    expect(achievements.warning).toContain('9 号文')
  })

  test('[R78] 业绩 rows have two slots: evidence first, award second', () => {
    expect(
      listOf(review, 'achievements')
        .items.filter(isSlot)
        .map(({ id }) => id),
    ).toEqual(['proof', 'award'])
  })

  test('[R79] 项目名称 shows the example of the manual; 排名 and 总人数 stand beside 本人起何作用', () => {
    const achievements = listOf(review, 'achievements')
    expect(achievements.items.find(({ id }) => id === 'projectName')).toMatchObject({
      example: 'XX不锈钢制品有限公司—车间四',
    })
    expect(achievements.items.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['role', 'rank', 'teamSize', 'awardsBenefit']),
    )
  })

  test('[R86] 简介表技术工作总结 has its six parts in order, the sixth an attachment', () => {
    const step = review.steps.find(({ id }) => id === 'summaryTechnical')
    const items = (step?.sections ?? []).flatMap(({ items: inside }) => inside as readonly Item[])
    expect(items.map(({ label }) => label)).toEqual([
      '主要技术工作经历',
      '参加的技术项目或其它具体技术工作',
      '在技术项目中发挥的作用、解决的技术难题',
      '取得的成果与效益',
      '发表或撰写论文（专题技术报告）的情况',
      '专业技术工作总结附件',
    ])
    expect(items.at(-1)).toMatchObject({ kind: 'slot', required: true })
  })
})

describe('初定', () => {
  const { initial } = applicationTypes

  test('[R28] the guide is read for 20 seconds before 下一步', () => {
    expect(initial.gate).toMatchObject({ text: 'initialGuide', seconds: 20, accept: '下一步' })
  })

  test('[R33] 拟定专业, 拟定资格, 受理点 and 单位 are all required on the first page', () => {
    for (const id of ['specialty', 'targetTitle', 'acceptRegion', 'acceptancePoint', 'employerName']) {
      expect(find(initial, id)).toMatchObject({ required: true })
    }
    expect(initial.steps[0].sections.flatMap(({ items }) => items as readonly Item[]).map(({ id }) => id)).toEqual(
      expect.arrayContaining(['specialty', 'employerName']),
    )
  })

  test('[R36] 最高学历 is the education list of the person, with attachments', () => {
    expect(find(initial, 'educations')).toMatchObject({ ofPerson: true })
  })

  test('[R36, A18] 最高学历 asks for the highest alone, and nothing beside it says to begin with 高中', () => {
    const step = initial.steps.find(({ id }) => id === 'education')!
    const [section] = step.sections
    const educations = listOf(initial, 'educations')
    expect(educations.label).toBe('最高学历')
    const hints = [section.hint, educations.hint].filter((hint) => hint !== undefined)
    expect(hints).toEqual([expect.stringMatching(/^只填最高的一条/)])
    expect(hints.join()).not.toContain('从高中')
    // the rows are the same ones as in 评审
    expect(educations.items).toEqual(listOf(applicationTypes.review, 'educations').items)
  })

  test('C2, D3: 健康状况 stands in the form as it stands on the paper', () => {
    expect(find(initial, 'health')).toMatchObject({ label: '健康状况' })
    expect(find(applicationTypes.review, 'health')).toMatchObject({ label: '身体状况' })
  })

  test('[R56] only 评审 asks for the signed 承诺书; in 初定 it may be added, and a batch may ask for it', () => {
    const pledge = find(initial, 'pledge')
    expect(pledge).toMatchObject({ kind: 'slot', template: 'pledge' })
    expect(pledge).not.toHaveProperty('required')
    const asked = find(withOverrides(initial, { required: { pledge: true } }), 'pledge')
    expect(asked).toMatchObject({ required: true })
  })

  test('[R39] 技术工作小结 takes 800 字 and says what it covers', () => {
    expect(find(initial, 'technicalSummary')).toMatchObject({
      atMost: 800,
      hint: expect.stringMatching(/政治思想表现.*业务工作能力.*科研业绩成果/),
    })
  })

  test('[R40] 材料目录 is the last step', () => {
    expect(initial.steps.at(-1)).toMatchObject({ label: '材料目录', shows: 'materials' })
  })
})

describe('补证', () => {
  test('[R30] the guide is read for 20 seconds before 下一步', () => {
    expect(applicationTypes.reissue.gate).toMatchObject({
      text: 'reissueGuide',
      label: '补证指南',
      seconds: 20,
      accept: '下一步',
    })
  })

  test('[R95] the starred fields of 补证申请表 are required', () => {
    for (const id of [
      'reissueReason',
      'certSpecialty',
      'certTitle',
      'certDate',
      'certWay',
      'certIssuer',
      'statement',
      'photo',
      'idCard',
    ]) {
      expect(find(applicationTypes.reissue, id)).toMatchObject({ required: true })
    }
  })
})
