import { ok, refuse, type Outcome } from '../problems.ts'
import { COMMON_WORDS } from './common-passwords.ts'

export const PASSWORD_AT_LEAST = 8
export const PASSWORD_AT_MOST = 64

/** From this length on a password may be of one kind of character: a sentence is strong without digits. */
const LONG_ENOUGH_FOR_ONE_KIND = 15

/** What others know about the owner, and what therefore must not stand in the password. */
export interface PasswordOwner {
  readonly idNumber?: string | undefined
  readonly mobile?: string | undefined
  readonly fullName?: string | undefined
  readonly email?: string | undefined
}

/** Why a password is refused, completing 密码太简单：… */
const WEAKNESS = {
  tooShort: (length: number) => `至少要 ${PASSWORD_AT_LEAST} 位，现在只有 ${length} 位`,
  idNumber: () => '含有身份证号或其中一段（如出生日期）',
  mobile: () => '含有手机号码或其中一段',
  name: () => '含有姓名',
  email: () => '含有邮箱名',
  repeated: () => '同样的字符重复太多',
  sequence: () => '是键盘或数字的顺序',
  common: () => '是常见密码',
  oneKind: () => `只有一种字符，请字母、数字混用，或用 ${LONG_ENOUGH_FOR_ONE_KIND} 位以上的一句话`,
} as const

/** Shortest run of digits that still tells who it is: a birthday is six, so is an area code. */
const PIECE = 6

/**
 * Checks a new password (§1.1, ASVS 6.2): 8–64 characters of any script and kind, nothing of the owner's ID number, mobile,
 * name or mail, no sequence, no repetition, no common password; shorter than 15, more than one kind of character.
 * NFC, so that one password typed on two phones is one; neither trimmed nor cut.
 * @returns the password to hash, or `identity.password-weak` with the reason, or `answer.too-long`
 */
export function parsePassword(typed: string, owner: PasswordOwner = {}): Outcome<string> {
  const password = normalizePassword(typed)
  const length = [...password].length
  if (length > PASSWORD_AT_MOST)
    return refuse('answer.too-long', { label: '密码', over: length - PASSWORD_AT_MOST, atMost: PASSWORD_AT_MOST })
  const weakness = weaknessOf(password, length, owner)
  return weakness ? refuse('identity.password-weak', { reason: WEAKNESS[weakness](length) }) : ok(password)
}

/** The form in which a password is hashed and compared, also at log-in. */
export function normalizePassword(typed: string): string {
  return typed.normalize('NFC')
}

function weaknessOf(password: string, length: number, owner: PasswordOwner): keyof typeof WEAKNESS | undefined {
  if (length < PASSWORD_AT_LEAST) return 'tooShort'
  const small = password.toLowerCase()
  if (containsPieceOf(small, owner.idNumber)) return 'idNumber'
  if (containsPieceOf(small, owner.mobile)) return 'mobile'
  const name = owner.fullName?.replace(/\s/g, '').toLowerCase() ?? ''
  if ([...name].length >= 2 && small.replace(/\s/g, '').includes(name)) return 'name'
  const mailbox = owner.email?.split('@')[0]?.toLowerCase() ?? ''
  if (mailbox.length >= 4 && small.includes(mailbox)) return 'email'
  if (new Set(small).size <= 3 || isRepetition(small)) return 'repeated'
  if (isWalk(small)) return 'sequence'
  if (isCommon(small)) return 'common'
  if (length < LONG_ENOUGH_FOR_ONE_KIND && /^(?:\d+|[a-z]+|[A-Z]+)$/.test(password)) return 'oneKind'
  return undefined
}

/** Six characters in a row of the number, anywhere in the password. */
function containsPieceOf(password: string, number: string | undefined): boolean {
  const small = number?.toLowerCase() ?? ''
  for (let start = 0; start + PIECE <= small.length; start++)
    if (password.includes(small.slice(start, start + PIECE))) return true
  return false
}

/** `abcabcabc`, `12341234`: one short piece over and over. */
function isRepetition(password: string): boolean {
  return /^(.{1,4})\1+$/u.test(password)
}

const WALKS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  'a1b2c3d4e5f6g7h8i9',
]
const BOTH_WAYS = WALKS.flatMap((walk) => [walk, [...walk].reverse().join('')])

/** `1qaz@WSX` is `1qaz2wsx` with a finger on Shift. */
const SHIFTED = ')!@#$%^&*('
const unshifted = (password: string) => password.replace(/[)!@#$%^&*(]/g, (sign) => String(SHIFTED.indexOf(sign)))

/** Shortest piece of a walk that is seen as one. */
const WALK_STEP = 4

/** The password is walks along the keyboard, the alphabet or the digits and at most two characters more: `abcd1234!`. */
function isWalk(password: string): boolean {
  let rest = unshifted(password)
  let loose = 0
  while (rest !== '') {
    const stride = longestWalk(rest)
    if (stride === 0) loose++
    rest = stride === 0 ? [...rest].slice(1).join('') : rest.slice(stride)
  }
  return loose <= 2
}

function longestWalk(text: string): number {
  const along = (length: number) => BOTH_WAYS.some((walk) => walk.includes(text.slice(0, length)))
  if (text.length < WALK_STEP || !along(WALK_STEP)) return 0
  let length = WALK_STEP
  while (length < text.length && along(length + 1)) length++
  return length
}

const LOOKALIKES: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
}

/**
 * A common word alone, whatever digits and signs stand around it: `Password123!`, `woaini1314`, `P@ssw0rd`.
 * Also digits that are common by themselves: `5201314520`.
 */
function isCommon(password: string): boolean {
  const trimmed = password.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '')
  const plain = (text: string) => text.replace(/[@4310!$57]/g, (sign) => LOOKALIKES[sign] ?? sign)
  return [password, trimmed, plain(password), plain(trimmed), plain(password.replace(/[\d\W_]+$/, ''))].some((form) =>
    COMMON_WORDS.has(form),
  )
}
