import type { BrowserContext } from '@playwright/test'
import { DEMO_PASSWORD, demoPeople } from '../../server/demo/people.ts'
import type { RunningServer } from '../e2e/application.ts'

/** Signs an applicant of the demonstration world in, by requests alone. */
export async function signInAs(context: BrowserContext, who: 0 | 1): Promise<void> {
  const person = demoPeople.filter(({ grant }) => grant.role === 'applicant')[who]!
  const captcha = (await (await context.request.get('/api/accounts/captcha')).json()) as { id: string }
  const data = { idNumber: person.idNumber, password: DEMO_PASSWORD, captchaId: captcha.id, captcha: '8888' }
  const response = await context.request.post('/api/accounts/sign-in', { data })
  if (!response.ok()) throw new Error(`${response.status()}: ${await response.text()}`)
}

/** A draft that holds nothing yet, past its reading gate. */
export async function emptyDraft(context: BrowserContext, server: RunningServer, batchId: string): Promise<string> {
  const id = crypto.randomUUID()
  const json = { data: { batchId } }
  for (const step of ['reading', 'reading/accept']) {
    const response = await context.request.post(`/api/applications/${id}/${step}`, json)
    if (!response.ok()) throw new Error(`${response.status()}: ${await response.text()}`)
    await server.advanceClock(21_000)
  }
  return id
}
