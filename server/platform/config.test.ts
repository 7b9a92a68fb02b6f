import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readConfig, WrongConfig } from './config.ts'

const folder = mkdtempSync(join(tmpdir(), 'zhicheng-config-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const config = (changes: Record<string, string> = {}) => readConfig({ DATA_DIR: folder, ...changes })
const SECRET_KEY = 'x'.repeat(32)
const DATABASE_URL = 'postgres://u:p@db.example:5432/zc'

const aliyun = {
  SMS_PROVIDER: 'aliyun',
  ALIYUN_SMS_ACCESS_KEY_ID: 'key',
  ALIYUN_SMS_ACCESS_KEY_SECRET: 'secret',
  ALIYUN_SMS_SIGN_NAME: '泰州职称',
  ALIYUN_SMS_TEMPLATES: '{"SMS_1":"验证码 ${code}。"}',
}

test('the gateway for SMS is set whole, with a price and a budget that can be left out', () => {
  expect(config(aliyun).sms).toEqual({
    provider: 'aliyun',
    endpoint: 'https://dysmsapi.aliyuncs.com',
    accessKeyId: 'key',
    accessKeySecret: 'secret',
    signName: '泰州职称',
    templates: { SMS_1: '验证码 ${code}。' },
    unitPrice: 0.05,
    dailyBudget: 500,
  })
  const dearer = config({ ...aliyun, SMS_UNIT_PRICE: '0.08', SMS_DAILY_BUDGET: '20' }).sms
  expect(dearer).toMatchObject({ unitPrice: 0.08, dailyBudget: 20 })
})

test('an empty environment is the embedded default on this machine alone, with the demonstration world', () => {
  expect(config()).toMatchObject({
    port: 3000,
    host: '127.0.0.1',
    publicOrigin: 'http://localhost:3000',
    database: { kind: 'pglite', directory: join(folder, 'database') },
    s3: undefined,
    sms: { provider: 'console' },
    demo: true,
    e2e: false,
  })
})

test('the secret key is made once, readable by its owner alone, and all keys follow from it', () => {
  const [first, second] = [config(), config()]
  expect(first.secretKey).toEqual(second.secretKey)
  expect(first.vapid).toEqual(second.vapid)
  expect(Buffer.from(first.vapid.publicKey, 'base64url')).toHaveLength(65)
  expect(Buffer.from(first.vapid.privateKey, 'base64url')).toHaveLength(32)
  expect(statSync(join(folder, 'secret-key')).mode & 0o777).toBe(0o600)
  expect(config({ SECRET_KEY }).secretKey).not.toEqual(first.secretKey)
})

test('a variable set to nothing is a variable not set', () => {
  const empty = {
    DATABASE_URL: '',
    PUBLIC_ORIGIN: '',
    S3_ENDPOINT: '',
    S3_BUCKET: '',
    SECRET_KEY: '',
    DEMO: '',
    E2E: '',
    VAPID_PUBLIC_KEY: '',
  }
  expect(config(empty)).toEqual(config())
})

test('with PostgreSQL the demonstration is off unless asked for', () => {
  expect(config({ DATABASE_URL, SECRET_KEY }).demo).toBe(false)
  expect(config({ DATABASE_URL, SECRET_KEY, DEMO: '1' }).demo).toBe(true)
  expect(config({ DEMO: '0' }).demo).toBe(false)
})

test.each([
  ['PORT', { PORT: '70000' }],
  ['PORT', { PORT: 'http' }],
  ['HOST', { HOST: 'a b' }],
  ['DATABASE_URL', { DATABASE_URL: 'mysql://x/y' }],
  ['PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'https://zc.example.cn/app' }],
  ['PUBLIC_ORIGIN', { PUBLIC_ORIGIN: 'zc.example.cn' }],
  ['S3_BUCKET', { S3_ENDPOINT: 'https://s3.example.cn', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 'b' }],
  ['SMS_PROVIDER', { SMS_PROVIDER: 'pigeon' }],
  ['ALIYUN_SMS_ACCESS_KEY_ID', { ...aliyun, ALIYUN_SMS_ACCESS_KEY_ID: '' }],
  ['ALIYUN_SMS_ACCESS_KEY_SECRET', { ...aliyun, ALIYUN_SMS_ACCESS_KEY_SECRET: ' ' }],
  ['ALIYUN_SMS_SIGN_NAME', { ...aliyun, ALIYUN_SMS_SIGN_NAME: '' }],
  ['ALIYUN_SMS_TEMPLATES', { ...aliyun, ALIYUN_SMS_TEMPLATES: '' }],
  ['ALIYUN_SMS_TEMPLATES', { ...aliyun, ALIYUN_SMS_TEMPLATES: '{"SMS_1": 2}' }],
  ['ALIYUN_SMS_ENDPOINT', { ...aliyun, ALIYUN_SMS_ENDPOINT: 'dysmsapi' }],
  ['SMS_DAILY_BUDGET', { ...aliyun, SMS_DAILY_BUDGET: 'much' }],
  ['VAPID_PRIVATE_KEY', { VAPID_PUBLIC_KEY: 'x' }],
  ['SECRET_KEY', { SECRET_KEY: 'short' }],
  ['SECRET_KEY', { DATABASE_URL }],
  ['DEMO', { DEMO: 'yes' }],
  ['E2E', { E2E: '1', HOST: '0.0.0.0' }],
  ['E2E', { E2E: '1', HOST: '10.0.0.1' }],
])('%s names itself when it is wrong', (name, changes) => {
  expect(() => config(changes as never)).toThrow(WrongConfig)
  expect(() => config(changes as never)).toThrow(new RegExp(`^${name}：[\\s\\S]*${name} \\w`))
})

test('everything that is wrong is said at once', () => {
  expect(() => config({ PORT: 'x', DEMO: '2' })).toThrow(/PORT[\s\S]*DEMO/)
})

test.each(['127.0.0.1', 'localhost', '::1', '127.1.2.3'])('E2E=1 is allowed on %s', (HOST) => {
  expect(config({ E2E: '1', HOST }).e2e).toBe(true)
})
