/// <reference types="@sveltejs/kit" />
/// <reference lib="webworker" />
import { build, files, version } from '$service-worker'
import type { FromWorker, ToWorker } from './messages.ts'
import { takePushes } from './push.ts'
import { takeShared } from './share-target.ts'
import { cleanOnDemand, serveShell } from './shell.ts'

declare const self: ServiceWorkerGlobalScope

serveShell({ build, files, version })
takeShared()
takePushes()

self.addEventListener('activate', (event) => event.waitUntil(cleanOnDemand(build)))

self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const message = event.data as ToWorker
  // Only when the person said so: never in the middle of a form.
  if (message.kind === 'skip-waiting') event.waitUntil(self.skipWaiting())
  if (message.kind === 'version') event.ports[0]?.postMessage({ kind: 'version', version } satisfies FromWorker)
})

/** Background Sync, where there is one: the network is back, so every open page goes on with its queue. */
self.addEventListener('sync', ((event: ExtendableEvent & { tag: string }) => {
  if (event.tag === 'retry') event.waitUntil(tellPages({ kind: 'retry' }))
}) as EventListener)

async function tellPages(message: FromWorker): Promise<void> {
  for (const client of await self.clients.matchAll({ type: 'window' })) client.postMessage(message)
}
