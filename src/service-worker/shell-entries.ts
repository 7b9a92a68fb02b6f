export const SHELL_PAGE = '/index.html'

/**
 * Not at installation: what most people never open, or what is large. It is fetched on first use and kept.
 * Engines (wasm, workers other than the scanner's, which is small and must work on a day without a network), fonts for paper, pictures that only the installation asks for.
 */
const LARGE =
  /\.(wasm|ttf|otf|woff2?)$|\/workers\/(?!scanner)|\/screenshots\/|\/icons\/(icon-512|maskable|shortcut|badge)|\.map$/

/** Named by its content: the same for ever. */
export const isImmutable = (path: string): boolean => path.startsWith('/_app/immutable/')

/**
 * What the shell stores at installation. Hashed files need no revision; the page and the files beside it get the
 * build's version.
 */
export function entries({
  build,
  files,
  version,
}: {
  build: readonly string[]
  files: readonly string[]
  version: string
}): {
  url: string
  revision: string | null
}[] {
  const small = (path: string) => !LARGE.test(path)
  return [
    { url: SHELL_PAGE, revision: version },
    ...build.filter(small).map((url) => ({ url, revision: isImmutable(url) ? null : version })),
    ...files.filter((path) => small(path) && path !== '/robots.txt').map((url) => ({ url, revision: version })),
  ]
}
