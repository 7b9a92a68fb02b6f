/**
 * Fits the judge's weights (src/lib/scan/judge-weights.ts) on generated frames.
 *
 *   npx tsx tests/bench/train-judge.ts [--write]
 *
 * Needs the generator and what it depends on in bench:scan's folder (run bench:scan once). Frames: every class, seeds
 * below 1000; tables without a page; eight more kinds of table (more-backgrounds.ts). bench:scan uses other seeds.
 * The network ranks the candidates of one frame against each other (cross entropy against how near each is to the best)
 * and learns beside it how likely each covers the page (IoU at least 0.9). Without --write one frame in five is left out
 * of the fit and reported on; with --write all are used and the file is written.
 */
import { FRAME_LONG_SIDE } from '../../src/lib/scan/frame-size.ts'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { candidatesOf, quadOf } from '../../src/lib/scan/detect.ts'
import { readPicture } from '../../src/lib/scan/node-pictures.ts'
import { makePlanes } from '../../src/lib/scan/pixels.ts'
import { FEATURES } from '../../src/lib/scan/quad-features.ts'
import { MORE_BACKGROUNDS } from './more-backgrounds.ts'

const HIDDEN = 32
const EPOCHS = 60
const BATCH = 16
const STEP = 2048
const write = process.argv.includes('--write')
const work = path.join(tmpdir(), 'zhicheng-bench-scan')

interface Sample {
  readonly name: string
  readonly empty: boolean
  readonly ious: number[]
  readonly x: Float64Array
}

// ------------------------------------------------------------------ frames
const generator = readFileSync(path.join(work, 'gen.mjs'), 'utf8')
const patch = (name: string, edits: readonly (readonly [string, string])[]) => {
  let text = generator
  for (const [from, to] of edits) {
    if (!text.includes(from)) throw new Error(`the generator no longer holds: ${from}`)
    text = text.replace(from, to)
  }
  writeFileSync(path.join(work, name), text)
}
patch('gen-empty.mjs', [
  ['cover = e < -0.6 ? 0 : e > 0.6 ? 1 : (e + 0.6) / 1.2;', 'cover = 0;'],
  ['if (cover < 1) dim = cover', 'if (false) dim = cover'],
  ['const thumb = r.chance(0.14)', 'const thumb = r.chance(0)'],
])
patch('gen-more.mjs', [
  ["  if (cls === 'wood') wood();", `${MORE_BACKGROUNDS}  if (cls === 'wood') wood();`],
  ['export const CLASSES = [', "export const CLASSES = ['more', "],
])
const sets: { dir: string; empty?: boolean; args: string[] }[] = [
  { dir: 'fit-frames-1', args: ['gen.mjs', '--n', '24', '--from', '1'] },
  { dir: 'fit-frames-2', args: ['gen.mjs', '--n', '40', '--from', '101'] },
  { dir: 'fit-frames-3', args: ['gen.mjs', '--n', '60', '--from', '201'] },
  {
    dir: 'fit-empty',
    empty: true,
    args: ['gen-empty.mjs', '--n', '42', '--from', '301', '--classes', 'wood,white,cloth,dark,clutter,stone'],
  },
  { dir: 'fit-more', args: ['gen-more.mjs', '--n', '280', '--from', '401', '--classes', 'more'] },
  { dir: 'fit-white', args: ['gen.mjs', '--n', '90', '--from', '601', '--classes', 'white'] },
  { dir: 'fit-cloth', args: ['gen.mjs', '--n', '40', '--from', '701', '--classes', 'cloth,clutter'] },
]
const { iou } = (await import(pathToFileURL(path.join(work, 'harness.mjs')).href)) as {
  iou: (a: readonly { x: number; y: number }[], b: readonly { x: number; y: number }[], w: number, h: number) => number
}
const samples: Sample[] = []
for (const { dir, empty = false, args } of sets) {
  const folder = path.join(work, dir)
  if (!existsSync(folder))
    execFileSync('node', [...args, '--out', folder, '--size', 'video'], { cwd: work, stdio: 'inherit' })
  for (const file of readdirSync(folder)
    .filter((f) => f.endsWith('.json'))
    .sort()) {
    const name = file.slice(0, -5)
    const truth = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as {
      corners: { x: number; y: number }[]
      width: number
      height: number
    }
    const image = (await readPicture(readFileSync(path.join(folder, `${name}.jpg`))))!
    const planes = makePlanes(image, FRAME_LONG_SIDE)
    const { candidates, features } = candidatesOf(planes)
    if (!candidates.length) continue
    const ious = candidates.map((c) => {
      const quad = quadOf(c, planes).quad.map((p) => ({ x: p.x * planes.scaleX, y: p.y * planes.scaleY }))
      return empty ? 0 : iou(quad, truth.corners, truth.width, truth.height)
    })
    samples.push({ name: `${dir}/${name}`, empty, ious, x: Float64Array.from(features) })
  }
  console.log(dir, samples.length)
}

// ------------------------------------------------------------------ the fit
const left = write ? [] : samples.filter((_, i) => i % 5 === 0)
const fit = write ? samples : samples.filter((_, i) => i % 5 !== 0)
const mean = new Float64Array(FEATURES)
const gain = new Float64Array(FEATURES)
let count = 0
for (const s of fit) for (let k = 0; k < s.x.length; k++) mean[k % FEATURES]! += s.x[k]!
for (const s of fit) count += s.ious.length
for (let f = 0; f < FEATURES; f++) mean[f]! /= count
for (const s of fit) for (let k = 0; k < s.x.length; k++) gain[k % FEATURES]! += (s.x[k]! - mean[k % FEATURES]!) ** 2
// a weight must fit into 16 bits of 1/2048: gains stay below 16
for (let f = 0; f < FEATURES; f++) gain[f] = 1 / Math.max(1 / 15.9, Math.sqrt(gain[f]! / count))
for (const s of samples)
  for (let k = 0; k < s.x.length; k++)
    s.x[k] = Math.max(-4, Math.min(4, (s.x[k]! - mean[k % FEATURES]!) * gain[k % FEATURES]!))

let state = 12345
const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
const bias = HIDDEN * FEATURES
const out = bias + HIDDEN
const outBias = out + 2 * HIDDEN
const size = outBias + 2
const w = new Float64Array(size)
for (let i = 0; i < bias; i++) w[i] = normal() / Math.sqrt(FEATURES)
for (let i = out; i < outBias; i++) w[i] = normal() / Math.sqrt(HIDDEN)

function look(s: Sample): { hidden: Float64Array; rank: Float64Array; sure: Float64Array } {
  const n = s.ious.length
  const hidden = new Float64Array(n * HIDDEN)
  const rank = new Float64Array(n)
  const sure = new Float64Array(n)
  for (let c = 0; c < n; c++) {
    let r = w[outBias]!
    let q = w[outBias + 1]!
    for (let h = 0; h < HIDDEN; h++) {
      let a = w[bias + h]!
      for (let f = 0; f < FEATURES; f++) a += w[h * FEATURES + f]! * s.x[c * FEATURES + f]!
      a = a > 0 ? a : 0.05 * a
      hidden[c * HIDDEN + h] = a
      r += w[out + h]! * a
      q += w[out + HIDDEN + h]! * a
    }
    rank[c] = r
    sure[c] = 1 / (1 + Math.exp(-q))
  }
  return { hidden, rank, sure }
}

function addGradient(s: Sample, g: Float64Array): void {
  const { hidden, rank, sure } = look(s)
  const n = s.ious.length
  const top = Math.max(...rank)
  const p = rank.map((r) => Math.exp(r - top))
  const z = p.reduce((a, b) => a + b, 0)
  const best = Math.max(...s.ious)
  const target = s.ious.map((u) => Math.exp(-(best - u) * 50))
  const tz = target.reduce((a, b) => a + b, 0)
  for (let c = 0; c < n; c++) {
    const share = p[c]! / z
    const dr = best > 0.75 && !s.empty ? share - target[c]! / tz : 0
    const truth = s.ious[c]! >= 0.92 ? 1 : s.ious[c]! > 0.88 ? 0.5 : 0
    const ds = (0.25 / n + share) * (sure[c]! - truth)
    if (Math.abs(dr) + Math.abs(ds) < 1e-5) continue
    g[outBias]! += dr
    g[outBias + 1]! += ds
    for (let h = 0; h < HIDDEN; h++) {
      const a = hidden[c * HIDDEN + h]!
      g[out + h]! += dr * a
      g[out + HIDDEN + h]! += ds * a
      const d = (dr * w[out + h]! + ds * w[out + HIDDEN + h]!) * (a <= 0 ? 0.05 : 1)
      g[bias + h]! += d
      for (let f = 0; f < FEATURES; f++) g[h * FEATURES + f]! += d * s.x[c * FEATURES + f]!
    }
  }
}

const first = new Float64Array(size)
const second = new Float64Array(size)
let step = 0
for (let epoch = 0; epoch < EPOCHS; epoch++) {
  const order = fit.map((_, i) => i)
  for (let i = order.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[order[i], order[j]] = [order[j]!, order[i]!]
  }
  const rate = 0.003 * (0.5 + 0.5 * Math.cos((Math.PI * epoch) / EPOCHS)) + 1e-5
  for (let i = 0; i < order.length; i += BATCH) {
    const batch = order.slice(i, i + BATCH)
    const g = new Float64Array(size)
    for (const k of batch) addGradient(fit[k]!, g)
    step++
    for (let k = 0; k < size; k++) {
      // decay of weights, not of biases
      const decay = k < bias || (k >= out && k < outBias) ? 3e-4 * w[k]! : 0
      const d = g[k]! / batch.length + decay
      first[k] = 0.9 * first[k]! + 0.1 * d
      second[k] = 0.999 * second[k]! + 0.001 * d * d
      w[k]! -= (rate * (first[k]! / (1 - 0.9 ** step))) / (Math.sqrt(second[k]! / (1 - 0.999 ** step)) + 1e-8)
    }
  }
}

for (const [label, list] of [
  ['fitted', fit],
  ['left out', left],
] as const) {
  const pages = list.filter((s) => !s.empty)
  if (!pages.length) continue
  const chosen = list.map((s) => {
    const { rank, sure } = look(s)
    const k = rank.indexOf(Math.max(...rank))
    return { iou: s.ious[k]!, sure: sure[k]!, empty: s.empty }
  })
  const share = (bar: number) => chosen.filter((c) => !c.empty && c.iou >= bar).length / pages.length
  const wrong = chosen.filter((c) => !c.empty && c.iou < 0.9)
  console.log(
    label,
    pages.length,
    `>=0.90 ${share(0.9).toFixed(3)} >=0.95 ${share(0.95).toFixed(3)} wrong and sure ${wrong.filter((c) => c.sure >= 0.9).length}/${wrong.length}`,
    `empty and sure ${chosen.filter((c) => c.empty && c.sure >= 0.9).length}/${list.length - pages.length}`,
  )
}

if (write) {
  const all = [...mean, ...gain, ...w].map((v) => Math.max(-32768, Math.min(32767, Math.round(v * STEP))))
  const bytes = Buffer.alloc(all.length * 2)
  all.forEach((v, i) => bytes.writeInt16LE(v, i * 2))
  writeFileSync(
    path.resolve(import.meta.dirname, '../../src/lib/scan/judge-weights.ts'),
    `/** Weights of the judge (judge.ts), written by tests/bench/train-judge.ts. Do not edit by hand. */\nexport const HIDDEN = ${HIDDEN}\nexport const WEIGHTS =\n  '${bytes.toString('base64')}'\n`,
  )
}
