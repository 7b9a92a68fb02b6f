/** One message for one mobile of the mainland. */
export interface Sms {
  /** Our own id of the message, given to the provider so that a message sent twice is recognised. */
  readonly id: string
  /** 11 digits */
  readonly mobile: string
  readonly text: string
  /** A try since this instant did not say how it ended: the message may have gone out, and must not go out twice. */
  readonly triedSince?: Date
}

/** What became of a message that the provider took over. */
export type SmsReceipt =
  { readonly state: 'waiting' | 'delivered' } | { readonly state: 'failed'; readonly code: string }

/** What messages cost, in yuan. */
export interface SmsCost {
  readonly perPiece: number
  /** No more is spent in one day (Asia/Shanghai). */
  readonly perDay: number
  /** what the gateway puts before each text, in `【…】`: it is paid for too */
  readonly signature?: string
}

/**
 * Sends SMS. `send` gives the provider's own number of the message once it has taken it over. It throws `SmsRefused` when the message will
 * never be taken, and anything else when it may be later: then the job comes again. Every implementation passes
 * tests/contracts/sms-provider.ts.
 */
export interface SmsProvider {
  readonly name: string
  /** Without it, messages cost nothing. */
  readonly cost?: SmsCost
  send(sms: Sms): Promise<{ readonly providerId: string }>
  /** Asks what became of a message; not there where the provider cannot know. */
  receiptOf?(sent: {
    readonly id: string
    readonly mobile: string
    readonly providerId: string
    readonly sentAt: Date
  }): Promise<SmsReceipt>
}

/** The provider will not send this message however often it is asked. `code` is the provider's own and quotes nothing of the message. */
export class SmsRefused extends Error {
  override readonly name = 'SmsRefused'
  readonly code: string

  constructor(code: string) {
    super(code)
    this.code = code
  }
}

const ONE_PIECE = 70
const PER_PIECE = 67

/** How many pieces a text is billed as, with the signature that the provider puts before it (`【…】`). */
export function piecesOf(text: string, signature = ''): number {
  const length = text.length + (signature === '' ? 0 : signature.length + 2)
  return length <= ONE_PIECE ? 1 : Math.ceil(length / PER_PIECE)
}
