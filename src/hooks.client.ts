import type { HandleClientError } from '@sveltejs/kit'

/** What Chromium, Safari and Firefox say of a module that did not come, and the bundler of a style sheet. */
const NOT_FETCHED = /dynamically imported module|importing a module script failed|unable to preload css/i

/** A page whose code did not come is told apart from one that failed: it opens by itself when the server answers again. */
export const handleError: HandleClientError = ({ error, message }) => {
  if (error instanceof Error && NOT_FETCHED.test(error.message)) return { message, notFetched: true }
  console.error(error)
  return { message }
}
