import { clientsClaim } from 'workbox-core'
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { CacheFirst } from 'workbox-strategies'
import { entries, isImmutable, SHELL_PAGE } from './shell-entries.ts'

/** What is fetched only when it is needed and then never changes: camera code, PDF engines, the office's pages. */
const ON_DEMAND = 'on-demand'

/**
 * The shell works without a network: its files are stored at installation, and every address of the app opens the one
 * page. Answers of the API are never cached: Dexie is the cache, and it is erased at log-out.
 */
export function serveShell(built: { build: readonly string[]; files: readonly string[]; version: string }): void {
  precacheAndRoute(entries(built), { cleanURLs: false })
  cleanupOutdatedCaches()
  registerRoute(new NavigationRoute(createHandlerBoundToURL(SHELL_PAGE), { denylist: [/^\/api\//, /^\/metrics$/] }))
  registerRoute(
    ({ url, sameOrigin }) => sameOrigin && isImmutable(url.pathname),
    new CacheFirst({
      cacheName: ON_DEMAND,
      // A page in place of a file (a hotel's sign-in) must not be kept for ever.
      plugins: [
        { cacheWillUpdate: async ({ response }) => (isPage(response) || response.status !== 200 ? null : response) },
      ],
    }),
  )
  clientsClaim()
}

const isPage = (response: Response): boolean => response.headers.get('content-type')?.startsWith('text/html') ?? false

/** Throws away what no build that is still in use names. Called when a version takes over. */
export async function cleanOnDemand(build: readonly string[]): Promise<void> {
  const cache = await caches.open(ON_DEMAND)
  const named = new Set(build)
  for (const request of await cache.keys()) if (!named.has(new URL(request.url).pathname)) await cache.delete(request)
}
