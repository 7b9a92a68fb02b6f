import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { S3Config } from '#server/platform/config.ts'

/** What we use of s3rver, which comes without types. */
type S3rver = new (options: object) => { run(): Promise<{ port: number }>; close(): Promise<void> }

/** An S3-compatible server with one empty bucket in a folder of its own, on a free port or the one given. */
export async function startS3(bucket: string, at = 0): Promise<{ config: S3Config; close(): Promise<void> }> {
  const S3 = createRequire(import.meta.url)('s3rver') as S3rver
  const directory = await mkdtemp(join(tmpdir(), 'zhicheng-s3-'))
  const server = new S3({
    port: at,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: bucket }],
  })
  const { port } = await server.run()
  return {
    config: {
      endpoint: `http://127.0.0.1:${port}`,
      bucket,
      accessKey: 'S3RVER',
      secretKey: 'S3RVER',
      region: 'us-east-1',
    },
    close: async () => {
      await server.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
