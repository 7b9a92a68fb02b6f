/**
 * What every page and asset says to the browser (ASVS 3.4). The policy itself is that of the built page, because only the build knows the
 * digest of its inline script; a header adds what a `<meta>` cannot say.
 */
export function pageHeaders(indexHtml: string, publicOrigin: string): Readonly<Record<string, string>> {
  const policy = /<meta http-equiv="content-security-policy" content="([^"]+)"/i.exec(indexHtml)?.[1]
  if (!policy) throw new Error('The built page carries no content security policy: see kit.csp in svelte.config.js')
  return {
    'content-security-policy': `${policy}; frame-ancestors 'none'`,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    // The camera scans papers; nothing else of the phone is anybody's business here.
    'permissions-policy':
      'camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), browsing-topics=()',
    ...(publicOrigin.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  }
}
