import type { CodeList } from './code-list.ts'
import { assessmentGrade } from './assessment-grade.ts'
import { authorship } from './authorship.ts'
import { certificateWay } from './certificate-way.ts'
import { continuingEducationKind } from './continuing-education-kind.ts'
import { degree } from './degree.ts'
import { educationCompletion } from './education-completion.ts'
import { educationLevel } from './education-level.ts'
import { employerNature } from './employer-nature.ts'
import { ethnicity } from './ethnicity.ts'
import { exceptionType } from './exception-type.ts'
import { gender } from './gender.ts'
import { health } from './health.ts'
import { politicalStatus } from './political-status.ts'
import { publicationKind } from './publication-kind.ts'
import { region } from './region.ts'
import { reissueReason } from './reissue-reason.ts'
import { rewardKind } from './reward-kind.ts'
import { studyMode } from './study-mode.ts'
import { titleLevel } from './title-level.ts'
import { titleWay } from './title-way.ts'

/**
 * The lists that forms choose from by themselves. Series and titles are not among them: a batch brings those it offers, and
 * the office's own stand in the edition; they are half of all the words, and no phone carries them for nothing.
 */
export const formLists = {
  assessmentGrade,
  authorship,
  certificateWay,
  continuingEducationKind,
  degree,
  educationCompletion,
  educationLevel,
  employerNature,
  ethnicity,
  exceptionType,
  gender,
  health,
  politicalStatus,
  publicationKind,
  region,
  reissueReason,
  rewardKind,
  studyMode,
  titleLevel,
  titleWay,
} as const satisfies Record<string, CodeList>
