/**
 * How Node is started for the product. Under the load of `bench:load` (a) to (c) the process took 434 MiB without them and 264 to
 * 269 MiB with them; a whole application then takes 47 ms of its processor time instead of 39 to 42. With half of this heap it was
 * 243 MiB, and 61 to 64 ms.
 */

/**
 * Options of Node. With a heap of gigabytes in sight V8 lets it grow fourfold before it looks for garbage; exports and uploads
 * are streamed, so one gigabyte is far from full. A request runs once through much code, most of which would be compiled only after
 * some thousand of them; the word for how soon is known to Node 20 alone, and from 22 on there is a compiler in between.
 * @param {number} major version of Node
 */
export const runtimeOf = (major) => [
  '--enable-source-maps',
  '--max-old-space-size=1024',
  ...(major === 20 ? ['--interrupt-budget=20000'] : []),
]
export const runtime = runtimeOf(Number(process.versions.node.split('.')[0]))

/**
 * The first is read by the C library: memory of requests of some hundred KB goes back to the system instead of being kept in case. The
 * second by the canvas: no text is drawn with it, and to know the fonts of a machine with Chinese ones takes 9 to 11 MiB.
 */
export const environment = { MALLOC_TRIM_THRESHOLD_: '131072', DISABLE_SYSTEM_FONTS_LOAD: '1' }
