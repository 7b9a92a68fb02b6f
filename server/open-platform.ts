import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { passwordWork } from './accounts/password-hash.ts'
import { opensWith } from './accounts/rotate-keys.ts'
import { migrations } from './migrations/index.ts'
import { createMovableClock, systemClock } from './platform/clock.ts'
import { type Config, says, WrongConfig } from './platform/config.ts'
import { openDatabase } from './platform/database.ts'
import type { Dependencies } from './platform/environment.ts'
import { createDiskFiles } from './platform/files/disk.ts'
import { createS3Files } from './platform/files/s3.ts'
import { createJobQueue } from './platform/jobs.ts'
import { createLimiter } from './platform/limits.ts'
import type { Logger } from './platform/log.ts'
import { createMetrics } from './platform/metrics.ts'
import { migrate } from './platform/migrate.ts'
import { nodeName, thisNode } from './platform/node-name.ts'
import { createSecrets } from './platform/secrets.ts'
import { SlowStatements } from './platform/slow-statements.ts'
import type { Database } from './schema.ts'

/** One folder above the program, whether it is built or not. */
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
  version: string
}

/** Everything the rooms stand on, opened and up to date. */
export async function openPlatform(config: Config, log: Logger): Promise<Dependencies> {
  const metrics = createMetrics(version)
  const clock = config.e2e ? createMovableClock() : systemClock
  const secrets = createSecrets(config.secretKey)
  const slow = new SlowStatements(config.slowQueryMs, (one) => {
    log.warn(one, 'slow statement')
  })
  const database = await openDatabase<Database>(config.database, { slow, name: nodeName(thisNode(version)) })
  await migrate(database.db, migrations)
  if (!(await opensWith(database.db, secrets))) {
    await database.close()
    throw new WrongConfig(
      says(
        'SECRET_KEY',
        '不是加密这个数据库的密钥，请用原来的密钥，或先运行 npm run keys:rotate',
        'is not the key this database is sealed with: use the one before, or run npm run keys:rotate first',
      ),
    )
  }
  const jobs = createJobQueue(database, { log, metrics, clock })
  await jobs.prepare()
  metrics.gauge('passwords_waiting', 'Passwords that wait to be hashed or compared.', () => passwordWork.waiting)
  const files = config.s3 ? createS3Files(config.s3) : createDiskFiles(join(config.dataDir, 'files'))
  return {
    config,
    database,
    clock,
    files,
    jobs,
    limiter: createLimiter(database.db, secrets, clock),
    secrets,
    log,
    metrics,
  }
}
