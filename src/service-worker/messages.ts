/** Everything a page says to the worker. */
export type ToWorker =
  /** the person let the new version in */
  | { readonly kind: 'skip-waiting' }
  /** which version are you? answered through the port that comes with it */
  | { readonly kind: 'version' }

/** Everything the worker says to a page. */
export type FromWorker =
  | { readonly kind: 'version'; readonly version: string }
  /** the page's queue may go on: the network is back (Background Sync) */
  | { readonly kind: 'retry' }
  /** a notice has come: the inbox asks for it */
  | { readonly kind: 'notices' }
  /** the browser has another push address now */
  | { readonly kind: 'push-changed' }
  /** a notification was tapped: go there */
  | { readonly kind: 'open'; readonly link: string }
