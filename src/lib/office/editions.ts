import type { ApplicationType } from '#domain/forms/application-type.ts'
import { ok, type Outcome } from '#domain/problems.ts'
import { api, ask } from '$lib/session/api.ts'

/** Catalogues by name; a name never changes its content. */
const editions = new Map<string, ApplicationType>()

/** The form by the name of its edition, without what a batch overrides. */
export async function editionOf(id: string): Promise<Outcome<ApplicationType>> {
  const known = editions.get(id)
  if (known) return ok(known)
  const found = await ask(api.editions[':id'].$get({ param: { id } }))
  if (!found.ok) return found
  // The server stores what the catalogue's own type describes; JSON does not carry it.
  const type = found.value
  editions.set(id, type)
  return ok(type)
}
