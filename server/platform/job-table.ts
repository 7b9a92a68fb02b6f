/**
 * Every kind of work that is done after the answer, in one closed table: adding a row here makes the compiler ask for its handler.
 * Payloads carry ids, never personal data: the queue's rows outlive the work.
 */
export interface JobPayloads {
  /** Sends one notice by SMS. */
  'notices.deliver': { readonly noticeId: string }
  /** Sends one notice to the browsers of its owner. */
  'notices.push': { readonly noticeId: string }
  /** Sends one SMS that belongs to no notice, e.g. a temporary password. */
  'notices.send-sms': { readonly smsId: string }
  /** Asks the gateway what became of the messages it took over. */
  'notices.receipts': Record<never, never>
  /** Looks for drafts whose window closes in 3 days or 1 day, and writes the reminders (DESIGN §8). */
  'notices.remind': Record<never, never>
  /** Transitions that time brings about: publicity over, resubmission time over. */
  'applications.tick': Record<never, never>
  /** Typesets the official papers of a frozen snapshot and stores them. */
  'papers.make': { readonly applicationId: string; readonly snapshotId: string }
  /** Removes uploads that were never finished and bytes that nothing refers to. */
  'attachments.sweep': Record<never, never>
  /** Sends a temporary password to the owner of a number, by its blind index; nothing where nobody registered it. */
  'accounts.recover': { readonly numberIndex: string }
  /** Removes expired sessions, captchas and one-time codes, and drafts that nobody needs. */
  'accounts.sweep': Record<never, never>
  /** Empties the accounts that their owners closed and did not come back to. */
  'accounts.close': Record<never, never>
  /** Removes rate limits whose window is over, and who had a case open. */
  'platform.sweep': Record<never, never>
}

export type JobName = keyof JobPayloads

/** Times are those of Asia/Shanghai. A time missed because no node ran is made up for at the next start. */
export type Schedule = { readonly everyMinutes: number } | { readonly dailyAt: `${number}:${number}` }

interface JobRules {
  /** How many of them one node does at the same time. */
  readonly atOnce: number
  readonly retries: number
  /** Seconds before the first retry; about doubled each time. */
  readonly retryAfter: number
  /** Seconds after which a job is given up and done again: its work must be safe to do twice. */
  readonly expiresAfter: number
  /** When it comes by itself, with an empty payload. */
  readonly schedule?: Schedule
}

export const jobTable: { readonly [Name in JobName]: JobRules } = {
  'notices.deliver': { atOnce: 25, retries: 5, retryAfter: 30, expiresAfter: 60 },
  'notices.push': { atOnce: 10, retries: 5, retryAfter: 30, expiresAfter: 60 },
  'notices.send-sms': { atOnce: 10, retries: 5, retryAfter: 10, expiresAfter: 60 },
  'notices.receipts': { atOnce: 1, retries: 0, retryAfter: 60, expiresAfter: 280, schedule: { everyMinutes: 5 } },
  'notices.remind': { atOnce: 1, retries: 2, retryAfter: 60, expiresAfter: 600, schedule: { dailyAt: '09:00' } },
  'applications.tick': { atOnce: 1, retries: 2, retryAfter: 60, expiresAfter: 600, schedule: { everyMinutes: 5 } },
  'papers.make': { atOnce: 1, retries: 5, retryAfter: 10, expiresAfter: 300 },
  'attachments.sweep': { atOnce: 1, retries: 1, retryAfter: 60, expiresAfter: 900, schedule: { everyMinutes: 60 } },
  'accounts.recover': { atOnce: 2, retries: 3, retryAfter: 5, expiresAfter: 60 },
  'accounts.sweep': { atOnce: 1, retries: 1, retryAfter: 60, expiresAfter: 300, schedule: { everyMinutes: 60 } },
  'accounts.close': { atOnce: 1, retries: 1, retryAfter: 60, expiresAfter: 600, schedule: { everyMinutes: 60 } },
  'platform.sweep': { atOnce: 1, retries: 1, retryAfter: 60, expiresAfter: 300, schedule: { everyMinutes: 60 } },
}

export const jobNames = Object.keys(jobTable) as JobName[]

/** One piece of work to be done after the commit. */
export type Job = {
  [Name in JobName]: {
    readonly name: Name
    readonly data: JobPayloads[Name]
    /** Not before this instant. */
    readonly startAfter?: Date
    /** While one with this key waits in the queue, another is not added. */
    readonly once?: string
  }
}[JobName]
