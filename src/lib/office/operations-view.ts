import type { InferResponseType } from 'hono/client'
import type { api } from '$lib/session/api.ts'

export type OperationsAnswer = InferResponseType<typeof api.operations.$get, 200>
type JobName = OperationsAnswer['jobs'][number]['name']
type Channel = OperationsAnswer['messages'][number]['channel']

/** What the background work is called; a new kind of job asks for its name here. */
export const jobWords = {
  'notices.deliver': '发通知短信',
  'notices.push': '发推送',
  'notices.send-sms': '发验证码和密码短信',
  'notices.receipts': '取短信回执',
  'notices.remind': '截止前提醒',
  'applications.tick': '到期流转',
  'papers.make': '制作正式文书',
  'attachments.sweep': '清理没传完的附件',
  'accounts.recover': '找回密码',
  'accounts.sweep': '清理过期登录',
  'accounts.close': '注销到期的账号',
  'platform.sweep': '清理过期限制',
} as const satisfies Record<JobName, string>

export const channelWords = { sms: '短信', push: '推送' } as const satisfies Record<Channel, string>

const STEPS = ['KB', 'MB', 'GB', 'TB'] as const

/** Space on a disk, in the unit that keeps the number short: `412 MB`, `1.3 GB`. What is not known is —. */
export function spaceText(bytes: number | null): string {
  if (bytes === null) return '—'
  let value = bytes / 1024
  let step = 0
  while (value >= 1000 && step < STEPS.length - 1) {
    value /= 1024
    step += 1
  }
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${STEPS[step]}`
}

/** How long something has gone on: `3 天 4 小时`, `5 小时 12 分`, `40 秒`. */
export function spanText(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000))
  if (seconds < 60) return `${seconds} 秒`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} 分`
  const hours = Math.floor(minutes / 60)
  if (hours < 24) return `${hours} 小时 ${minutes % 60} 分`
  return `${Math.floor(hours / 24)} 天 ${hours % 24} 小时`
}

export type Health = 'ok' | 'warn' | 'err'

/** Below a tenth the disk is short; below a fiftieth uploads will soon be refused. */
export function healthOfDisk({ diskFree, disk }: OperationsAnswer['space']): Health | undefined {
  if (diskFree === null || disk === null || disk === 0) return undefined
  const free = diskFree / disk
  return free < 0.02 ? 'err' : free < 0.1 ? 'warn' : 'ok'
}

export interface Part {
  readonly name: string
  readonly kind: string
  readonly health: Health
  readonly says: string
}

/** What the program stands on, each with whether it works and what that was seen by. */
export function partsOf({ ready }: OperationsAnswer): readonly Part[] {
  const answered = (name: string, kind: string, ms: number | null): Part =>
    ms === null
      ? { name, kind, health: 'err', says: '没有应答' }
      : { name, kind, health: ms > 1000 ? 'warn' : 'ok', says: `${ms} 毫秒应答` }
  const { oldestSeconds, late } = ready.queue
  return [
    answered('数据库', ready.database.kind === 'pglite' ? '内置' : 'PostgreSQL', ready.database.ms),
    answered('文件', ready.files.kind === 'disk' ? '本机磁盘' : 'S3', ready.files.ms),
    {
      name: '后台任务',
      kind: '任务队列',
      health: late ? 'err' : 'ok',
      says:
        oldestSeconds === null
          ? '没有应答'
          : oldestSeconds < 1
            ? '没有积压'
            : `最早的任务已等 ${spanText(oldestSeconds * 1000)}`,
    },
  ]
}
