/**
 * Large arrays that live only while one picture is looked at, kept from picture to picture. At 30 frames a second fresh
 * megabytes cost more than the arithmetic on them: browsers map them anew each time.
 */
const kept = new Map<string, Float32Array>()

/** An array of `length` for the purpose `name`; its content is whatever the last user left. One user at a time. */
export function scratch(name: string, length: number): Float32Array {
  let a = kept.get(name)
  if (!a || a.length < length) kept.set(name, (a = new Float32Array(length)))
  return a.length === length ? a : a.subarray(0, length)
}

/** ES2024; TypeScript's library and old browsers do not know it yet. */
type Movable = ArrayBufferLike & { transfer?: (length: number) => ArrayBuffer }

/**
 * Gives an array's memory back at once, where the browser can: a page holds several arrays of 35 MB one after another,
 * and the collector comes round when it likes. The array must not be used any more.
 */
export function letGo(array: ArrayBufferView): void {
  ;(array.buffer as Movable).transfer?.(0)
}
