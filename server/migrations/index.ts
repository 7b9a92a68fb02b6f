import type { Migration } from 'kysely'
import * as foundation from './0001-foundation.ts'
import * as auditChain from './0002-audit-chain.ts'
import * as reviewMarks from './0003-review-marks.ts'
import * as smsReceipts from './0010-sms-receipts.ts'
import * as auditAppendOnly from './0011-audit-append-only.ts'
import * as passkeysAndMobiles from './0012-passkeys-and-mobiles.ts'
import * as committeeAndPublicity from './0020-committee-and-publicity.ts'
import * as searchAndFigures from './0021-search-and-figures.ts'
import * as exportOrders from './0022-export-orders.ts'
import * as searchParts from './0023-search-parts.ts'
import * as figuresInTheRow from './0024-figures-in-the-row.ts'
import * as push from './0040-push.ts'
import * as auditByPerson from './0041-audit-by-person.ts'
import * as savedViews from './0050-saved-views.ts'
import * as worksAndPresence from './0051-works-and-presence.ts'
import * as officeRegisters from './0052-office-registers.ts'
import * as bulletinEditor from './0060-bulletin-editor.ts'
import * as browsersOfSessions from './0070-browsers-of-sessions.ts'
import * as codeLists from './0071-code-lists.ts'
import * as bulletinFilesAndReaders from './0072-bulletin-files-and-readers.ts'
import * as closingHour from './0080-closing-hour.ts'
import * as limitsWithoutALog from './0081-limits-without-a-log.ts'
import * as filesOfAnApplication from './0082-files-of-an-application.ts'
import * as readingTextEditor from './0090-reading-text-editor.ts'
import * as bulletinBatches from './0095-bulletin-batches.ts'
import * as accountClosing from './0096-account-closing.ts'
import * as countedInTheIndex from './0097-counted-in-the-index.ts'
import * as papersByContent from './0098-papers-by-content.ts'
import * as staffApplyToo from './0099-staff-apply-too.ts'
import * as minutesVersion from './0100-minutes-version.ts'
import * as barsLifted from './0102-bars-lifted.ts'
import * as exportsFetched from './0103-exports-fetched.ts'
import * as textsAsTheForms from './0104-texts-as-the-forms.ts'

/** Every migration in order. A landed one is never edited: write the next. */
export const migrations: Record<string, Migration> = {
  '0001-foundation': foundation,
  '0002-audit-chain': auditChain,
  '0003-review-marks': reviewMarks,
  '0010-sms-receipts': smsReceipts,
  '0011-audit-append-only': auditAppendOnly,
  '0012-passkeys-and-mobiles': passkeysAndMobiles,
  '0020-committee-and-publicity': committeeAndPublicity,
  '0021-search-and-figures': searchAndFigures,
  '0022-export-orders': exportOrders,
  '0023-search-parts': searchParts,
  '0024-figures-in-the-row': figuresInTheRow,
  '0040-push': push,
  '0041-audit-by-person': auditByPerson,
  '0050-saved-views': savedViews,
  '0051-works-and-presence': worksAndPresence,
  '0052-office-registers': officeRegisters,
  '0060-bulletin-editor': bulletinEditor,
  '0070-browsers-of-sessions': browsersOfSessions,
  '0071-code-lists': codeLists,
  '0072-bulletin-files-and-readers': bulletinFilesAndReaders,
  '0080-closing-hour': closingHour,
  '0081-limits-without-a-log': limitsWithoutALog,
  '0082-files-of-an-application': filesOfAnApplication,
  '0090-reading-text-editor': readingTextEditor,
  '0095-bulletin-batches': bulletinBatches,
  '0096-account-closing': accountClosing,
  '0097-counted-in-the-index': countedInTheIndex,
  '0098-papers-by-content': papersByContent,
  '0099-staff-apply-too': staffApplyToo,
  '0100-minutes-version': minutesVersion,
  '0102-bars-lifted': barsLifted,
  '0103-exports-fetched': exportsFetched,
  '0104-texts-as-the-forms': textsAsTheForms,
}
