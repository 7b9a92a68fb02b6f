import type { Generated } from 'kysely'

/** D8: a list of those who passed, as the public reads it. */
export interface PublicityListTable {
  id: string
  batchId: string
  title: string
  /** who takes objections */
  officeName: string
  phone: string
  email: Generated<string>
  address: Generated<string>
  /** null while it is a draft */
  publishedAt: Date | null
  endsAt: Date | null
  /** 文号 of the approval, once it is over */
  documentNumber: string | null
  createdBy: string
  createdAt: Date
}

export interface PublicityEntryTable {
  applicationId: string
  listId: string
}

/** An objection with a real name, before the end (T18); read by the office alone. */
export interface ObjectionTable {
  id: string
  applicationId: string
  objectorName: string
  objectorContact: string
  content: string
  receivedAt: Date
  registeredBy: string
  /** null while it is looked into */
  upheld: boolean | null
  opinion: string | null
  decidedBy: string | null
  decidedAt: Date | null
}

export interface CertificateTable {
  applicationId: string
  number: string
  /** YYYY-MM-DD */
  issuedOn: string
  pickedUpOn: string | null
  pickedUpBy: string | null
  createdAt: Date
}

/** A day on which the calendar differs from the week (A31). */
export interface DayOffTable {
  /** YYYY-MM-DD */
  day: string
  kind: 'holiday' | 'workday'
  name: Generated<string>
}
