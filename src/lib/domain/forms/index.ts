import type { ApplicationType, ApplicationTypeId } from './application-type.ts'
import { initial } from './initial.ts'
import { reissue } from './reissue.ts'
import { review } from './review.ts'

/** Every application type there is; a new one is a file beside these and a line here. */
export const applicationTypes = { initial, review, reissue } as const satisfies {
  [Id in ApplicationTypeId]: ApplicationType<Id>
}

export const isApplicationTypeId = (text: string): text is ApplicationTypeId => Object.hasOwn(applicationTypes, text)
