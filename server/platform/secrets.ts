import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto'

/** Keys and seals derived from SECRET_KEY, one for each purpose, so that one leak is not all. */
export interface Secrets {
  /** 32 bytes for a purpose, always the same. */
  key(purpose: string): Uint8Array
  /** HMAC-SHA-256 in base64url: a blind index, the digest of a code. */
  mac(purpose: string, text: string): string
  /** AES-256-GCM as text. `about` (e.g. the row's id) binds it to its place: it must be the same to open it. */
  seal(purpose: string, text: string, about?: string): string
  /** The text; throws if it was changed, or sealed for another purpose or place. */
  open(purpose: string, sealed: string, about?: string): string
}

const VERSION = 'v1'
const NONCE = 12
const TAG = 16

export function createSecrets(secretKey: Uint8Array): Secrets {
  const keys = new Map<string, Uint8Array>()
  const key = (purpose: string): Uint8Array => {
    let derived = keys.get(purpose)
    if (!derived) {
      derived = new Uint8Array(hkdfSync('sha256', secretKey, '', `zhicheng ${purpose}`, 32))
      keys.set(purpose, derived)
    }
    return derived
  }
  return {
    key,
    mac: (purpose, text) =>
      createHmac('sha256', key(`mac ${purpose}`))
        .update(text, 'utf8')
        .digest('base64url'),
    seal: (purpose, text, about = '') => {
      const nonce = randomBytes(NONCE)
      const cipher = createCipheriv('aes-256-gcm', key(`seal ${purpose}`), nonce).setAAD(Buffer.from(about))
      const bytes = Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
      // The version stands in front so that the key or the cipher can be changed row by row.
      return `${VERSION}.${bytes.toString('base64url')}`
    },
    open: (purpose, sealed, about = '') => {
      const [version, body] = sealed.split('.')
      if (version !== VERSION || !body) throw new Error('Not a sealed text of a known version')
      const bytes = Buffer.from(body, 'base64url')
      const decipher = createDecipheriv('aes-256-gcm', key(`seal ${purpose}`), bytes.subarray(0, NONCE), {
        authTagLength: TAG,
      })
      decipher.setAAD(Buffer.from(about)).setAuthTag(bytes.subarray(-TAG))
      return decipher.update(bytes.subarray(NONCE, -TAG), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}
