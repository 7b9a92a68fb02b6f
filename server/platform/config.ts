import { createECDH, hkdfSync, randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join, resolve } from 'node:path'
import * as v from 'valibot'
import { readClamdAddress } from './clamd.ts'
import type { ClamdAddress } from './clamd.ts'

/** Hours of the day in Shanghai in which nobody is woken by an SMS: `from` in the evening, `until` in the morning, HH:MM. */
export interface QuietHours {
  readonly from: string
  readonly until: string
}

/** What the environment says, checked. Nothing else in the server reads `process.env`. */
export interface Config {
  readonly port: number
  readonly host: string
  readonly dataDir: string
  readonly database:
    { readonly kind: 'postgres'; readonly url: string } | { readonly kind: 'pglite'; readonly directory: string }
  /** Scheme, host and port under which people reach us, without a slash at the end. */
  readonly publicOrigin: string
  readonly s3: S3Config | undefined
  /** A ClamAV daemon that looks at every upload; without it files are checked by their structure alone. */
  readonly clamd?: ClamdAddress | undefined
  readonly sms: { readonly provider: 'console' } | AliyunSmsConfig
  /** undefined: SMS of notices go out at any hour. Codes and passwords always do. */
  readonly quietHours: QuietHours | undefined
  /** Web Push keys in base64url: given, or derived from the secret key so that all nodes agree. */
  readonly vapid: { readonly publicKey: string; readonly privateKey: string; readonly subject: string }
  /** 32 bytes from which every other secret is derived (`secrets.ts`). */
  readonly secretKey: Uint8Array
  /** Whether an empty database is filled with the demonstration world. */
  readonly demo: boolean
  readonly e2e: boolean
  /** Statements that take so many ms or more are logged and shown to the administrator. */
  readonly slowQueryMs?: number
}

export interface S3Config {
  readonly endpoint: string
  readonly bucket: string
  readonly accessKey: string
  readonly secretKey: string
  readonly region: string
}

export interface AliyunSmsConfig {
  readonly provider: 'aliyun'
  readonly endpoint: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly signName: string
  /** registered texts by template code; `${name}` marks a variable */
  readonly templates: Readonly<Record<string, string>>
  /** yuan for one piece of 70 characters */
  readonly unitPrice: number
  /** yuan that one day may cost */
  readonly dailyBudget: number
}

/** Says which variables are wrong, one sentence in two languages each. */
export class WrongConfig extends Error {
  override readonly name = 'WrongConfig'
}

/** One fault of one variable, in both languages. */
export const says = (name: string, chinese: string, english: string) => `${name}：${chinese}。${name} ${english}.`
const flag = (name: string) =>
  v.optional(
    v.pipe(
      v.picklist(['', '0', '1'], says(name, '只能是 0 或 1', 'must be 0 or 1')),
      v.transform((text) => (text === '' ? undefined : text === '1')),
    ),
  )
const text = v.pipe(v.string(), v.trim())
/** A variable set to nothing is a variable not set: that is what `X=` in a compose file means. */
const optionalText = v.optional(
  v.pipe(
    text,
    v.transform((given) => given || undefined),
  ),
)

function parsedUrl(given: string): URL | undefined {
  try {
    return new URL(given)
  } catch {
    return undefined
  }
}

const isHttpOrigin = (given: string) => {
  const url = parsedUrl(given)
  return (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.pathname === '/' &&
    !url.search &&
    !url.hash &&
    !url.username
  )
}

const ALIYUN_SMS = 'https://dysmsapi.aliyuncs.com'

function readTemplateTexts(given: string): Record<string, string> | undefined {
  try {
    const read = v.safeParse(
      v.record(v.pipe(v.string(), v.minLength(1)), v.pipe(v.string(), v.minLength(1))),
      JSON.parse(given),
    )
    return read.success ? read.output : undefined
  } catch {
    return undefined
  }
}

/** An amount of money; set to nothing it is the usual one. */
const yuan = (name: string, usually: string) =>
  v.optional(
    v.pipe(
      text,
      v.transform((given) => given || usually),
      v.regex(/^\d{1,6}(\.\d{1,4})?$/, says(name, '要是金额（元），如 0.05', 'must be an amount in yuan, like 0.05')),
      v.transform(Number),
    ),
    usually,
  )

const environmentSchema = v.object({
  PORT: v.optional(
    v.pipe(
      text,
      v.regex(/^\d{1,5}$/, says('PORT', '要是 0 到 65535 的整数', 'must be a whole number from 0 to 65535')),
      v.transform(Number),
      v.maxValue(65535, says('PORT', '要是 0 到 65535 的整数', 'must be a whole number from 0 to 65535')),
    ),
    '3000',
  ),
  HOST: v.optional(
    v.pipe(
      text,
      v.regex(/^[A-Za-z0-9.:-]+$/, says('HOST', '要是主机名或 IP 地址', 'must be a host name or an IP address')),
    ),
    // The demonstration world has passwords that everybody knows, so nobody else's machine is let in unless asked.
    '127.0.0.1',
  ),
  DATA_DIR: v.optional(v.pipe(text, v.nonEmpty(says('DATA_DIR', '不能为空', 'must not be empty'))), './data'),
  DATABASE_URL: v.optional(
    v.pipe(
      text,
      v.check(
        (given) => given === '' || /^postgres(ql)?:$/.test(parsedUrl(given)?.protocol ?? ''),
        says(
          'DATABASE_URL',
          '要像 postgres://用户:密码@主机:5432/库名',
          'must look like postgres://user:password@host:5432/name',
        ),
      ),
      v.transform((given) => given || undefined),
    ),
  ),
  PUBLIC_ORIGIN: v.optional(
    v.pipe(
      text,
      v.check(
        (given) => given === '' || isHttpOrigin(given),
        says(
          'PUBLIC_ORIGIN',
          '要像 https://zc.example.cn，后面不带路径',
          'must look like https://zc.example.cn, without a path',
        ),
      ),
      v.transform((given) => (given ? new URL(given).origin : undefined)),
    ),
  ),
  S3_ENDPOINT: v.optional(
    v.pipe(
      text,
      v.check(
        (given) => given === '' || isHttpOrigin(given),
        says('S3_ENDPOINT', '要像 https://s3.example.cn', 'must look like https://s3.example.cn'),
      ),
      v.transform((given) => (given ? new URL(given).origin : undefined)),
    ),
  ),
  CLAMD: v.optional(
    v.pipe(
      text,
      v.check(
        (given) => given === '' || readClamdAddress(given) !== undefined,
        says(
          'CLAMD',
          '要像 127.0.0.1:3310 或 /run/clamav/clamd.ctl',
          'must look like 127.0.0.1:3310 or /run/clamav/clamd.ctl',
        ),
      ),
      v.transform((given) => (given === '' ? undefined : readClamdAddress(given))),
    ),
  ),
  S3_BUCKET: optionalText,
  S3_ACCESS_KEY: optionalText,
  S3_SECRET_KEY: optionalText,
  S3_REGION: v.optional(
    v.pipe(
      text,
      v.transform((given) => given || 'us-east-1'),
    ),
    'us-east-1',
  ),
  SMS_PROVIDER: v.optional(
    v.pipe(
      v.picklist(
        ['', 'console', 'aliyun'],
        says('SMS_PROVIDER', '只能是 console 或 aliyun', 'must be console or aliyun'),
      ),
      v.transform((given) => given || 'console'),
    ),
    'console',
  ),
  ALIYUN_SMS_ACCESS_KEY_ID: optionalText,
  ALIYUN_SMS_ACCESS_KEY_SECRET: optionalText,
  ALIYUN_SMS_SIGN_NAME: optionalText,
  ALIYUN_SMS_TEMPLATES: v.optional(
    v.pipe(
      text,
      v.check(
        (given) => given === '' || readTemplateTexts(given) !== undefined,
        says(
          'ALIYUN_SMS_TEMPLATES',
          '要是 JSON，像 {"SMS_1":"您的临时密码是 ${password}，…"}',
          'must be JSON like {"SMS_1":"您的临时密码是 ${password}，…"}',
        ),
      ),
      v.transform((given) => (given === '' ? undefined : readTemplateTexts(given))),
    ),
  ),
  ALIYUN_SMS_ENDPOINT: v.optional(
    v.pipe(
      text,
      v.check(
        (given) => given === '' || isHttpOrigin(given),
        says(
          'ALIYUN_SMS_ENDPOINT',
          '要像 https://dysmsapi.aliyuncs.com',
          'must look like https://dysmsapi.aliyuncs.com',
        ),
      ),
      v.transform((given) => (given ? new URL(given).origin : ALIYUN_SMS)),
    ),
    ALIYUN_SMS,
  ),
  SMS_UNIT_PRICE: yuan('SMS_UNIT_PRICE', '0.05'),
  SMS_DAILY_BUDGET: yuan('SMS_DAILY_BUDGET', '500'),
  SMS_QUIET_HOURS: v.optional(
    v.pipe(
      text,
      v.regex(
        /^$|^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/,
        says(
          'SMS_QUIET_HOURS',
          '要像 22:00-07:00，留空表示不分时段',
          'must look like 22:00-07:00, or be empty for none',
        ),
      ),
    ),
    '22:00-07:00',
  ),
  SLOW_QUERY_MS: v.optional(
    v.pipe(
      text,
      v.transform((given) => given || '500'),
      v.regex(/^\d{1,6}$/, says('SLOW_QUERY_MS', '要是毫秒数，如 500', 'must be milliseconds, like 500')),
      v.transform(Number),
    ),
    '500',
  ),
  VAPID_PUBLIC_KEY: optionalText,
  VAPID_PRIVATE_KEY: optionalText,
  VAPID_SUBJECT: optionalText,
  SECRET_KEY: v.optional(
    v.pipe(
      text,
      v.check(
        (given) => given === '' || given.length >= 32,
        says(
          'SECRET_KEY',
          '至少 32 个字符，可用 openssl rand -base64 48 生成',
          'must have at least 32 characters; make one with: openssl rand -base64 48',
        ),
      ),
      v.transform((given) => given || undefined),
    ),
  ),
  DEMO: flag('DEMO'),
  E2E: flag('E2E'),
})

const isLoopback = (host: string) => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

/**
 * Reads and checks the environment. Throws WrongConfig naming everything that is wrong with it, not only the first.
 * With the embedded database and no SECRET_KEY a key is made once and kept in `DATA_DIR/secret-key`.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const parsed = v.safeParse(environmentSchema, environment)
  if (!parsed.success) throw new WrongConfig([...new Set(parsed.issues.map(({ message }) => message))].join('\n'))
  const given = parsed.output
  const faults: string[] = []

  if (given.E2E && !isLoopback(given.HOST)) {
    faults.push(
      says(
        'E2E',
        `E2E=1 会放宽验证码和时钟，只能在本机使用，现在 HOST=${given.HOST}，请改为 127.0.0.1`,
        `opens the captcha and the clock and is refused unless HOST is a loopback address; HOST is ${given.HOST}`,
      ),
    )
  }
  const s3Names = ['S3_BUCKET', 'S3_ACCESS_KEY', 'S3_SECRET_KEY'] as const
  if (given.S3_ENDPOINT) {
    for (const name of s3Names) {
      if (!given[name]) faults.push(says(name, '设了 S3_ENDPOINT 就要一起给出', 'is needed because S3_ENDPOINT is set'))
    }
  }
  const aliyunNames = [
    'ALIYUN_SMS_ACCESS_KEY_ID',
    'ALIYUN_SMS_ACCESS_KEY_SECRET',
    'ALIYUN_SMS_SIGN_NAME',
    'ALIYUN_SMS_TEMPLATES',
  ] as const
  if (given.SMS_PROVIDER === 'aliyun') {
    for (const name of aliyunNames) {
      if (given[name] === undefined)
        faults.push(says(name, 'SMS_PROVIDER=aliyun 时必须给出', 'is needed because SMS_PROVIDER is aliyun'))
    }
  }
  if (!given.VAPID_PUBLIC_KEY !== !given.VAPID_PRIVATE_KEY) {
    const missing = given.VAPID_PUBLIC_KEY ? 'VAPID_PRIVATE_KEY' : 'VAPID_PUBLIC_KEY'
    faults.push(says(missing, '公钥和私钥要一起给出', 'is missing: the two VAPID keys come together'))
  }
  if (given.DATABASE_URL && !given.SECRET_KEY) {
    faults.push(
      says(
        'SECRET_KEY',
        '用 DATABASE_URL 时必须给出，所有节点相同，可用 openssl rand -base64 48 生成',
        'is needed with DATABASE_URL, the same on all nodes; make one with: openssl rand -base64 48',
      ),
    )
  }
  if (faults.length > 0) throw new WrongConfig(faults.join('\n'))

  const dataDir = resolve(given.DATA_DIR)
  const secretKey = given.SECRET_KEY ? secretKeyOf(given.SECRET_KEY) : keptSecretKey(dataDir)
  const publicOrigin = given.PUBLIC_ORIGIN ?? `http://localhost:${given.PORT}`
  return {
    port: given.PORT,
    host: given.HOST,
    dataDir,
    database: given.DATABASE_URL
      ? { kind: 'postgres', url: given.DATABASE_URL }
      : { kind: 'pglite', directory: join(dataDir, 'database') },
    publicOrigin,
    clamd: given.CLAMD,
    s3: given.S3_ENDPOINT
      ? {
          endpoint: given.S3_ENDPOINT,
          bucket: given.S3_BUCKET!,
          accessKey: given.S3_ACCESS_KEY!,
          secretKey: given.S3_SECRET_KEY!,
          region: given.S3_REGION,
        }
      : undefined,
    sms:
      given.SMS_PROVIDER === 'aliyun'
        ? {
            provider: 'aliyun',
            endpoint: given.ALIYUN_SMS_ENDPOINT,
            accessKeyId: given.ALIYUN_SMS_ACCESS_KEY_ID!,
            accessKeySecret: given.ALIYUN_SMS_ACCESS_KEY_SECRET!,
            signName: given.ALIYUN_SMS_SIGN_NAME!,
            templates: given.ALIYUN_SMS_TEMPLATES!,
            unitPrice: given.SMS_UNIT_PRICE,
            dailyBudget: given.SMS_DAILY_BUDGET,
          }
        : { provider: 'console' },
    quietHours: quietHoursOf(given.SMS_QUIET_HOURS),
    vapid: {
      ...(given.VAPID_PUBLIC_KEY
        ? { publicKey: given.VAPID_PUBLIC_KEY, privateKey: given.VAPID_PRIVATE_KEY! }
        : derivedVapidKeys(secretKey)),
      subject:
        given.VAPID_SUBJECT ?? (publicOrigin.startsWith('https:') ? publicOrigin : 'mailto:push@localhost.invalid'),
    },
    secretKey,
    demo: given.DEMO ?? !given.DATABASE_URL,
    e2e: given.E2E ?? false,
    slowQueryMs: given.SLOW_QUERY_MS,
  }
}

function quietHoursOf(given: string): QuietHours | undefined {
  const [from, until] = given.split('-')
  return from && until ? { from, until } : undefined
}

/** The 32 bytes that a SECRET_KEY stands for. */
export const secretKeyOf = (given: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', given, '', 'zhicheng secret key', 32))

/** The key in DATA_DIR/secret-key (base64), made at the first start: without it the sealed columns cannot be read again. */
function keptSecretKey(dataDir: string): Uint8Array {
  const file = join(dataDir, 'secret-key')
  if (!existsSync(file)) {
    try {
      mkdirSync(dataDir, { recursive: true })
      const handle = openSync(file, 'wx', 0o600)
      writeSync(handle, `${randomBytes(32).toString('base64')}\n`)
      fsyncSync(handle)
      closeSync(handle)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new WrongConfig(says('DATA_DIR', `不能写入 ${dataDir}`, `cannot be written: ${dataDir}`))
      }
    }
  }
  const key = Buffer.from(readFileSync(file, 'utf8').trim(), 'base64')
  if (key.length !== 32) {
    throw new WrongConfig(
      says('SECRET_KEY', `${file} 内容不对，请恢复备份`, `cannot be read from ${file}; restore it from a backup`),
    )
  }
  return new Uint8Array(key)
}

function derivedVapidKeys(secretKey: Uint8Array): { publicKey: string; privateKey: string } {
  const pair = createECDH('prime256v1')
  // A 256-bit number is outside the curve's range about once in 2^32: then the next one is taken.
  for (let attempt = 0; ; attempt++) {
    try {
      const key = Buffer.from(hkdfSync('sha256', secretKey, '', `vapid ${attempt}`, 32))
      pair.setPrivateKey(key)
      // not `getPrivateKey`: it leaves out zeros at the front, and 31 bytes are no key to a push service
      return { publicKey: pair.getPublicKey('base64url'), privateKey: key.toString('base64url') }
    } catch {
      continue
    }
  }
}
