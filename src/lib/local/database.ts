import { Dexie, type EntityTable, liveQuery, type Observable, type Table } from 'dexie'
import type { CellValue, Facts } from '#domain/forms/answers.ts'
import type { ApplicationType, ApplicationTypeId } from '#domain/forms/application-type.ts'
import type { BatchOverrides } from '#domain/forms/edition.ts'
import type { Slot } from '#domain/forms/slot.ts'
import type { State } from '#domain/lifecycle/states.ts'
import type { ProblemCode, ProblemParams } from '#domain/problems.ts'
import type { AttachedFile, Cell } from '#domain/sync/cell.ts'
import type { Mutation } from '#domain/sync/mutation.ts'
import type { Conflict, ReturnView } from '#domain/sync/protocol.ts'
import type { Filter } from '$lib/scan/enhance.ts'
import type { Quad } from '$lib/scan/geometry.ts'
import type { Turns } from '$lib/scan/messages.ts'
import { STORE } from './first-look.ts'
import { reopening } from './reopening.ts'
import { keysNameOf } from './sealed-row.ts'
import { AccountKeys, sealing } from './sealing.ts'

/** A catalogue as it was published: immutable, the same for everybody. */
export interface KeptEdition {
  id: string
  catalogue: ApplicationType
}

/** An open or recent batch, as `GET /batches` tells everybody. */
export interface BatchOffer {
  id: string
  type: ApplicationTypeId
  name: string
  year: number
  level: string | null
  opensAt: string
  closesAt: string | null
  editionId: string
  committeeName: string
  hasDepartment: boolean
  /** results are published; a batch kept by an earlier version does not say */
  hasPublicity?: boolean
  specialties: Facts['batch']['specialties']
  acceptancePoints: Facts['batch']['acceptancePoints']
  heldTitles: Facts['batch']['heldTitles']
  overrides: BatchOverrides
  readingTextId: string
  /** minutes after the end in which what stands on the server may still be sent; a batch kept by an earlier version has none */
  graceMinutes?: number
}

/** One application as the server last told it, or as it was started here without a network. */
export interface KeptApplication {
  id: string
  accountId: string
  type: ApplicationTypeId
  batchId: string
  editionId: string
  state: State
  /** 0 until the server has it */
  version: number
  number: string | null
  gateAcceptedAt: string | null
  submittedAt: string | null
  resubmitUntil: string | null
  createdAt: string
  updatedAt: string
  cells: Readonly<Record<string, Cell>>
  files: readonly AttachedFile[]
  lockedRows: Readonly<Record<string, string>>
  conflicts: readonly Conflict[]
  returned: ReturnView | null
  /** 1 when the server no longer has it while something of it still waits here */
  gone: 0 | 1
}

/** One mutation that the server has not taken yet, in the order made. */
export interface Waiting {
  /** order; given by the store */
  seq?: number
  /** the mutation's id */
  id: string
  accountId: string
  applicationId: string
  path: string
  mutation: Mutation
  /** the value that it replaced, as it was on the screen: tells whether the base may follow the truth */
  was: CellValue
  /** what the phone knows of an attached file */
  file: AttachedFile | null
  /** `held`: kept and shown, but this phone already knows that the server would refuse it; `refused`: the server did */
  state: 'waiting' | 'held' | 'refused'
  /** 1 once it has left the phone: from then on it is never changed, only sent again (S1) */
  sent: 0 | 1
  code: ProblemCode | null
  params: ProblemParams | null
  /** not sent before this instant (ms of the server's time): the time to take a removal back */
  dueAt: number
  at: string
}

export type UploadState = 'chosen' | 'refused' | 'queued' | 'sending' | 'sent' | 'failed'

/** A file on its way. Its bytes stand in `uploadBytes`, so that a list of files does not read them. */
export interface KeptUpload {
  /** the attachment's id */
  id: string
  accountId: string
  applicationId: string
  path: string
  name: string
  /** media type as stored: application/pdf, image/jpeg, image/png */
  mime: string
  size: number
  accept: Slot['accept']
  position: number
  state: UploadState
  sha256: string | null
  /** where tus goes on after a reload */
  url: string | null
  uploadId: string | null
  sent: number
  code: ProblemCode | null
  params: ProblemParams | null
  createdAt: string
}

/**
 * Bytes as an ArrayBuffer, not a Blob: WebKit loses blobs that come from the camera, and the whole connection with them
 * (ionic-webview #354, Dexie #1919).
 */
export interface UploadBytes {
  id: string
  accountId: string
  bytes: ArrayBuffer
}

/** A scanned page in progress: where it lies in its picture, and how it shall look. Its picture has the same id. */
export interface KeptScanPage {
  readonly id: string
  /** of the upright picture, in pixels */
  readonly width: number
  readonly height: number
  /** null: the whole picture is the page */
  readonly corners: Quad | null
  /** the scanner was not sure of the corners, and nobody has looked at them */
  readonly doubtful: boolean
  readonly turns: Turns
  readonly filter: Filter
}

/** How many of the bytes that a slot allows the file may take. */
export type ScanQuality = 'clear' | 'medium' | 'small'

/** Pages being scanned into one slot: kept until they have become a file there. */
export interface KeptScan {
  id: string
  accountId: string
  applicationId: string
  path: string
  pages: readonly KeptScanPage[]
  quality: ScanQuality
  /** both sides of an identity card on one page; null: neither the person nor the app has decided yet */
  together: boolean | null
  at: string
}

export interface ScanPicture {
  id: string
  accountId: string
  scanId: string
  mime: string
  bytes: ArrayBuffer
}

export interface KeptNotice {
  id: string
  accountId: string
  kind: string
  title: string
  body: string
  applicationId: string | null
  link: string | null
  createdAt: string
  readAt: string | null
  /** 1 while the server does not know yet that it was read */
  readPending: 0 | 1
}

export interface Meta {
  key: string
  value: unknown
  /** of whom it speaks, where it speaks of somebody: then it is sealed */
  accountId?: string
}

/**
 * Everything this phone remembers. Every personal row carries its account, so that two people can share a phone
 * one after the other and each erases only what is theirs; and is sealed under that account's key (`sealing.ts`).
 */
export class PhoneDatabase extends Dexie {
  editions!: EntityTable<KeptEdition, 'id'>
  batches!: EntityTable<BatchOffer, 'id'>
  applications!: EntityTable<KeptApplication, 'id'>
  outbox!: Table<Waiting, number>
  uploads!: EntityTable<KeptUpload, 'id'>
  uploadBytes!: EntityTable<UploadBytes, 'id'>
  scans!: EntityTable<KeptScan, 'id'>
  scanPictures!: EntityTable<ScanPicture, 'id'>
  notices!: EntityTable<KeptNotice, 'id'>
  meta!: EntityTable<Meta, 'key'>
  readonly keys: AccountKeys

  constructor(name = STORE, options?: ConstructorParameters<typeof Dexie>[1]) {
    super(name, { ...options, chromeTransactionDurability: 'strict' })
    // A version that has been released is never edited: the next one stands below it, with its upgrade.
    this.version(1).stores({
      editions: 'id',
      batches: 'id',
      applications: 'id, accountId',
      outbox: '++seq, &id, [accountId+state], applicationId, [applicationId+path]',
      uploads: 'id, accountId, [accountId+state], applicationId',
      uploadBytes: 'id, accountId',
      notices: 'id, accountId',
      meta: 'key',
    })
    this.version(2).stores({
      scans: 'id, accountId, applicationId, [applicationId+path]',
      scanPictures: 'id, accountId, scanId',
    })
    this.keys = new AccountKeys(keysNameOf(name), options)
    this.use(sealing(this.keys))
    reopening(this)
  }

  /** A query that runs again when what it read has changed, in this tab or another. */
  watch<T>(query: () => Promise<T>): Observable<T> {
    return liveQuery(query)
  }
}

export { sealOldRows } from './sealing.ts'
