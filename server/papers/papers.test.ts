import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { type ApplicationType, isField, isList, itemsOf } from '#domain/forms/application-type.ts'
import { applicationTypes } from '#domain/forms/index.ts'
import { facts } from '#domain/forms/test-world.ts'
import { anyAnswers } from '../../tests/world/any-answers.ts'
import { brokenProse, paperSubject, previewSubject, proseOf, reviewAnswers } from '../../tests/world/paper-cases.ts'
import { differenceOf, pagesOf, pngOf, readPng, textsOf } from '../../tests/world/paper-pages.ts'
import { photoOf } from '../../tests/world/pdf-files.ts'
import { rareCharacterIn, unprintable } from './actions.ts'
import { templateDirectory } from './fonts.ts'
import { paperKindIds, paperKinds } from './paper-kinds.ts'
import { stopTypesetting, typesetPaper } from './typesetting.ts'

const references = new URL('../../tests/fixtures/papers/', import.meta.url)
/** UPDATE_PAPERS=1 writes what is drawn now as the reference: look at each page before it is committed. */
const updating = process.env['UPDATE_PAPERS'] === '1'
const photo = photoOf(390, 567)
const withPhoto = (kind: keyof typeof paperKinds) => ('photo' in paperKinds[kind] ? photo : undefined)
const flat = (texts: readonly string[]) => texts.join('').replace(/[\s\u200b\ufffe]/g, '')
const wordsOf = async (pdf: Uint8Array) => flat(await textsOf(pdf))
const filledWith = (fields: Record<string, unknown>) =>
  ({ answers: { ...reviewAnswers, fields: { ...reviewAnswers.fields, ...fields } } }) as never

afterAll(stopTypesetting)

describe('documents', () => {
  test.each(paperKindIds)('%s looks as it was approved, page by page', async (kind) => {
    const { pdf } = await typesetPaper(paperSubject(kind), withPhoto(kind))
    const pages = await pagesOf(pdf, 60)
    for (const [index, page] of pages.entries()) {
      const file = new URL(`${kind}-${index + 1}.png`, references)
      if (updating) {
        mkdirSync(references, { recursive: true })
        writeFileSync(file, pngOf(page))
        continue
      }
      const { mean, plain } = differenceOf(page, await readPng(readFileSync(file)))
      expect.soft(mean, `${kind} page ${index + 1}`).toBeLessThan(1.5)
      expect.soft(plain, `${kind} page ${index + 1}`).toBeLessThan(0.002)
    }
    expect(existsSync(new URL(`${kind}-${pages.length + 1}.png`, references))).toBe(false)
  })

  test('the same application gives the same bytes, another one others', async () => {
    const digest = async (over?: Parameters<typeof paperSubject>[1]) =>
      createHash('sha256')
        .update((await typesetPaper(paperSubject('materialList', over))).pdf)
        .digest('hex')
    const once = await digest()
    expect(await digest()).toBe(once)
    expect(await digest({ number: '2026-P-01-000043' })).not.toBe(once)
  })

  test.each(['applicationForm', 'summarySheet', 'materialList'] as const)(
    '[R92] %s before the pre-review is marked as a preview on every page',
    async (kind) => {
      const { pdf } = await typesetPaper(previewSubject(kind), withPhoto(kind))
      const texts = (await textsOf(pdf)).map((text) => flat([text]))
      for (const text of texts) {
        expect(text).toContain('预览·仅供查看')
        expect(text).toContain('预审通过后方可打印正式版')
      }
    },
  )

  test('[R93] the official copy carries number and code on every page, and no mark', async () => {
    const { pdf, pages } = await typesetPaper(paperSubject('applicationForm'), photo)
    expect(pages).toBeGreaterThanOrEqual(8)
    for (const [index, text] of (await textsOf(pdf)).entries()) {
      expect(flat([text])).toContain('2026-P-01-000042')
      expect(flat([text])).toContain('7KQ2M4XWPB9TZ3HD')
      expect(flat([text])).toContain(`第${index + 1}页共${pages}页`)
      expect(text).not.toContain('预览')
    }
  })

  test('[R83][R84] 2000 字 with 200 line ends flow over pages, and not a letter is lost', async () => {
    const workSummary = brokenProse()
    expect([...workSummary]).toHaveLength(2000)
    expect(workSummary.split('\n').length - 1).toBeGreaterThanOrEqual(200)
    const { pdf } = await typesetPaper(paperSubject('applicationForm', filledWith({ workSummary })), photo)
    const words = await wordsOf(pdf)
    for (const line of workSummary.split('\n').slice(0, 200)) expect(words).toContain(line)
    expect(words.match(/续/g)!.length).toBeGreaterThanOrEqual(workSummary.match(/续/g)!.length)
  })

  test('[R84] a thousand blank lines cost no page', async () => {
    const plain = await typesetPaper(paperSubject('applicationForm', filledWith({ workSummary: ' 一。\n二。' })), photo)
    const blank = await typesetPaper(
      paperSubject('applicationForm', filledWith({ workSummary: `一。${'\n'.repeat(1000)}二。` })),
      photo,
    )
    expect(blank.pages).toBe(plain.pages)
  })

  test.each(Object.values(applicationTypes).map((type) => [type.id, type] as const))(
    'whatever can be filled in for %s prints, official and as a preview',
    async (of, type: ApplicationType) => {
      const seed = Math.floor(Math.random() * 2 ** 31)
      for (const answers of fc.sample(anyAnswers(type, facts), { seed, numRuns: 3 })) {
        for (const { id } of type.prints) {
          const over = { of, answers, facts }
          expect([seed, rareCharacterIn(answers)]).toEqual([seed, null])
          const { pdf, pages } = await typesetPaper(paperSubject(id, over), withPhoto(id))
          expect(pages).toBeGreaterThan(0)
          const words = await wordsOf(pdf)
          expect([seed, id, words.includes(flat([String(answers.fields['fullName'])]))]).toEqual([seed, id, true])
          await typesetPaper(previewSubject(id, over), withPhoto(id))
        }
      }
    },
    60_000,
  )

  test('thirty rows of 业绩 with the longest texts run on, each of them whole', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      id: `0190a0a0-0000-7000-8000-${String(index).padStart(12, '0')}`,
      position: index,
      values: {
        from: `20${String(10 + (index % 15))}-03`,
        to: null,
        projectName: `第${index + 1}项${proseOf(190).replaceAll('\n', '')}`,
        role: proseOf(100).replaceAll('\n', ''),
        rank: 2,
        teamSize: 5,
        awardsBenefit: `${proseOf(290).replaceAll('\n', '')}止${index + 1}`,
      },
    }))
    const answers = { ...reviewAnswers, rows: { ...reviewAnswers.rows, achievements: rows } }
    const form = await wordsOf((await typesetPaper(paperSubject('applicationForm', { answers }), photo)).pdf)
    const sheet = await typesetPaper(paperSubject('summarySheet', { answers }), photo)
    const continued = await wordsOf(sheet.pdf)
    for (const { values } of rows) {
      const end = values.awardsBenefit.slice(-6)
      expect(form).toContain(end)
      expect(continued).toContain(end)
    }
    expect(sheet.pages).toBeGreaterThan(1)
  })

  test.each(['𬭎', '𠮷', '㼆', '·'])('a name with %s prints with that character', async (character) => {
    expect(unprintable(`王${character}明`)).toEqual([])
    const { pdf } = await typesetPaper(paperSubject('receipt', filledWith({ fullName: `王${character}明` })))
    expect(await wordsOf(pdf)).toContain(`王${character}明`)
  })

  test('a character that no font has is found with its place, and invisible ones are no fault', () => {
    expect(unprintable('王𪚥明\u200b\ufe0f')).toEqual(['𪚥'])
    const answers = { ...reviewAnswers, fields: { ...reviewAnswers.fields, workSummary: '完成😀' } }
    expect(rareCharacterIn(answers)).toMatchObject({
      code: 'paper.rare-character',
      path: 'workSummary',
      params: { character: '😀' },
    })
    expect(rareCharacterIn(reviewAnswers)).toBeNull()
  })

  test('numbers and addresses longer than their cell break inside it', async () => {
    const email = `${'a'.repeat(60)}@example.com`
    const { pdf } = await typesetPaper(paperSubject('applicationForm', filledWith({ email })), photo)
    expect(await wordsOf(pdf)).toContain(email)
  })

  test('[R85] the personal half of 简介表 comes from the pages where it was filled in', async () => {
    const { pdf } = await typesetPaper(
      paperSubject('summarySheet', filledWith({ currentSpecialty: '桥梁结构设计' })),
      photo,
    )
    const words = await wordsOf(pdf)
    for (const word of ['桥梁结构设计', '张海燕', '南京工业大学', '结构所副所长', '土木工程'])
      expect(words).toContain(word)
  })

  test('[R86] the technical half of 简介表 has the five parts in the order of the manual', async () => {
    const words = await wordsOf((await typesetPaper(paperSubject('summarySheet'), photo)).pdf)
    const at = [
      '1.主要技术工作经历',
      '2.参加的技术项目',
      '3.在技术项目中发挥的作用',
      '4.取得的成果与效益',
      '5.发表或撰写论文',
    ].map((name) => words.indexOf(name))
    expect(at.every((place) => place >= 0)).toBe(true)
    expect([...at].sort((a, b) => a - b)).toEqual(at)
  })

  test('a unit’s name of 100 字 stands whole on 简介表, between its heading and its frame', async () => {
    const name = '泰州市高港区大泗镇农业技术推广与社会化综合服务中心'.repeat(4).slice(0, 100)
    const sheetOf = async (employerName: string) =>
      (await typesetPaper(paperSubject('summarySheet', filledWith({ employerName })), photo)).pdf
    const [long, short] = await Promise.all([sheetOf(name), sheetOf('泰州市建筑设计院')])
    expect(await wordsOf(long)).toContain(name)
    const [[one], [other]] = await Promise.all([pagesOf(long, 72), pagesOf(short, 72)])
    const strip = ({ width, pixels }: NonNullable<typeof one>, top: number, bottom: number) => ({
      width,
      height: bottom - top,
      pixels: pixels.slice(top * width, bottom * width),
    })
    // the margin with the heading, and the first rows inside the frame; points from the top
    for (const [top, bottom] of [[0, 56] as const, [102, 140] as const])
      expect(differenceOf(strip(one!, top, bottom), strip(other!, top, bottom)).plain).toBe(0)
  })

  test('简介表 is one sheet of A3, and on A4 the same at 70.7 %', async () => {
    const a3 = await typesetPaper(paperSubject('summarySheet'), photo)
    const a4 = await typesetPaper(paperSubject('summarySheet', { size: 'A4' }), photo)
    expect([a3.pages, a4.pages]).toEqual([1, 1])
    const [large] = await pagesOf(a3.pdf, 72)
    const [small] = await pagesOf(a4.pdf, 72)
    expect([large!.width, large!.height]).toEqual([1190, 841])
    expect([small!.width, small!.height]).toEqual([841, 595])
  })

  test('[R87] 材料目录 names every attachment under its line, in the order of the steps', async () => {
    const words = await wordsOf((await typesetPaper(paperSubject('materialList'))).pdf)
    const files = Object.values(reviewAnswers.files).flat()
    for (const { name } of files) expect(words).toContain(flat([name]))
    expect(words.indexOf('身份证正反面.pdf')).toBeLessThan(words.indexOf('本科毕业证.pdf'))
    expect(words).toContain('10.1')
  })

  test('[R56] the pledge can be had before anything is submitted, filled in and without a mark', async () => {
    const { pdf } = await typesetPaper({ ...previewSubject('pledge'), number: '' })
    const words = await wordsOf(pdf)
    expect(words).toContain('本人张海燕（身份证号：321203198512150021）')
    expect(words).not.toContain('预览')
  })

  test('[R105] the letter to a committee elsewhere names committee, person and title', async () => {
    const words = await wordsOf((await typesetPaper(paperSubject('entrustLetter'))).pdf)
    for (const word of ['泰州市建设工程中级专业技术资格评审委员会：', '张海燕', '321203198512150021', '工程师资格']) {
      expect(words).toContain(word)
    }
  })

  test('[R105] the letter says 现无专业技术资格 of who holds no title, also where the office has written its words', async () => {
    const fields = { ...reviewAnswers.fields, currentTitle: 'none', currentTitleDate: null }
    const answers = { ...reviewAnswers, fields }
    const written = { body: '{fullName} 同志现任{currentTitle}资格{currentTitleSince}。' }
    for (const texts of [undefined, written]) {
      const over = { answers, ...(texts && { texts }) }
      const words = await wordsOf((await typesetPaper(paperSubject('entrustLetter', over))).pdf)
      expect(words).toContain('现无专业技术资格')
      expect(words).not.toContain('现任')
    }
    const held = await wordsOf((await typesetPaper(paperSubject('entrustLetter'))).pdf)
    expect(held).toContain('现任助理工程师资格')
  })

  test('what the office wrote stands before what the system came with', async () => {
    const words = await wordsOf(
      (await typesetPaper(paperSubject('applicationForm', { texts: { issuer: '泰州市职称办公室印制' } }), photo)).pdf,
    )
    expect(words).toContain('泰州市职称办公室印制')
    expect(words).not.toContain('江苏省人力资源和社会保障厅制')
    expect(words).toContain('学历从高中填起')
  })

  test.each([
    ['review', 'application-form.typ'],
    ['initial', 'initial-form.typ'],
    ['reissue', 'reissue-form.typ'],
  ] as const)(
    'every field of %s with a place on paper stands in its template; the others print in the annex',
    (type, template) => {
      const read = (name: string) => readFileSync(join(templateDirectory(), name), 'utf8')
      const source = read(template) + (type === 'review' ? read('summary-sheet.typ') : '')
      const missing = itemsOf(applicationTypes[type]).filter((item) => {
        if (isField(item))
          return item.paper !== undefined && !source.includes(`"${item.id}"`) && !source.includes(`'${item.id}'`)
        return isList(item) && item.paper !== undefined && !source.includes(`"${item.id}"`)
      })
      expect(missing.map(({ id }) => id).filter((id) => id !== 'reissueReason')).toEqual([])
    },
  )
})
