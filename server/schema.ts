import type {
  AccountChallengeTable,
  AccountGrantTable,
  AccountTable,
  CaptchaTable,
  MobileChangeTable,
  PasskeyTable,
  SessionTable,
} from './accounts/tables.ts'
import type {
  ApplicationCellTable,
  ApplicationConflictTable,
  ApplicationMutationTable,
  ApplicationSearchTable,
  ApplicationSnapshotTable,
  ApplicationTable,
  ApplicationTallyTable,
  ApplicationTransitionTable,
  ApplicationWorkTable,
  ReadingTable,
  RequestKeyTable,
  ReturnRequestTable,
} from './applications/tables.ts'
import type { AttachmentTable, FileOpeningTable, StoredFileTable, UploadTable } from './attachments/tables.ts'
import type {
  BulletinBatchTable,
  BulletinFileTable,
  BulletinReaderTable,
  BulletinTable,
  BulletinVersionTable,
} from './bulletin/tables.ts'
import type {
  AcceptancePointTable,
  BatchSerialTable,
  BatchTable,
  CatalogueEditionTable,
  CodeListVersionTable,
  ReadingTextTable,
} from './batches/tables.ts'
import type {
  CommitteeMemberTable,
  CommitteeSessionTable,
  CommitteeTable,
  SessionCaseTable,
  SessionMemberTable,
  SessionRecusalTable,
} from './committee/tables.ts'
import type { EducationChangeTable, EducationRecordTable } from './education/tables.ts'
import type { ExportOrderTable } from './exports/tables.ts'
import type { IntegrityRecordTable, IntegrityReleaseTable } from './integrity/tables.ts'
import type {
  NoticeDeliveryTable,
  NoticeTable,
  PushMessageTable,
  PushSubscriptionTable,
  SmsDayTable,
  SmsMessageTable,
} from './notices/tables.ts'
import type { PaperTable, PaperTextTable } from './papers/tables.ts'
import type { PlatformEnv } from './platform/platform.ts'
import type { AuditChainTable, AuditEventTable, RateLimitTable } from './platform/tables.ts'
import type { Act as PlatformAct } from './platform/transaction.ts'
import type {
  CertificateTable,
  DayOffTable,
  ObjectionTable,
  PublicityEntryTable,
  PublicityListTable,
} from './publicity/tables.ts'
import type {
  CasePresenceTable,
  ReviewCommentTable,
  ReviewMarkTable,
  SavedViewTable,
  StockPhrasesTable,
} from './review/tables.ts'

/** Every table, each described by the room that owns it. */
export interface Database {
  rateLimit: RateLimitTable
  auditEvent: AuditEventTable
  auditChain: AuditChainTable
  account: AccountTable
  accountGrant: AccountGrantTable
  session: SessionTable
  captcha: CaptchaTable
  passkey: PasskeyTable
  accountChallenge: AccountChallengeTable
  mobileChange: MobileChangeTable
  acceptancePoint: AcceptancePointTable
  catalogueEdition: CatalogueEditionTable
  readingText: ReadingTextTable
  codeListVersion: CodeListVersionTable
  batch: BatchTable
  batchSerial: BatchSerialTable
  reading: ReadingTable
  application: ApplicationTable
  applicationCell: ApplicationCellTable
  applicationConflict: ApplicationConflictTable
  applicationMutation: ApplicationMutationTable
  applicationSearch: ApplicationSearchTable
  applicationSnapshot: ApplicationSnapshotTable
  applicationTally: ApplicationTallyTable
  applicationTransition: ApplicationTransitionTable
  applicationWork: ApplicationWorkTable
  requestKey: RequestKeyTable
  returnRequest: ReturnRequestTable
  storedFile: StoredFileTable
  upload: UploadTable
  attachment: AttachmentTable
  fileOpening: FileOpeningTable
  reviewComment: ReviewCommentTable
  reviewMark: ReviewMarkTable
  savedView: SavedViewTable
  casePresence: CasePresenceTable
  stockPhrases: StockPhrasesTable
  integrityRecord: IntegrityRecordTable
  integrityRelease: IntegrityReleaseTable
  educationRecord: EducationRecordTable
  educationChange: EducationChangeTable
  paper: PaperTable
  paperText: PaperTextTable
  notice: NoticeTable
  noticeDelivery: NoticeDeliveryTable
  pushSubscription: PushSubscriptionTable
  pushMessage: PushMessageTable
  smsMessage: SmsMessageTable
  smsDay: SmsDayTable
  bulletin: BulletinTable
  bulletinBatch: BulletinBatchTable
  bulletinVersion: BulletinVersionTable
  bulletinFile: BulletinFileTable
  bulletinReader: BulletinReaderTable
  committee: CommitteeTable
  committeeMember: CommitteeMemberTable
  committeeSession: CommitteeSessionTable
  sessionMember: SessionMemberTable
  sessionCase: SessionCaseTable
  sessionRecusal: SessionRecusalTable
  publicityList: PublicityListTable
  publicityEntry: PublicityEntryTable
  objection: ObjectionTable
  certificate: CertificateTable
  dayOff: DayOffTable
  exportOrder: ExportOrderTable
}

/** The Hono environment of every room: `new Hono<Env>()`. */
export type Env = PlatformEnv<Database>

/** What an action is given (`act`): the transaction, who, the one clock reading. */
export type Act = PlatformAct<Database>
