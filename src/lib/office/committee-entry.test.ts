import { describe, expect, test } from 'vitest'
import { memberLines, readMembers } from './committee-entry.ts'

describe('the list of a committee as it is pasted', () => {
  const known = [
    { id: 'a', fullName: '张三', employer: '省建院', title: '正高级工程师', position: 'chair' as const },
    { id: 'b', fullName: '李四', employer: '市规划局', title: '', position: 'member' as const },
  ]
  test('what is written is read again, with the same ids', () => {
    expect(readMembers(memberLines(known), known)).toEqual({ ok: true, value: known })
  })
  test('commas of both kinds and tabs; without a position it is 委员', () => {
    expect(readMembers('王五,省水利院\t高级工程师\n\n赵六，省质检院', [])).toEqual({
      ok: true,
      value: [
        { fullName: '王五', employer: '省水利院', title: '高级工程师', position: 'member' },
        { fullName: '赵六', employer: '省质检院', title: '', position: 'member' },
      ],
    })
  })
  test('、 stands within what is written, and empty cells at the end of a line of a sheet are none', () => {
    expect(readMembers('王五\t省水利院、勘测院\t高级工程师、注册建造师\t委员\t\t', [])).toEqual({
      ok: true,
      value: [{ fullName: '王五', employer: '省水利院、勘测院', title: '高级工程师、注册建造师', position: 'member' }],
    })
  })
  test('a line that says too little or a position that is none is named', () => {
    expect(readMembers('王五', [])).toEqual({ ok: false, problem: '第 1 行要有姓名和单位' })
    expect(readMembers('王五，省水利院，，会长', [])).toEqual({ ok: false, problem: '第 1 行的职务“会长”不对' })
    expect(readMembers('王五，省水利院，高工，委员，其他', [])).toMatchObject({
      problem: expect.stringMatching('第 1 行多于四项'),
    })
    expect(readMembers('张三，省建院，高工\n王五，省水利院，高工，李四，省建院', [])).toMatchObject({ ok: false })
    expect(readMembers(' \n', [])).toEqual({ ok: false, problem: '请填组成人员' })
  })
})
