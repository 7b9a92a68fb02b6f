import type { BatchOffer, KeptApplication } from '$lib/local/database.ts'
import { type Advice, eligibilityAdvice } from '#domain/rules/eligibility.ts'
import { besideOf } from './beside.ts'
import type { FormDraft } from './form-draft.ts'

/** What lies on the phone besides the application. */
export interface Around {
  readonly kept: readonly KeptApplication[]
  readonly batches: readonly BatchOffer[]
}

/** What deserves a second look in a draft (E3–E8, §3.6); without what lies around it where it is only looked at. */
export const adviseOn = (draft: FormDraft, around: Around | undefined): Advice[] =>
  eligibilityAdvice({
    type: draft.type.id,
    answers: draft.keptAnswers,
    facts: draft.facts,
    beside: around && besideOf(draft.id, around.kept, around.batches),
  })
