import { opensWith, rotateKeys } from './accounts/rotate-keys.ts'
import { migrations } from './migrations/index.ts'
import { systemClock } from './platform/clock.ts'
import { WrongConfig, readConfig, says, secretKeyOf } from './platform/config.ts'
import { DirectoryInUse } from './platform/data-lock.ts'
import { openDatabase } from './platform/database.ts'
import { migrate } from './platform/migrate.ts'
import { createSecrets } from './platform/secrets.ts'
import type { Database } from './schema.ts'

/**
 * `SECRET_KEY=<now> SECRET_KEY_NEXT=<next> npm run keys:rotate`, with every node stopped: seals all ID numbers with the next key. Then the
 * nodes start with `SECRET_KEY=<next>`. Done twice it does nothing the second time. Web Push keys that were derived from the old key
 * change with it: set VAPID_PUBLIC_KEY and VAPID_PRIVATE_KEY to keep the subscriptions.
 */
async function rotate(): Promise<string> {
  const config = readConfig(process.env)
  const given = process.env['SECRET_KEY_NEXT']?.trim() ?? ''
  if (given.length < 32) {
    throw new WrongConfig(says('SECRET_KEY_NEXT', '至少 32 个字符', 'must have at least 32 characters'))
  }
  const from = createSecrets(config.secretKey)
  const to = createSecrets(secretKeyOf(given))
  const database = await openDatabase<Database>(config.database)
  try {
    await migrate(database.db, migrations)
    if (await opensWith(database.db, to)) return '✓ 已经是新密钥。Already sealed with the next key.'
    const count = await rotateKeys(database.db, { from, to, now: await systemClock.now(database.db) })
    return `✓ 已用新密钥重新加密 ${count} 个账号，请用新的 SECRET_KEY 启动。Sealed ${count} accounts anew.`
  } finally {
    await database.close()
  }
}

rotate().then(
  (line) => {
    console.log(line)
    process.exit(0)
  },
  (error: unknown) => {
    console.error(error instanceof WrongConfig || error instanceof DirectoryInUse ? error.message : error)
    process.exit(1)
  },
)
