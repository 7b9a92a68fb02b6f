import { getContext, setContext } from 'svelte'
import { titleAndSpecialty } from '#domain/forms/application-title.ts'
import type { Draft } from '$lib/local/drafts.svelte.ts'

/** The application the pages below are about. */
export interface OpenApplication {
  readonly draft: Draft
}

const key = Symbol('the application these pages are about')

export const provideApplication = (open: OpenApplication): OpenApplication => setContext(key, open)
export const theApplication = (): OpenApplication => getContext<OpenApplication>(key)

/** `工程师·建筑工程`, or the type where nothing is chosen yet. */
export function titleOfApplication(draft: Draft): string {
  const named = titleAndSpecialty(draft.facts.batch.specialties, (id) => draft.answers.fields[id])
  if (named !== undefined) return named
  const certificate = draft.answers.fields['certTitle']
  if (typeof certificate === 'string' && certificate !== '') return `${draft.type.label}·${certificate}`
  return `${draft.type.label}申报`
}

export const hrefOfStep =
  (id: string) =>
  (stepId: string): string =>
    `/applications/${id}/${stepId}`
