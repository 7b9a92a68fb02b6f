import { createHash } from 'node:crypto'

const block = Buffer.alloc(64 * 1024, 7)
const text = JSON.stringify(Array.from({ length: 200 }, (_, at) => ({ at, name: '泰州市职称', values: [at, at * 2] })))

/**
 * How fast this machine is at this moment: a fixed piece of work (64 KiB hashed, 12 kB of JSON read and written), times a
 * second on one core, for `milliseconds`. A figure divided by it can be compared with one of another hour.
 */
export function calibrate(milliseconds = 150): number {
  const began = performance.now()
  let pieces = 0
  while (performance.now() - began < milliseconds) {
    createHash('sha256').update(block).digest()
    JSON.stringify(JSON.parse(text))
    pieces += 1
  }
  return (pieces * 1000) / (performance.now() - began)
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** @param at from 0 to 1, e.g. 0.99 */
export const quantile = (values: readonly number[], at: number): number =>
  values.toSorted((a, b) => a - b)[Math.min(values.length - 1, Math.floor(values.length * at))] ?? Number.NaN

export const rounded = (value: number, digits = 1): number => Math.round(value * 10 ** digits) / 10 ** digits
