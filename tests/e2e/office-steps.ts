import type { Browser } from '@playwright/test'
import type { TransitionId } from '#domain/lifecycle/transitions.ts'
import type { RunningServer } from './application.ts'
import { demoPerson, signIn } from './walk.ts'

/**
 * A person of the back office who does by request what `office-walk.ts` does on the screen, for walks that are about the
 * applicant.
 */
export async function officeSteps(browser: Browser, server: RunningServer, role = 'office') {
  const context = await browser.newContext({ baseURL: server.origin, locale: 'zh-CN' })
  const page = await context.newPage()
  await signIn(page, demoPerson(role))
  await page.waitForURL(/\/office/)
  const { request } = page
  const answer = async (response: Awaited<ReturnType<typeof request.get>>) => {
    const text = await response.text()
    if (!response.ok()) throw new Error(`${response.status()}: ${text}`)
    return text === '' ? null : JSON.parse(text)
  }
  const view = async (id: string) => answer(await request.get(`/api/review/applications/${id}`))
  return {
    close: () => context.close(),
    view,
    async step(id: string, transition: TransitionId, input: object = {}): Promise<void> {
      const { version } = (await view(id)).application
      const data = { transition, version, ...input }
      await answer(await request.post(`/api/review/applications/${id}/transition`, { data }))
    },
    /** Opens every file: neither 受理 nor 预审 passes before (T5, T10). */
    async openAll(id: string): Promise<void> {
      const { answers } = await view(id)
      for (const { id: attachmentId } of Object.values(answers.files as Record<string, { id: string }[]>).flat())
        await answer(await request.post(`/api/review/applications/${id}/opened`, { data: { attachmentId } }))
    },
  }
}
