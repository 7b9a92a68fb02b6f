import { expect, it } from 'vitest'
import { entries, isImmutable } from './shell-entries.ts'

it('stores the page, small files and the scanner at installation, and leaves engines for when they are needed', () => {
  const listed = entries({
    version: 'v7',
    build: [
      '/_app/immutable/entry/start.a1.js',
      '/_app/immutable/assets/pdfium.b2.wasm',
      '/_app/immutable/workers/scanner.worker-c3.js',
      '/_app/immutable/workers/pdf.worker-d4.js',
    ],
    files: ['/manifest.webmanifest', '/icons/icon-192.png', '/screenshots/home.png', '/robots.txt'],
  })
  expect(listed).toEqual([
    { url: '/index.html', revision: 'v7' },
    { url: '/_app/immutable/entry/start.a1.js', revision: null },
    { url: '/_app/immutable/workers/scanner.worker-c3.js', revision: null },
    { url: '/manifest.webmanifest', revision: 'v7' },
    { url: '/icons/icon-192.png', revision: 'v7' },
  ])
  expect(isImmutable('/api/session')).toBe(false)
})
