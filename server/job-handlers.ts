import { closeAccounts } from './account-closing/actions.ts'
import { sweepAccounts } from './accounts/actions.ts'
import { sendTemporaryPassword } from './accounts/recovery.ts'
import { applicationJobs } from './applications/jobs.ts'
import { forgetDrafts } from './applications/retention.ts'
import { sweepAttachments } from './attachments/sweep.ts'
import { collectReceipts, deliverNoticeJob, sendSmsJob, sweepOldSms, sweepSecretTexts } from './notices/deliver.ts'
import { deliverPush } from './notices/push.ts'
import { makePapers } from './papers/print.ts'
import { sweepPresence } from './review/presence.ts'
import type { Dependencies } from './platform/environment.ts'
import type { JobHandlers } from './platform/jobs.ts'
import type { SmsProvider } from './platform/sms/sms-provider.ts'

/** What is done for each kind of job, by the room whose work it is. */
export function createJobHandlers(platform: Dependencies, sms: SmsProvider): JobHandlers {
  return {
    ...applicationJobs(platform),
    'notices.deliver': deliverNoticeJob(platform, sms),
    'notices.push': ({ noticeId }) => deliverPush(platform, noticeId),
    'notices.send-sms': sendSmsJob(platform, sms),
    'notices.receipts': () => collectReceipts(platform, sms),
    'papers.make': (data) => makePapers(platform, data),
    'attachments.sweep': async () => {
      await sweepAttachments(platform)
    },
    'accounts.recover': ({ numberIndex }) => sendTemporaryPassword(platform, numberIndex),
    'accounts.sweep': async () => {
      await sweepAccounts(platform)
      await sweepSecretTexts(platform)
      await sweepOldSms(platform)
      await forgetDrafts(platform)
    },
    'accounts.close': async () => {
      await closeAccounts(platform)
    },
    'platform.sweep': async () => {
      await platform.limiter.sweep()
      await sweepPresence(platform)
    },
  }
}
