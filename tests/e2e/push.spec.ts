import { openPushServer } from '../contracts/push-server.ts'
import { expect, test } from './application.ts'
import { batchNamed, filledDraft, submitDraft } from './filled-draft.ts'
import { officeSignIn } from './office-walk.ts'
import { demoPerson, fill, signIn } from './walk.ts'

test.use({ world: 'push' })

test('[R114] after the first submission the phone offers reminders; a return is pushed, shown, and its tap opens what was returned', async ({
  phone,
  browser,
  server,
}) => {
  await phone.grantPermissions(['notifications'], { origin: server.origin })
  const page = await phone.newPage()
  await signIn(page, demoPerson('applicant'))
  await expect(page).toHaveURL(/\/home/)
  const id = await filledDraft(page, server, await batchNamed(page.request, /工程系列中级/), {
    workStartDate: '2016-07',
  })
  await page.goto(`/applications/${id}`)
  await expect(page.getByRole('dialog', { name: '结果一出就告诉您？' })).toBeHidden()
  await submitDraft(page, id)

  // asked once, where there is something to wait for
  await page.goto(`/applications/${id}/progress`)
  const question = page.getByRole('dialog', { name: '结果一出就告诉您？' })
  await expect(question).toBeVisible()
  await question.getByRole('button', { name: '不用，我看短信' }).click()
  await page.reload()
  await expect(page.getByText('您现在不用做什么')).toBeVisible()
  await expect(question).toBeHidden()

  // No push service of a browser can be reached from here: a stand-in takes its place, and what arrives there goes to the
  // worker by the browser's own door.
  const service = await openPushServer()
  const { publicKey } = (await (await page.request.get('/api/push/key')).json()) as { publicKey: string }
  const stand = await service.subscribe(publicKey)
  const { endpoint, keys } = stand
  expect((await page.request.post('/api/push/subscriptions', { data: { endpoint, keys } })).status()).toBe(204)
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  const session = await phone.newCDPSession(page)
  const registration = new Promise<string>((done) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) done(registrations[0].registrationId)
    })
  })
  await session.send('ServiceWorker.enable')
  const registrationId = await registration

  const desk = await browser.newContext({ baseURL: server.origin, locale: 'zh-CN' })
  const office = await desk.newPage()
  await officeSignIn(office, server)
  const review = `/api/review/applications/${id}`
  const { version } = (await (await office.request.get(review)).json()).application as { version: number }
  const answer = await office.request.post(`${review}/transition`, {
    data: { transition: 'return', version, reason: '毕业证书第二页看不清，请重新拍。' },
  })
  expect(answer.ok()).toBe(true)
  await desk.close()

  await expect.poll(() => service.messagesOf(stand).length, { timeout: 20_000 }).toBe(1)
  const [message] = service.messagesOf(stand) as { id: string; body: string; link: string }[]
  expect(message).toMatchObject({ body: '申报材料被退回，请修改', link: `/applications/${id}/returned` })
  expect(JSON.stringify(message)).not.toContain('毕业证书')

  await session.send('ServiceWorker.deliverPushMessage', {
    origin: server.origin,
    registrationId,
    data: JSON.stringify(message),
  })
  const notifications = () =>
    page.evaluate(async () =>
      (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag }) => ({
        title,
        body,
        tag,
      })),
    )
  await expect.poll(notifications).toEqual([{ title: '泰州职称申报', body: message!.body, tag: message!.id }])
  await service.close()

  // What the tap does, from inside the worker: the open window goes to what was returned.
  const worker = phone.serviceWorkers()[0] ?? (await phone.waitForEvent('serviceworker'))
  await worker.evaluate(async (id) => {
    const scope = self as unknown as ServiceWorkerGlobalScope
    const [notification] = await scope.registration.getNotifications({ tag: id })
    scope.dispatchEvent(new NotificationEvent('notificationclick', { notification: notification! }))
  }, message!.id)
  await expect(page).toHaveURL(new RegExp(`/applications/${id}/returned$`))
  await expect(page.getByText('毕业证书第二页看不清')).toBeVisible()
})

test('[R114] who signs in again, or changes the password, is still reminded on this phone', async ({
  phone,
  server,
}) => {
  await phone.grantPermissions(['notifications'], { origin: server.origin })
  const page = await phone.newPage()
  const told = () =>
    page.waitForResponse((response) => response.url().endsWith('/api/push/subscriptions') && response.status() === 204)
  const person = demoPerson('applicant')
  await signIn(page, person)
  await expect(page).toHaveURL(/\/home/)
  await page.evaluate('navigator.serviceWorker.ready.then(() => undefined)')
  const service = await openPushServer()
  const { publicKey } = (await (await page.request.get('/api/push/key')).json()) as {
    publicKey: string
  }
  const { endpoint, keys } = await service.subscribe(publicKey)
  // no push service of a browser can be reached from here
  await page.addInitScript(
    (subscription) => {
      PushManager.prototype.getSubscription = async () =>
        ({ options: {}, ...subscription, toJSON: () => subscription }) as unknown as PushSubscription
    },
    { endpoint, keys },
  )
  let again = told()
  await page.reload()
  await again

  await phone.clearCookies()
  await page.reload()
  await page.getByRole('link', { name: '重新登录' }).click()
  again = told()
  await fill(page, '身份证号', person.idNumber)
  await fill(page, '密码', person.password)
  await fill(page, '验证码', '8888')
  await page.getByRole('button', { name: '登录', exact: true }).click()
  await again

  await expect(page).toHaveURL(/\/home/)
  await page.goto('/password')
  again = told()
  await fill(page, '原密码', person.password)
  await fill(page, '新密码', 'Qingshan-2026-feng')
  await fill(page, '再输一次新密码', 'Qingshan-2026-feng')
  await page.getByRole('button', { name: '保存新密码' }).click()
  await again
  await service.close()
})
