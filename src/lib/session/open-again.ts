/** A page that did not come although the server answers is not opened again and again, ms. */
const AT_MOST_EVERY = 60_000
const LAST = 'opened-again'

/** Opens the page anew if the server answers; nothing happens while it does not, or where this was tried a moment ago. */
export async function openAgainIfServerAnswers(): Promise<void> {
  if (Date.now() - Number(sessionStorage.getItem(LAST) ?? 0) < AT_MOST_EVERY) return
  const answers = await fetch('/api/health', { cache: 'no-store' }).then(
    ({ ok }) => ok,
    () => false,
  )
  if (!answers) return
  sessionStorage.setItem(LAST, String(Date.now()))
  location.reload()
}
