import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest()
const base64url = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64url')

/** CBOR of what an attestation needs: small and large byte strings, texts, whole numbers and maps of them (RFC 8949). */
function cbor(value: number | string | Uint8Array | Map<number | string, unknown>): Buffer {
  const head = (major: number, count: number) =>
    count < 24
      ? Buffer.from([(major << 5) | count])
      : count < 256
        ? Buffer.from([(major << 5) | 24, count])
        : Buffer.from([(major << 5) | 25, count >> 8, count & 255])
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value])
  const pairs = [...value].flatMap(([key, inner]) => [cbor(key), cbor(inner as Parameters<typeof cbor>[0])])
  return Buffer.concat([head(5, value.size), ...pairs])
}

const PRESENT = 0x01
const VERIFIED = 0x04
const ATTESTED = 0x40

/** A passkey in software (WebAuthn §6): what a phone does with a finger, without the finger. */
export class SoftwareKey {
  readonly id = base64url(randomBytes(32))
  readonly #pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly #origin: string
  counter = 0
  userHandle: string | undefined
  /** what it says of the person before it */
  flags = PRESENT | VERIFIED

  constructor(origin: string) {
    this.#origin = origin
  }

  #authData(more: Uint8Array = new Uint8Array(), flags = 0): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(this.counter)
    return Buffer.concat([sha256(new URL(this.#origin).hostname), Buffer.from([this.flags | flags]), count, more])
  }

  #clientData(type: string, challenge: string) {
    return JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false })
  }

  /** The answer to `navigator.credentials.create`. */
  create(options: { readonly challenge: string; readonly user: { readonly id: string } }) {
    this.userHandle = options.user.id
    const { x, y } = this.#pair.publicKey.export({ format: 'jwk' })
    const cose = new Map<number, number | Buffer>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x!, 'base64url')],
      [-3, Buffer.from(y!, 'base64url')],
    ])
    const id = Buffer.from(this.id, 'base64url')
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([id.length >> 8, id.length & 255]), id, cbor(cose)])
    const attestation = new Map<string, unknown>([
      ['fmt', 'none'],
      ['attStmt', new Map()],
      ['authData', this.#authData(attested, ATTESTED)],
    ])
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key' as const,
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(this.#clientData('webauthn.create', options.challenge)),
        attestationObject: base64url(cbor(attestation)),
        transports: ['internal'],
      },
    }
  }

  /** The answer to `navigator.credentials.get`. */
  get(options: { readonly challenge: string }) {
    this.counter++
    const authenticatorData = this.#authData()
    const clientDataJSON = this.#clientData('webauthn.get', options.challenge)
    const signed = Buffer.concat([authenticatorData, sha256(clientDataJSON)])
    return {
      id: this.id,
      rawId: this.id,
      type: 'public-key' as const,
      clientExtensionResults: {},
      response: {
        clientDataJSON: base64url(clientDataJSON),
        authenticatorData: base64url(authenticatorData),
        signature: base64url(createSign('sha256').update(signed).sign(this.#pair.privateKey)),
        ...(this.userHandle !== undefined && { userHandle: this.userHandle }),
      },
    }
  }
}
