import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { verifyAudit } from './platform/audit.ts'
import type { AuditAnchor, AuditFault } from './platform/audit.ts'
import { WrongConfig, readConfig } from './platform/config.ts'
import { DirectoryInUse } from './platform/data-lock.ts'
import { openDatabase } from './platform/database.ts'
import type { Database } from './schema.ts'

/**
 * `npm run audit:verify [-- --anchors <file>]`: walks the audit's chains. Exit 0 when they fit, 1 with the places where they do not, 2
 * when they could not be read. With `--anchors` the heads are also held against those kept there, and today's are added: kept on another
 * machine, the file shows even an audit that somebody wrote anew from its first row.
 */

const WORDS: Record<AuditFault['fault'], string> = {
  changed: '被改动 changed',
  missing: '缺失 missing',
  added: '多出 added',
  rewritten: '整链被重写 rewritten since the anchor',
}

function anchorFile(args: readonly string[]): string | undefined {
  if (args.length === 0) return undefined
  if (args.length === 2 && args[0] === '--anchors') return args[1]
  throw new WrongConfig(
    '用法：npm run audit:verify [-- --anchors 文件]。Usage: npm run audit:verify [-- --anchors file].',
  )
}

const anchorsIn = (file: string): AuditAnchor[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .flatMap((line) => (JSON.parse(line) as { anchors: AuditAnchor[] }).anchors)
    : []

async function verify(): Promise<number> {
  const file = anchorFile(process.argv.slice(2))
  const config = readConfig(process.env)
  const { db, close } = await openDatabase<Database>(config.database)
  try {
    const { faults, events, anchors } = await verifyAudit(db, file ? anchorsIn(file) : [])
    for (const { chain, sequence, fault } of faults) console.error(`✗ ${chain}:${sequence} ${WORDS[fault]}`)
    if (faults.length > 0) return 1
    if (file) appendFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), anchors })}\n`)
    console.log(`✓ 审计日志完整：${events} 条。The audit is whole: ${events} events.`)
    return 0
  } finally {
    await close()
  }
}

verify().then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof WrongConfig || error instanceof DirectoryInUse ? error.message : error)
    process.exit(2)
  },
)
