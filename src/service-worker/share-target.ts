import { registerRoute } from 'workbox-routing'
import { keepShared, takeable } from '../lib/local/shared-files.ts'

/**
 * A PDF or photos shared into the app by another: stored, then shown at /share, where its owner says what it is for.
 * Answers 303, so that going back does not send it again.
 */
export function takeShared(): void {
  registerRoute('/share', async ({ request }) => Response.redirect(await keep(request), 303), 'POST')
}

/** The address to go on to: how many were kept, and how many were not. */
async function keep(request: Request): Promise<string> {
  let given: File[] = []
  let kept = 0
  try {
    const form = await request.formData()
    given = form.getAll('files').filter((part) => part instanceof File)
    const taken = takeable(given)
    if (taken.length > 0) kept = await keepShared(taken, () => crypto.randomUUID(), Date.now())
  } catch {
    // Full, or a form that cannot be read: the page says that nothing was kept.
  }
  return `/share?kept=${kept}&left=${Math.max(given.length - kept, kept === 0 ? 1 : 0)}`
}
