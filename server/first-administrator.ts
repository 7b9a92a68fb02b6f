import { createInterface } from 'node:readline'
import { timeInShanghai } from '#domain/working-days.ts'
import { wordsOf } from '#domain/problems.ts'
import { problems } from '#domain/server-problems.ts'
import { createFirstAdministrator } from './accounts/staff.ts'
import { openPlatform } from './open-platform.ts'
import { readConfig, WrongConfig } from './platform/config.ts'
import { DirectoryInUse } from './platform/data-lock.ts'
import { createLog } from './platform/log.ts'

/**
 * `npm run staff:first`: asks who the first administrator is, in a system that has none, and prints a temporary password. The
 * answers may also come as four lines of the standard input. The embedded database must not be in use by a server.
 */
const QUESTIONS = [
  ['fullName', '姓名 name'],
  ['idNumber', '身份证号 ID number'],
  ['mobile', '手机号码 mobile'],
  ['email', 'E-mail'],
] as const

async function answers(): Promise<Record<(typeof QUESTIONS)[number][0], string>> {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
  const given: Record<string, string> = {}
  for (const [name, question] of QUESTIONS) {
    if (process.stdin.isTTY) process.stderr.write(`${question}: `)
    given[name] = String((await lines.next()).value ?? '').trim()
  }
  return given as Record<(typeof QUESTIONS)[number][0], string>
}

async function main(): Promise<number> {
  const config = readConfig(process.env)
  const platform = await openPlatform(config, createLog('warn'))
  try {
    const made = await createFirstAdministrator(platform, await answers())
    if (!made.ok) {
      for (const one of made.issues ?? [made]) console.error(`✗ ${wordsOf(one, problems).detail}`)
      return 1
    }
    const { password, until } = made.value
    console.log(`✓ 临时密码 temporary password: ${password}`)
    console.log(
      `  ${timeInShanghai(until.toISOString())} 前有效，登录后请立即修改。Good until then; change it at the first sign-in.`,
    )
    return 0
  } finally {
    await platform.jobs.stop()
    await platform.database.close()
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof WrongConfig || error instanceof DirectoryInUse ? error.message : error)
    process.exit(1)
  },
)
