/**
 * The trained judge: a small network (one hidden layer) that says which candidate is the page, and how sure it is.
 * It was fitted on generated photos by tests/bench/train-judge.ts; its weights are data in judge-weights.ts.
 */
import { FEATURES } from './quad-features.ts'
import { HIDDEN, WEIGHTS } from './judge-weights.ts'

/** Weights are 16-bit steps of 1/2048, little-endian, in base64. */
const STEP = 1 / 2048

interface Network {
  readonly mean: Float32Array
  readonly gain: Float32Array
  readonly hidden: Float32Array
  readonly bias: Float32Array
  readonly rank: Float32Array
  readonly sure: Float32Array
  readonly rankBias: number
  readonly sureBias: number
}

let network: Network | undefined

function load(): Network {
  const text = atob(WEIGHTS)
  const all = new Float32Array(text.length / 2)
  for (let i = 0; i < all.length; i++) {
    const v = text.charCodeAt(i * 2) | (text.charCodeAt(i * 2 + 1) << 8)
    all[i] = (v > 32767 ? v - 65536 : v) * STEP
  }
  let at = 0
  const take = (n: number) => all.subarray(at, (at += n))
  const mean = take(FEATURES)
  const gain = take(FEATURES)
  const hidden = take(FEATURES * HIDDEN)
  const bias = take(HIDDEN)
  const rank = take(HIDDEN)
  const sure = take(HIDDEN)
  const [rankBias, sureBias] = take(2) as unknown as [number, number]
  return { mean, gain, hidden, bias, rank, sure, rankBias, sureBias }
}

export interface Verdict {
  readonly index: number
  /** Probability that this candidate covers the page (IoU at least 0.9), as the network sees it. */
  readonly confidence: number
}

/** Judges `count` candidates described by FEATURES numbers each; best first. */
export function judgeCandidates(features: Float32Array, count: number): Verdict[] {
  const n = (network ??= load())
  const x = new Float32Array(FEATURES)
  const out: { index: number; rank: number; confidence: number }[] = []
  for (let c = 0; c < count; c++) {
    for (let f = 0; f < FEATURES; f++) {
      const v = (features[c * FEATURES + f]! - n.mean[f]!) * n.gain[f]!
      x[f] = v < -4 ? -4 : v > 4 ? 4 : v
    }
    let rank = n.rankBias
    let sure = n.sureBias
    for (let h = 0; h < HIDDEN; h++) {
      let s = n.bias[h]!
      const o = h * FEATURES
      for (let f = 0; f < FEATURES; f++) s += n.hidden[o + f]! * x[f]!
      const a = s > 0 ? s : 0.05 * s
      rank += n.rank[h]! * a
      sure += n.sure[h]! * a
    }
    out.push({ index: c, rank, confidence: 1 / (1 + Math.exp(-sure)) })
  }
  return out.sort((a, b) => b.rank - a.rank)
}
