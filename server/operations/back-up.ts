import { join } from 'node:path'
import { WrongConfig, readConfig, says } from '#server/platform/config.ts'
import type { Config } from '#server/platform/config.ts'
import { createDiskFiles } from '#server/platform/files/disk.ts'
import { createS3Files } from '#server/platform/files/s3.ts'
import { BackupFailed, backUp, restore } from './backup.ts'

/**
 * `npm run backup -- FOLDER`: backs up the PostgreSQL of DATABASE_URL and all files, while the nodes work.
 * `npm run backup -- --restore FOLDER`: brings a back-up into the empty database of DATABASE_URL and the store of the
 * configuration, and checks every hash. Exit 0, or 1 with what is wrong.
 */
const filesOf = ({ s3, dataDir }: Config) => (s3 ? createS3Files(s3) : createDiskFiles(join(dataDir, 'files')))

async function main(): Promise<number> {
  const args = process.argv.slice(2)
  const restoring = args[0] === '--restore'
  const folder = args.at(restoring ? 1 : 0)
  if (!folder || args.length !== (restoring ? 2 : 1)) {
    throw new BackupFailed('用法：npm run backup -- [--restore] 文件夹。Usage: npm run backup -- [--restore] folder')
  }
  const config = readConfig(process.env)
  if (config.database.kind !== 'postgres') {
    throw new WrongConfig(
      says(
        'DATABASE_URL',
        '内置数据库请停止服务后整体复制 DATA_DIR',
        'is not set: stop the server and copy DATA_DIR as a whole to back up the embedded database',
      ),
    )
  }
  const { url } = config.database
  if (!restoring) {
    const { applications, files, bytes } = await backUp(url, filesOf(config), folder)
    console.log(
      `✓ 已备份 ${applications} 份申报、${files} 个文件（${(bytes / 2 ** 20).toFixed(1)} MB）。Backed up ${applications} applications, ${files} files.`,
    )
    return 0
  }
  const { applications, files, missing, auditFaults } = await restore(folder, url, filesOf(config))
  for (const sha256 of missing) console.error(`✗ 缺少文件 missing: ${sha256}`)
  for (const { chain, sequence, fault } of auditFaults) console.error(`✗ 审计 audit ${chain}:${sequence} ${fault}`)
  console.log(
    `✓ 已恢复 ${applications} 份申报、${files} 个文件。Restored ${applications} applications, ${files} files.`,
  )
  return missing.length + auditFaults.length === 0 ? 0 : 1
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof WrongConfig || error instanceof BackupFailed ? error.message : error)
    process.exit(1)
  },
)
