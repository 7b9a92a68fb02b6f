import { pino } from 'pino'
import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { demoAccountLines, demoPeople, DEMO_PASSWORD } from '#server/demo/people.ts'

/** Where every server of a test run writes what it logs, at the finest level; `tests/logs.ts` reads it at the end of the run. */
export const logFolder = fileURLToPath(new URL('../../node_modules/.cache/test-logs', import.meta.url))

/** A file of its own for one server. */
export function newLogFile(): string {
  mkdirSync(logFolder, { recursive: true })
  return join(logFolder, `unit-${process.pid}-${Math.random().toString(36).slice(2, 10)}.log`)
}

/** Written at once: a test that ends early loses no line. */
export const logTo = (file: string) => pino.destination({ dest: file, sync: true })

export const logFiles = (): string[] => readdirSync(logFolder).map((name) => join(logFolder, name))

/** What must stand in no line, with the name under which it is reported. */
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  [
    'an ID number',
    /(?<![0-9a-f])[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9a-f])/i,
  ],
  ['a mobile', /(?<![0-9a-f.-])1[3-9]\d{9}(?![0-9a-f])/i],
  ['a password hash', /\$argon2/],
  ['a session token', /\b(?:__Host-)?sid=[\w-]{20,}/],
  ['the secret key', /SECRET_KEY["'=:]+[^*"'\s]/],
  ['a temporary password', /临时密码是\s*[a-z0-9]{6,}/],
  ['an e-mail', /[\w.+-]+@(?!localhost)[\w-]+\.[a-z]{2,}/i],
]

/** The passwords that tests and walks type. */
const PASSWORDS = [
  DEMO_PASSWORD,
  'Lv-shu-cheng-yin-26',
  'Xin-mi-ma-hen-chang-7',
  'Not-the-password-1',
  'Haichuan-2026-feng',
  'Qingshan-2026-yue',
]
const NAMES = [...new Set(demoPeople.map(({ fullName }) => fullName))]

/** The console names the accounts of the demonstration world, whose people do not exist: those very lines are no leak. */
const spoken = new Set(demoAccountLines())

/** What a line gives away, by name; nothing for a clean one. `more` are values that only this run knows. */
export function leaksIn(line: string, more: readonly string[] = []): string[] {
  if (spoken.has(line)) return []
  return [
    ...PATTERNS.flatMap(([name, pattern]) => (pattern.test(line) ? [name] : [])),
    ...(PASSWORDS.some((password) => line.includes(password)) ? ['a password'] : []),
    ...(NAMES.some((name) => line.includes(name)) ? ['a name'] : []),
    ...(more.some((value) => line.includes(value)) ? ['a value of this run'] : []),
  ]
}
