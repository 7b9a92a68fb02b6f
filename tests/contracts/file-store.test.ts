import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bytesOf, contentKey } from '#server/platform/files/file-store.ts'
import { createDiskFiles, keepInFolder } from '#server/platform/files/disk.ts'
import { createS3Files, signed } from '#server/platform/files/s3.ts'
import { fileStoreContract } from './file-store.ts'
import { startS3 } from './s3-server.ts'

fileStoreContract('disk', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zhicheng-files-'))
  return { store: createDiskFiles(folder), close: () => rm(folder, { recursive: true, force: true }) }
})

test('what a thread keeps in the folder is what the store keeps there, also over what is there already', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'zhicheng-files-'))
  try {
    const bytes = new Uint8Array(new SharedArrayBuffer(70_000)).fill(7)
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    for (const _ of [1, 2]) keepInFolder(folder, [{ sha256, bytes }])
    const stored = await createDiskFiles(folder).get(contentKey(sha256))
    expect(Buffer.from(await bytesOf(stored!)).equals(bytes)).toBe(true)
    expect(await readdir(join(folder, '.half'))).toEqual([])
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

fileStoreContract('S3', async () => {
  const server = await startS3('files')
  return { store: createS3Files(server.config), close: server.close }
})

// The test server does not look at signatures in headers, so they are held against Amazon's own worked examples
// (Amazon S3 API Reference, “Signature Calculations for the Authorization Header”).
const example = {
  endpoint: 'https://examplebucket.s3.amazonaws.com',
  bucket: 'examplebucket',
  accessKey: 'AKIAIOSFODNN7EXAMPLE',
  secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  region: 'us-east-1',
}
const at = new Date('2013-05-24T00:00:00Z')
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

test.each([
  [
    'a part of an object',
    { method: 'GET', path: '/test.txt', headers: { range: 'bytes=0-9' }, digest: EMPTY },
    'f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
  ],
  [
    'an object stored',
    {
      method: 'PUT',
      path: '/test%24file.text',
      headers: { date: 'Fri, 24 May 2013 00:00:00 GMT', 'x-amz-storage-class': 'REDUCED_REDUNDANCY' },
      digest: '44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072',
    },
    '98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  ],
  [
    'a list by prefix',
    { method: 'GET', path: '/?max-keys=2&prefix=J', headers: {}, digest: EMPTY },
    '34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7',
  ],
])('the signature of %s is that of the published example', (_, { path, ...request }, signature) => {
  const headers = signed(example, { ...request, url: new URL(path, example.endpoint), at } as Parameters<
    typeof signed
  >[1])
  expect(headers['authorization']).toContain(`Signature=${signature}`)
})
