import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler'
import { expect, test } from 'vitest'
import { previewSubject } from '../../tests/world/paper-cases.ts'
import { composeData } from './compose.ts'
import { fontFiles, templateDirectory } from './fonts.ts'
import { breakable, printable } from './printable-text.ts'

/** What a cell may hold: Chinese, marks, numbers and Latin words, as people mix them. */
const piece = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...'建筑设计结构施工审核管理泰州市海陵区工程师职称申报') },
  { weight: 2, arbitrary: fc.constantFrom(...'，。、；：（）《》“”！？—…·〇々𬭎𠮷') },
  { weight: 1, arbitrary: fc.nat(20_000).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('2023.05', 'CN 32-1253/TU', 'AutoCAD', 'wwww', '（2/5）', ' ', '\n', '⸺') },
)
const cell = fc.record({
  text: fc.array(piece, { minLength: 1, maxLength: 60 }).map((pieces) => breakable(printable(pieces.join('')))),
  width: fc.integer({ min: 14, max: 110 }),
})

test('a row whose height is reckoned is as high as its text: nothing is cut, nothing laid over another', () => {
  const workspace = templateDirectory()
  const compiler = NodeCompiler.create({
    workspace,
    fontArgs: [{ fontBlobs: fontFiles().map((file) => readFileSync(file)) }],
  })
  const seed = Math.floor(Math.random() * 2 ** 31)
  const cells = fc
    .sample(cell, { seed, numRuns: 1500 })
    .filter(({ text }) => text.split('\n').every((line) => line.trim() !== ''))
  compiler.mapShadow(`${workspace}/data.json`, Buffer.from(JSON.stringify(composeData(previewSubject('materialList')))))
  compiler.mapShadow(`${workspace}/cells.json`, Buffer.from(JSON.stringify(cells)))
  const compiled = compiler.compile({
    mainFileContent: `
      #import "/paper.typ": *
      #set text(font: song, size: 9.5pt, lang: "zh", region: "cn", cjk-latin-spacing: none, hyphenate: false)
      #set par(leading: 0.5em, spacing: 0.5em, linebreaks: "simple")
      #context {
        let reckoned = 0
        let wrong = ()
        for (text, width) in json("/cells.json") {
          let height = set-row((text,), (width * 1mm,), 9.5pt, 0pt, (x: 1mm, y: 0pt), leading: 0.5).height
          if height == auto { continue }
          reckoned += 1
          let laid-out = measure(block(width: width * 1mm - 2mm, text)).height
          if calc.abs((height - laid-out).pt()) > 0.1 { wrong.push((text, width, height.pt(), laid-out.pt())) }
        }
        [#metadata((reckoned: reckoned, wrong: wrong)) <checked>]
      }`,
  })
  expect(compiled.takeDiagnostics()?.shortDiagnostics ?? []).toEqual([])
  const [checked] = compiler.query(compiled.result!, { selector: '<checked>' }) as [
    { value: { reckoned: number; wrong: unknown[] } },
  ]
  expect({ seed, wrong: checked.value.wrong }).toEqual({ seed, wrong: [] })
  // not because everything was left to be laid out
  expect(checked.value.reckoned).toBeGreaterThan(cells.length / 4)
})
