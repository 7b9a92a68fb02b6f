import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { initial } from '../forms/initial.ts'
import { reissue } from '../forms/reissue.ts'
import { review } from '../forms/review.ts'
import { facts } from '../forms/test-world.ts'
import type { ApplicationType } from '../forms/application-type.ts'
import { answersAfter, applyMutation, type Content } from './apply.ts'
import { assemble, type AttachedFile, withCell } from './cell.ts'
import type { Mutation } from './mutation.ts'

const uuid = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`
const applicationId = uuid(1)
const ROW = uuid(100)
let next = 1000
const mutation = <K extends Mutation['kind']>(
  kind: K,
  rest: Omit<Extract<Mutation, { kind: K }>, 'kind' | 'id' | 'applicationId'>,
) => ({ kind, id: uuid(next++), applicationId, ...rest }) as unknown as Mutation

const file = (path: string, n: number): AttachedFile => ({
  id: uuid(n),
  path,
  name: `${n}.pdf`,
  size: 1000,
  sha256: 'a'.repeat(64),
  pages: 1,
  position: n,
})

const empty: Content = { cells: {}, files: [] }

function apply(
  one: Mutation,
  content: Content,
  more: { type?: ApplicationType; version?: number; locked?: Record<string, string>; file?: AttachedFile } = {},
) {
  const { type = review as ApplicationType, version = 9, locked = {}, file: attached } = more
  return applyMutation(one, content, {
    type,
    answers: assemble(content.cells, content.files, locked),
    facts,
    version,
    file: attached,
  })
}

const applied = (result: ReturnType<typeof apply>): Content => {
  if (result.outcome !== 'applied') throw new Error(JSON.stringify(result))
  return result.content
}

describe('fields', () => {
  test('[S3] a cell remembers the version at which it changed', () => {
    const content = applied(apply(mutation('setField', { path: 'employerName', value: '设计院', base: 0 }), empty))
    expect(content.cells).toEqual({ employerName: { value: '设计院', version: 9 } })
  })

  test('[S4] a base that moved on is a conflict: the value that stands stays, the other is handed back', () => {
    const content: Content = { cells: { employerName: { value: '甲', version: 5 } }, files: [] }
    const result = apply(mutation('setField', { path: 'employerName', value: '乙', base: 3 }), content)
    expect(result).toEqual({ outcome: 'conflict', path: 'employerName', kept: { value: '甲', version: 5 } })
  })

  test('[S4] the same value from both sides is no conflict, and the content is the very same object', () => {
    const content: Content = { cells: { employerName: { value: '甲', version: 5 } }, files: [] }
    const result = apply(mutation('setField', { path: 'employerName', value: '甲', base: 0 }), content)
    expect(result.outcome === 'applied' && result.content).toBe(content)
  })

  test('[S4] emptying what is empty changes nothing', () => {
    const result = apply(mutation('setField', { path: 'employerName', value: null, base: 0 }), empty)
    expect(result.outcome === 'applied' && result.content).toBe(empty)
  })

  test('[S8] a settlement carries the version both values were seen at; one that moved on since is a conflict again', () => {
    const content: Content = { cells: { employerName: { value: '甲', version: 5 } }, files: [] }
    const settled = applied(apply(mutation('settle', { path: 'employerName', value: '乙', base: 5 }), content))
    expect(settled.cells.employerName).toEqual({ value: '乙', version: 9 })
    expect(apply(mutation('settle', { path: 'employerName', value: '丙', base: 5 }), settled).outcome).toBe('conflict')
  })

  test.each([
    ['R38', initial, 'mainAchievements', 400],
    ['R39', initial, 'technicalSummary', 800],
    ['R83', review, 'workSummary', 2000],
  ] as const)(
    '[%s] a text at its limit is taken, one 字 more is refused and leaves what stood',
    (_, type, path, limit) => {
      const whole = '𠮷'.repeat(limit)
      const content = applied(apply(mutation('setField', { path, value: whole, base: 0 }), empty, { type }))
      const result = apply(mutation('setField', { path, value: `${whole}字`, base: 9 }), content, { type, version: 10 })
      expect(result).toMatchObject({
        outcome: 'refused',
        issue: { code: 'answer.too-long', path, params: { over: 1 } },
      })
      expect(content.cells[path]?.value).toBe(whole)
    },
  )

  test('[R7] the ID number is no cell: nobody can write it, in any type', () => {
    for (const type of [review, initial, reissue] as const) {
      const result = apply(mutation('setField', { path: 'idNumber', value: '321202199001010017', base: 0 }), empty, {
        type,
      })
      expect(result).toMatchObject({ outcome: 'refused', issue: { code: 'answer.locked' } })
    }
  })

  test('[S10] a path the catalogue does not have is refused', () => {
    for (const path of [
      'nothing',
      'employerName/x',
      `employerName/${ROW}`,
      `educations/${ROW}/nothing`,
      'constructor',
      '__proto__',
    ]) {
      const result = apply(mutation('setField', { path, value: 'x', base: 0 }), empty)
      expect(result.outcome, path).toBe('refused')
    }
  })

  test('[R31, S10] a code outside its list is refused', () => {
    const result = apply(mutation('setField', { path: 'exceptionType', value: 'WHATEVER', base: 0 }), empty)
    expect(result).toMatchObject({ outcome: 'refused', issue: { code: 'answer.not-in-list' } })
  })
})

describe('rows', () => {
  const add = (list: string, row: string, position = 1) => mutation('addRow', { path: `${list}/${row}`, position })

  test('[S5] two devices adding rows both keep theirs; adding the same row twice adds one', () => {
    const one = applied(apply(add('workHistory', uuid(101)), empty))
    const two = applied(apply(add('workHistory', uuid(102)), one))
    expect(assemble(two.cells, []).rows.workHistory).toHaveLength(2)
    expect(applied(apply(add('workHistory', uuid(101)), two))).toBe(two)
  })

  test('[R73, S5] a ninth row of 继续教育 is refused; a row removed makes room', () => {
    let content = empty
    for (let n = 0; n < 8; n++) content = applied(apply(add('continuingEducation', uuid(200 + n)), content))
    expect(apply(add('continuingEducation', uuid(208)), content)).toMatchObject({
      outcome: 'refused',
      issue: { code: 'answer.too-many-rows', params: { atMost: 8 } },
    })
    content = applied(
      apply(mutation('removeRow', { path: `continuingEducation/${uuid(200)}`, base: 9, files: [] }), content),
    )
    expect(apply(add('continuingEducation', uuid(208)), content).outcome).toBe('applied')
  })

  test('[R54, R55] a new row starts with what the catalogue says', () => {
    const content = applied(apply(add('educations', ROW), empty))
    expect(content.cells[`educations/${ROW}/completion`]).toEqual({ value: '1', version: 9 })
  })

  test('[S9] writing into a row that another device removed is refused with the reason', () => {
    const content = applied(
      apply(
        mutation('removeRow', { path: `workHistory/${ROW}`, base: 9, files: [] }),
        applied(apply(add('workHistory', ROW), empty)),
      ),
    )
    const result = apply(mutation('setField', { path: `workHistory/${ROW}/unit`, value: 'x', base: 0 }), content)
    expect(result).toMatchObject({ outcome: 'refused', issue: { code: 'answer.row-missing' } })
  })

  test('[R37, R69] a removed row takes its files with it; removing twice changes nothing', () => {
    const path = `educations/${ROW}`
    const content: Content = {
      ...applied(apply(add('educations', ROW), empty)),
      files: [file(`${path}/proof`, 1), file('idCard', 2)],
    }
    const removal = mutation('removeRow', { path, base: 9, files: [uuid(1)] })
    const removed = applied(apply(removal, content))
    expect(removed.files.map((one) => one.path)).toEqual(['idCard'])
    expect(applied(apply(removal, removed))).toBe(removed)
  })

  test('[S14] a row that holds a value or a file which its remover has not seen stays', () => {
    const path = `educations/${ROW}`
    const added = applied(apply(add('educations', ROW), empty))
    const typed = applied(
      apply(mutation('setField', { path: `${path}/school`, value: '扬州大学', base: 0 }), added, { version: 12 }),
    )
    const changed = { outcome: 'refused', issue: { code: 'sync.row-changed', path } }
    expect(apply(mutation('removeRow', { path, base: 11, files: [] }), typed)).toEqual(changed)
    expect(apply(mutation('removeRow', { path, base: 12, files: [] }), typed).outcome).toBe('applied')
    const filed = { ...typed, files: [file(`${path}/proof`, 1)] }
    expect(apply(mutation('removeRow', { path, base: 12, files: [] }), filed)).toEqual(changed)
    expect(apply(mutation('removeRow', { path, base: 12, files: [uuid(1)] }), filed).outcome).toBe('applied')
    const emptied = applied(
      apply(mutation('setField', { path: `${path}/school`, value: null, base: 12 }), typed, { version: 13 }),
    )
    expect(apply(mutation('removeRow', { path, base: 12, files: [] }), emptied).outcome).toBe('applied')
  })

  describe('[R66] a row of an earlier application', () => {
    const locked = { [ROW]: '2025 年评审' }
    const path = `educations/${ROW}`
    const content: Content = {
      cells: { [path]: { value: 1, version: 1 }, [`${path}/school`]: { value: '南京工业大学', version: 1 } },
      files: [file(`${path}/proof`, 1)],
    }

    test('cannot be changed', () => {
      const result = apply(mutation('setField', { path: `${path}/school`, value: '别的', base: 1 }), content, {
        locked,
      })
      expect(result).toMatchObject({ outcome: 'refused', issue: { code: 'answer.row-locked' } })
    })
    test('cannot be removed', () => {
      expect(apply(mutation('removeRow', { path, base: 9, files: [] }), content, { locked })).toMatchObject({
        issue: { code: 'answer.row-locked' },
      })
    })
    test('keeps its files, though more may be added (A17)', () => {
      const detach = mutation('detach', { path: `${path}/proof`, attachmentId: uuid(1) })
      expect(apply(detach, content, { locked })).toMatchObject({ issue: { code: 'answer.row-locked' } })
      const attach = mutation('attach', {
        path: `${path}/proof`,
        attachmentId: uuid(3),
        uploadId: 'u',
        name: '3.pdf',
        sha256: 'a'.repeat(64),
        position: 3,
      })
      expect(applied(apply(attach, content, { locked, file: file(`${path}/proof`, 3) })).files).toHaveLength(2)
    })
    test('[R68] can still be chosen as 本专业最高学历', () => {
      const mark = mutation('setField', { path: `${path}/isTopInSpecialty`, value: true, base: 0 })
      expect(apply(mark, content, { locked }).outcome).toBe('applied')
    })
  })
})

describe('files', () => {
  const attach = (path: string, n: number) =>
    mutation('attach', {
      path,
      attachmentId: uuid(n),
      uploadId: `u${n}`,
      name: `${n}.pdf`,
      sha256: 'a'.repeat(64),
      position: n,
    })

  test('[S1] attaching the same file twice attaches one', () => {
    const content = applied(apply(attach('idCard', 5), empty, { file: file('idCard', 5) }))
    expect(applied(apply(attach('idCard', 5), content, { file: file('idCard', 5) }))).toBe(content)
  })

  test('[R44] an eleventh file in a slot of ten is refused', () => {
    const content: Content = { cells: {}, files: Array.from({ length: 10 }, (_, n) => file('idCard', n + 1)) }
    expect(apply(attach('idCard', 11), content, { file: file('idCard', 11) })).toMatchObject({
      issue: { code: 'attachment.too-many-files', params: { atMost: 10 } },
    })
  })

  test('[R35, R62] a new photo takes the place of the old one', () => {
    const content: Content = { cells: {}, files: [file('photo', 1), file('idCard', 2)] }
    const replaced = applied(apply(attach('photo', 3), content, { file: file('photo', 3) }))
    expect(replaced.files.map(({ id }) => id)).toEqual([uuid(2), uuid(3)])
  })

  test('[R26] a slot of a row that is not saved takes nothing', () => {
    const path = `workHistory/${ROW}`
    const proof = `continuingEducation/${ROW}/proof`
    expect(apply(attach(proof, 1), empty, { file: file(proof, 1) })).toMatchObject({
      issue: { code: 'answer.row-missing' },
    })
    expect(apply(attach(`${path}/unit`, 1), empty)).toMatchObject({ issue: { code: 'answer.unknown-path' } })
  })

  test('[S10] a file the server does not know is not attached', () => {
    expect(apply(attach('idCard', 1), empty)).toMatchObject({ issue: { code: 'attachment.missing' } })
  })

  test('[R45] × removes one file and leaves the others; a second × changes nothing', () => {
    const content: Content = { cells: {}, files: [file('idCard', 1), file('idCard', 2)] }
    const left = applied(apply(mutation('detach', { path: 'idCard', attachmentId: uuid(1) }), content))
    expect(left.files.map(({ id }) => id)).toEqual([uuid(2)])
    expect(applied(apply(mutation('detach', { path: 'idCard', attachmentId: uuid(1) }), left))).toBe(left)
  })
})

describe('assembling', () => {
  test('one value changed gives what assembling all of them would', () => {
    const paths = [
      'employerName',
      'societies',
      `workHistory/${uuid(1)}/unit`,
      `workHistory/${uuid(2)}/unit`,
      'gone/x/y',
    ]
    const change = fc.record({ path: fc.constantFrom(...paths), value: fc.constantFrom('甲', '', null) })
    fc.assert(
      fc.property(fc.array(change), (changes) => {
        let cells: Content['cells'] = { [`workHistory/${uuid(1)}`]: { value: 1, version: 1 } }
        let answers = assemble(cells, [file('idCard', 1)])
        for (const { path, value } of changes) {
          cells = { ...cells, [path]: { value, version: 2 } }
          answers = withCell(answers, path, value)
        }
        expect(answers).toEqual(assemble(cells, [file('idCard', 1)]))
      }),
    )
  })

  test('one mutation applied gives what assembling everything would: its value, its file, its row', () => {
    const rows = [uuid(1), uuid(2)].map((id) => `workHistory/${id}`)
    const slots = ['idCard', 'photo', ...[uuid(3), uuid(4)].map((id) => `educations/${id}/proof`)]
    const one = fc.oneof(
      fc.record({
        row: fc.constantFrom(...rows, `educations/${uuid(3)}`, `educations/${uuid(4)}`),
        gone: fc.boolean(),
      }),
      fc.record({
        path: fc.constantFrom('employerName', ...rows.map((row) => `${row}/unit`)),
        value: fc.constant('甲'),
      }),
      fc.record({ slot: fc.constantFrom(...slots), n: fc.integer({ min: 1, max: 6 }), off: fc.boolean() }),
    )
    const as = (wish: Parameters<Parameters<typeof one.map>[0]>[0], content: Content): Mutation => {
      if ('path' in wish) return mutation('setField', { ...wish, base: content.cells[wish.path]?.version ?? 0 })
      if ('row' in wish)
        return wish.gone
          ? mutation('removeRow', { path: wish.row, base: Infinity, files: content.files.map(({ id }) => id) })
          : mutation('addRow', { path: wish.row, position: 1 })
      const { slot: path, n, off } = wish
      const attachmentId = content.files.filter((known) => known.path === path)[0]?.id ?? uuid(n)
      return off
        ? mutation('detach', { path, attachmentId })
        : mutation('attach', {
            path,
            attachmentId: uuid(n),
            uploadId: 'u',
            name: `${n}.pdf`,
            sha256: 'a'.repeat(64),
            position: n,
          })
    }
    const kinds = new Set<string>()
    fc.assert(
      fc.property(fc.array(one, { maxLength: 20 }), (wishes) => {
        let content = empty
        let answers = assemble(content.cells, content.files)
        for (const wish of wishes) {
          const typed = as(wish, content)
          const added = 'slot' in wish ? { file: file(wish.slot, wish.n) } : {}
          const result = apply(typed, content, added)
          if (result.outcome !== 'applied' || result.content === content) continue
          kinds.add(typed.kind)
          content = result.content
          answers = answersAfter(typed, answers, content, undefined)
          expect(answers).toEqual(assemble(content.cells, content.files))
        }
      }),
    )
    expect([...kinds].sort()).toEqual(['addRow', 'attach', 'detach', 'removeRow', 'setField'])
  })

  const rowCells = fc.uniqueArray(
    fc.record({ n: fc.integer({ min: 0, max: 20 }), position: fc.integer({ min: 0, max: 3 }) }),
    {
      selector: ({ n }) => n,
    },
  )

  test('[S6] rows stand by position, then by id, in whatever order the cells came', () => {
    fc.assert(
      fc.property(rowCells, fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })), (rows, random) => {
        const entries = rows.map(
          ({ n, position }) => [`workHistory/${uuid(n)}`, { value: position, version: 1 }] as const,
        )
        const shuffled = entries.map((entry) => ({ entry, key: random.next().value as number }))
        shuffled.sort((a, b) => a.key - b.key)
        const order = (cells: typeof entries) =>
          assemble(Object.fromEntries(cells), []).rows.workHistory?.map(({ id }) => id)
        const byHand = [...rows].sort((a, b) => a.position - b.position || a.n - b.n).map(({ n }) => uuid(n))
        expect(order(shuffled.map(({ entry }) => entry)) ?? []).toEqual(byHand)
        expect(order(entries) ?? []).toEqual(byHand)
      }),
    )
  })

  test('[S13] mutations on different cells give the same content in any order', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 }), (order) => {
        const all = [
          mutation('setField', { path: 'employerName', value: '甲', base: 0 }),
          mutation('setField', { path: 'societies', value: '乙', base: 0 }),
          mutation('addRow', { path: `workHistory/${uuid(1)}`, position: 1 }),
          mutation('addRow', { path: `workHistory/${uuid(2)}`, position: 2 }),
          mutation('setField', { path: 'foreignLanguage', value: '丙', base: 0 }),
        ]
        const run = (some: Mutation[]) => some.reduce((content, one) => applied(apply(one, content)), empty)
        const a = run(all)
        const b = run(order.map((at) => all[at]!))
        expect(assemble(a.cells, a.files)).toEqual(assemble(b.cells, b.files))
      }),
    )
  })

  test('[S7] files of a row that is gone are not shown', () => {
    const answers = assemble({ [`educations/${ROW}`]: { value: null } }, [file(`educations/${ROW}/proof`, 1)])
    expect(answers.files).toEqual({})
    expect(answers.rows.educations).toBeUndefined()
  })
})
