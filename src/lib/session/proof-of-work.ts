/** A riddle of the server: the number, not above `atMost`, whose SHA-256 with the salt before it is `hash`. */
export interface Work {
  readonly salt: string
  readonly hash: string
  readonly atMost: number
}

/** Digests under way at a time: enough that the browser is never idle, few enough that a tap is answered at once. */
const AT_ONCE = 500

const hex = (bytes: ArrayBuffer): string =>
  Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')

/** Finds the number; undefined where there is none, or `signal` said to stop. The page stays usable meanwhile. */
export async function solve({ salt, hash, atMost }: Work, signal?: AbortSignal): Promise<string | undefined> {
  const encoder = new TextEncoder()
  for (let from = 0; from <= atMost && !signal?.aborted; from += AT_ONCE) {
    const numbers = Array.from({ length: Math.min(AT_ONCE, atMost - from + 1) }, (_, step) => from + step)
    const digests = await Promise.all(
      numbers.map(async (number) => hex(await crypto.subtle.digest('SHA-256', encoder.encode(`${salt}${number}`)))),
    )
    const found = digests.indexOf(hash)
    if (found !== -1) return String(numbers[found])
  }
  return undefined
}
