import { type Answers, type CellValue, topEducation } from '#domain/forms/answers.ts'
import { canonicalJson } from '#domain/forms/edition.ts'
import { frozenAnswers } from '#domain/forms/frozen-answers.ts'
import { worksOf } from '#domain/rules/duplicates.ts'
import { applicationNumber } from '#domain/lifecycle/application-number.ts'
import { isInGrace } from '#domain/rules/window.ts'
import { sha256 } from '#server/batches/actions.ts'
import { type EducationRecord, recordEducations } from '#server/education/actions.ts'
import type { Act } from '#server/platform/environment.ts'
import { insertion, insertions } from '#server/platform/statements.ts'
import { type Application, dropWorks, takeSerial } from '../queries.ts'
import { partsOf, searchTextOf } from '../search-text.ts'
import type { SnapshotContent } from '../tables.ts'
import { nameOf } from './notice-params.ts'
import type { Content, Form } from './content.ts'

/** What a submission wrote besides the state. */
export interface Frozen {
  readonly snapshotId: string
  readonly sha256: string
  readonly round: number
  readonly number: string
  readonly answers: Answers
  /** by which a search finds it: written together with the columns */
  readonly searchParts: readonly string[]
  /** the columns the office filters by */
  readonly columns: Partial<Application>
}

/** What was read for it before, where it was. */
export interface KnownToFreeze {
  readonly records?: readonly EducationRecord[]
  /** taken by this transaction */
  readonly serial?: number | undefined
}

const textOf = (value: CellValue | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null

/** The columns by which the office finds an application, from its frozen answers. */
function columnsOf(answers: Answers, fullName: string) {
  const { fields, files } = answers
  return {
    fullName: textOf(fields['fullName']) ?? fullName,
    employerName: textOf(fields['employerName']),
    specialty: textOf(fields['specialty']) ?? textOf(fields['certSpecialty']),
    targetTitle: textOf(fields['targetTitle']) ?? textOf(fields['certTitle']),
    region: textOf(fields['acceptRegion']),
    acceptancePoint: textOf(fields['acceptancePoint']),
    exceptionType: textOf(fields['exceptionType']),
    isRecognition: fields['isRecognition'] === true,
    fileCount: Object.values(files).reduce((sum, some) => sum + some.length, 0),
    employerNature: textOf(fields['employerNature']),
    educationLevel: textOf(topEducation(answers)?.values['eduLevel']),
  }
}

/**
 * Freezes the answers of a submission (R90): a snapshot of its round as canonical JSON with its SHA-256, the columns of the
 * office, the education rows of the person, and at the first submission the 申报编号, which stays over every return.
 */
export async function freeze(
  ctx: Act,
  application: Application,
  form: Form,
  content: Content,
  { records, serial: taken }: KnownToFreeze = {},
): Promise<Frozen> {
  const { batch, type, facts } = form
  const round = application.round + 1
  const answers = frozenAnswers(type, content.answers)
  const frozen: SnapshotContent = { type: application.type, editionId: application.editionId, round, answers }
  const canonical = canonicalJson(frozen)
  const snapshotId = ctx.newId()
  const digest = sha256(canonical)
  const columns = columnsOf(answers, facts.account.fullName)
  const [serial] = await Promise.all([
    application.number === null ? takeSerial(ctx.db, ctx.who, batch.id, taken) : 0,
    recordEducations(ctx, {
      applicationId: application.id,
      accountId: application.accountId,
      batchId: batch.id,
      type,
      answers,
      lockedBy: nameOf(application, batch),
      records,
    }),
    // before the first submission there are none
    application.round > 0 && dropWorks(ctx.db, ctx.who, application.id),
  ])
  const snapshot = { id: snapshotId, applicationId: application.id, round, content: canonical, sha256: digest }
  ctx.write(insertion('applicationSnapshot', { ...snapshot, createdAt: ctx.now }))
  const works = worksOf(answers).map(({ path, key }) => ({ applicationId: application.id, path, key }))
  if (works.length > 0) ctx.write(insertions('applicationWork', works))
  const number =
    application.number ??
    applicationNumber({
      year: batch.year,
      region: columns.region ?? '321200',
      letter: type.letter,
      batch: batch.serial,
      serial,
    })
  const searchText = searchTextOf({ ...columns, number }, facts.account.idNumber)
  return {
    snapshotId,
    searchParts: partsOf(searchText),
    sha256: digest,
    round,
    number,
    answers,
    columns: {
      ...columns,
      searchText,
      gender: facts.account.gender,
      birthYear: Number(facts.account.birthDate.slice(0, 4)),
      round,
      number,
      submittedAt: ctx.now,
      firstSubmittedAt: application.firstSubmittedAt ?? ctx.now,
      inGrace: isInGrace(batch, application.resubmitUntil, ctx.now),
      resubmitUntil: null,
    },
  }
}
