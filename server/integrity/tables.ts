/** An entry of the register: who cheated, by which document, and until when he may not apply (E15). */
export interface IntegrityRecordTable {
  id: string
  idNumberIndex: string
  /** sealed for this record */
  idNumberCipher: string
  idNumberMasked: string
  fullName: string
  reason: string
  documentNumber: string
  until: Date
  createdBy: string
  createdAt: Date
  endedBy: string | null
  endedAt: Date | null
  endedReason: string | null
}

/** That a revocation or an upheld objection bars nobody any more, and why (T19, T22); the decision itself stays as it is. */
export interface IntegrityReleaseTable {
  transitionId: string
  endedBy: string
  endedAt: Date
  endedReason: string
}
