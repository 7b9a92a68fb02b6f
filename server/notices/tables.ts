export interface NoticeTable {
  id: string
  accountId: string
  kind: string
  title: string
  body: string
  applicationId: string | null
  link: string | null
  createdAt: Date
  readAt: Date | null
}

export interface NoticeDeliveryTable {
  id: string
  noticeId: string
  channel: 'sms' | 'push'
  state: 'waiting' | 'sent' | 'confirmed' | 'failed' | 'cancelled'
  attempts: number
  error: string | null
  dueAt: Date
  doneAt: Date | null
}

export interface SmsMessageTable {
  id: string
  mobile: string
  text: string
  purpose: string
  state: 'waiting' | 'sent' | 'delivered' | 'failed' | 'cancelled'
  provider: string | null
  providerId: string | null
  attempts: number
  error: string | null
  createdAt: Date
  sentAt: Date | null
  /** when the gateway was last asked what became of it */
  receiptAt: Date | null
}

/** Pieces that were paid for on one day in Shanghai, so that all nodes keep within one budget. */
export interface SmsDayTable {
  /** YYYY-MM-DD */
  day: string
  pieces: number
}

/** One browser that may be pushed to. Whoever signs in there next takes it over: the endpoint is the browser's. */
export interface PushSubscriptionTable {
  id: string
  accountId: string
  /** the session that asked for it; null once that is over */
  sessionId: string | null
  endpoint: string
  /** the browser's public key and secret, base64url (RFC 8291) */
  p256dh: string
  auth: string
  createdAt: Date
  seenAt: Date
}

export interface PushMessageTable {
  id: string
  noticeId: string
  /** null once the browser is gone */
  subscriptionId: string | null
  /** `sending` after a crash stays: it may have gone out, and is never sent again; the SMS covers it */
  state: 'waiting' | 'sending' | 'sent' | 'gone' | 'failed'
  error: string | null
}
