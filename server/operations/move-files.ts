import { join } from 'node:path'
import { WrongConfig, readConfig, says } from '#server/platform/config.ts'
import { DirectoryInUse } from '#server/platform/data-lock.ts'
import { openDatabase } from '#server/platform/database.ts'
import { createDiskFiles } from '#server/platform/files/disk.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import { moveFiles } from '#server/platform/files/move-files.ts'
import { createS3Files } from '#server/platform/files/s3.ts'
import type { Database } from '#server/schema.ts'

/**
 * `S3_ENDPOINT=… npm run files:move`: brings all files from `DATA_DIR/files` into the S3-compatible store and reads each back.
 * Broken off, it goes on where it stood. First while the nodes work, then once more with the nodes stopped; after that they
 * start with S3_ENDPOINT. Exit 0 when every file that the database knows is there, 1 when some are missing or damaged, 2 when
 * it could not be done.
 */
async function move(): Promise<number> {
  const config = readConfig(process.env)
  if (!config.s3) {
    throw new WrongConfig(
      says('S3_ENDPOINT', '请给出要搬到哪里（S3_*）', 'names where the files go: give the S3_ variables'),
    )
  }
  const target = createS3Files(config.s3)
  await target.check()
  let copies = 0
  const { copied, verified, bytes, damaged } = await moveFiles(
    createDiskFiles(join(config.dataDir, 'files')),
    target,
    () => {
      copies += 1
      if (copies % 1000 === 0) console.log(`… ${copies}`)
    },
  )
  for (const key of damaged) console.error(`✗ 文件已损坏 damaged: ${key}`)
  const database = await openDatabase<Database>(config.database)
  const missing: string[] = []
  try {
    const known = await database.db.selectFrom('storedFile').select('sha256').execute()
    for (const { sha256 } of known) if (!(await target.head(contentKey(sha256)))) missing.push(sha256)
  } finally {
    await database.close()
  }
  for (const sha256 of missing) console.error(`✗ 缺少文件 missing: ${sha256}`)
  const megabytes = (bytes / 2 ** 20).toFixed(1)
  console.log(
    `✓ 已核对 ${verified} 个文件（${megabytes} MB），其中新搬 ${copied} 个。Verified ${verified} files, ${copied} of them moved now.`,
  )
  return damaged.length + missing.length === 0 ? 0 : 1
}

move().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof WrongConfig || error instanceof DirectoryInUse ? error.message : error)
    process.exit(2)
  },
)
