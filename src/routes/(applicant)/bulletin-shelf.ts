import { BulletinShelf } from '$lib/notices/bulletin.svelte.ts'
import { api, ask } from '$lib/session/api.ts'
import { phone, type Work } from '$lib/session/phone.svelte.ts'
import { whenIdle } from '$lib/session/when-idle.ts'

const shelves = new WeakMap<Work, BulletinShelf>()

/** 公告 and 政策规范 of who is signed in; one shelf as long as he is. */
export function bulletinShelf(): BulletinShelf {
  const work = phone.need()
  const made = shelves.get(work)
  if (made) return made
  const shelf = new BulletinShelf({
    store: work.store,
    accountId: work.accountId,
    now: phone.clock.now,
    source: {
      list: (query) => ask(api.bulletin.$get({ query })),
      text: (id) => ask(api.bulletin[':id'].$get({ param: { id } })),
      opened: (id) => ask(api.bulletin[':id'].read.$post({ param: { id } })),
    },
  })
  shelves.set(work, shelf)
  // The page on the screen comes first; it shows what is here.
  whenIdle(() => void shelf.freshen())
  return shelf
}
