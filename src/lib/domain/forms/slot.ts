import { EVIDENCE_LIMIT, PHOTO_HEIGHT, PHOTO_WIDTH, STANDARD_LIMIT } from '../attachment.ts'
import type { Condition } from './condition.ts'

/** A place for attachments: several PDFs, or the one photo (DOMAIN §1.0.1, §1.9). */
export interface Slot<Id extends string = string> {
  readonly kind: 'slot'
  readonly id: Id
  readonly label: string
  readonly accept: 'pdf' | 'photo'
  /** bytes for each file, the limit itself included (A1) */
  readonly maxBytes: number
  readonly maxFiles: number
  readonly required?: true | Condition
  readonly visible?: Condition
  readonly hint?: string
  readonly help?: string
  /** A document that can be downloaded beside the slot, filled in (R56). */
  readonly template?: 'pledge'
  /** Place in the material list D5: line 1–15. */
  readonly material: number
}

interface SlotOptions {
  readonly required?: true | Condition
  readonly visible?: Condition
  readonly hint?: string
  readonly help?: string
  readonly template?: 'pledge'
  readonly material: number
}

/** 500 KB a file, at most 10 files (R41). */
export const slot = <const Id extends string>(id: Id, label: string, options: SlotOptions): Slot<Id> => ({
  kind: 'slot',
  id,
  label,
  accept: 'pdf',
  maxBytes: STANDARD_LIMIT,
  maxFiles: 10,
  ...options,
})

/** 10,000 KB a file, at most 30 files, for 业绩, 奖项 and 论文 (R42, A2). */
export const evidenceSlot = <const Id extends string>(id: Id, label: string, options: SlotOptions): Slot<Id> => ({
  kind: 'slot',
  id,
  label,
  accept: 'pdf',
  maxBytes: EVIDENCE_LIMIT,
  maxFiles: 30,
  ...options,
})

/** The photo 大一寸, exactly 390 × 567 px (R35, R62, A7). */
export const photo = <const Id extends string>(
  id: Id,
  label: string,
  options: { readonly required?: true } = {},
): Slot<Id> => ({
  kind: 'slot',
  id,
  label,
  accept: 'photo',
  maxBytes: STANDARD_LIMIT,
  maxFiles: 1,
  material: 15,
  hint: `大一寸（33×48 毫米，${PHOTO_WIDTH}×${PHOTO_HEIGHT} 像素），比一寸大，比二寸小`,
  ...options,
})
