import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type { Logger } from 'pino'

/** Keys whose values never reach the log, at any depth we use. */
const SECRET_KEYS = [
  'password',
  'newPassword',
  'temporaryPassword',
  'passwordHash',
  'token',
  'code',
  'answer',
  'captcha',
  'cookie',
  'authorization',
  'idNumber',
  'fullName',
  'name',
  'mobile',
  'contactMobile',
  'contactName',
  'email',
  'ip',
  'userAgent',
  'text',
  'value',
  'answers',
  'DATABASE_URL',
  'SECRET_KEY',
  'secretKey',
  'accessKey',
  'privateKey',
  'parameters',
  'query',
  'detail',
  'where',
] as const

/** `code` is a secret in a body but the most useful word of an error; errors pass through `errorFacts`, which keeps it. */
const redactPaths = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`])

/** Personal numbers written into a sentence: 18-digit ID numbers and mobiles. */
const PERSONAL = /\d{17}[\dXx]|(?<!\d)1[3-9]\d{9}(?!\d)/g

/** Masks ID numbers and mobiles in free text, such as a database's message that quotes the row it refused. */
export const withoutPersonalNumbers = (text: string): string => text.replace(PERSONAL, '***')

/** What an error says without the values it was about. */
function errorFacts(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: withoutPersonalNumbers(String(error)) }
  const { name: type, message, stack, cause } = error
  const sqlState = (error as { code?: unknown }).code
  return {
    type,
    message: withoutPersonalNumbers(message),
    ...(sqlState !== undefined && { errorCode: String(sqlState) }),
    ...(stack && { stack: withoutPersonalNumbers(stack) }),
    ...(cause !== undefined && { cause: errorFacts(cause) }),
  }
}

/** One JSON line a fact, to standard output. Ids, codes and times; nothing about a person. */
export function createLog(level: string = 'info', destination?: DestinationStream): Logger {
  const options = {
    level,
    base: undefined,
    messageKey: 'message',
    redact: { paths: redactPaths, censor: '***' },
    serializers: { error: errorFacts, err: errorFacts },
    formatters: { level: (label: string) => ({ level: label }) },
    timestamp: pino.stdTimeFunctions.isoTime,
  }
  return destination ? pino(options, destination) : pino(options)
}
