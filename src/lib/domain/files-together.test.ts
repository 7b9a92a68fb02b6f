import { expect, test } from 'vitest'
import {
  groupsThatFit,
  MANIFEST_BYTES,
  manifestBytes,
  readManifest,
  TOGETHER_AT_MOST,
  TOGETHER_BYTES,
} from './files-together.ts'

const manifest = {
  applicationId: '0190f5a0-0000-7000-8000-000000000001',
  files: [{ path: 'idCard', name: '身份证.pdf', sha256: 'a'.repeat(64), size: 3 }],
}

test('a manifest is read as it was written, in front of whatever follows, also from memory that threads share', () => {
  const head = manifestBytes(manifest)
  const shared = new Uint8Array(new SharedArrayBuffer(head.length + 10), 7)
  shared.set(head)
  expect(readManifest(shared)).toEqual({ manifest, from: head.length })
})

test.each([
  ['nothing', new Uint8Array()],
  ['half a length', new Uint8Array([0, 0])],
  ['a length beyond the body', new Uint8Array([0, 0, 0, 9, 123, 125])],
  ['a length beyond what a manifest may have', new Uint8Array(MANIFEST_BYTES + 100).fill(1)],
  ['no JSON', new Uint8Array([0, 0, 0, 2, 123, 123])],
  ['no text', new Uint8Array([0, 0, 0, 2, 255, 254])],
])('%s is no manifest', (_, bytes) => expect(readManifest(bytes)).toBeNull())

test('groups keep the order, and none is more than one request carries; what is too large for any goes by itself', () => {
  const sizes = [300, 300, 300, 300, 500, 500, 1100, 10, 10, 1100].map((size) => size * 1024)
  const groups = (atMost?: number) =>
    groupsThatFit(sizes, (size) => size, atMost).map((group) => group.map((size) => size / 1024))
  expect(groups()).toEqual([[300, 300, 300, 300, 500], [500], [1100], [10, 10], [1100]])
  expect(groups(700 * 1024)).toEqual([[300, 300], [300, 300], [500], [500], [1100], [10, 10], [1100]])
  const small = Array.from({ length: 2 * TOGETHER_AT_MOST + 1 }, () => 1)
  expect(groupsThatFit(small, (size) => size).map(({ length }) => length)).toEqual([
    TOGETHER_AT_MOST,
    TOGETHER_AT_MOST,
    1,
  ])
  const half = (TOGETHER_BYTES - MANIFEST_BYTES) / 2
  expect(groupsThatFit([half, half], (size) => size)).toHaveLength(1)
  expect(groupsThatFit([half, half, 1], (size) => size)).toHaveLength(2)
})
