import * as v from 'valibot'

/** What a push message carries to the service worker, encrypted on its way (RFC 8291). Its words may stand on a lock screen. */
export const pushPayload = v.object({
  /** the notice: also the tag, so that a message that comes twice shows once */
  id: v.pipe(v.string(), v.uuid()),
  title: v.string(),
  body: v.string(),
  /** where a tap leads, a path of this app */
  link: v.string(),
  /** unread notices, for the number on the icon */
  unread: v.pipe(v.number(), v.integer(), v.minValue(0)),
})

export type PushPayload = v.InferOutput<typeof pushPayload>
