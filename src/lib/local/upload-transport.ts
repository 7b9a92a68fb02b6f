import { refuse } from '#domain/problems.ts'
import type { UploadTransport } from './uploads.svelte.ts'

/**
 * Bytes by tus 1.0, several small files in one request. The library, and all that knows of it, is fetched when the first file goes.
 * @param known asks whether identical bytes of this person are there already
 */
export function createUploadTransport(known: UploadTransport['known'], endpoint: string): UploadTransport {
  return {
    known,
    async send(file, on) {
      let tus: typeof import('./tus-upload.ts')
      try {
        tus = await import('./tus-upload.ts')
      } catch {
        return refuse('network.offline')
      }
      return tus.sendByTus(endpoint, file, on)
    },
    async together(applicationId, files, on) {
      let sending: typeof import('./send-together.ts')
      try {
        sending = await import('./send-together.ts')
      } catch {
        return refuse('network.offline')
      }
      return sending.sendTogether(`${endpoint}/together`, applicationId, files, on)
    },
    async forget(url) {
      try {
        await (await import('./tus-upload.ts')).forgetByTus(url)
      } catch {
        // The server forgets unfinished uploads by itself.
      }
    },
  }
}
