/** What a personal file is served with: shown, never run, never kept by a cache, never read by another site. */
export const guarded = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'private, no-store',
}
