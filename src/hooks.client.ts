import type { HandleClientError } from '@sveltejs/kit'
import { isNotFetched } from '$lib/session/comes.ts'

/** A page whose code did not come is told apart from one that failed: it opens by itself when the server answers again. */
export const handleError: HandleClientError = ({ error, message }) => {
  if (isNotFetched(error)) return { message, notFetched: true }
  console.error(error)
  return { message }
}
