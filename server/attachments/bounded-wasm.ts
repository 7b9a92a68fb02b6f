/** Reads one unsigned LEB128 number (WebAssembly core specification, §5.2.2). */
function readNumber(bytes: Uint8Array, at: number): { readonly value: number; readonly next: number } {
  let value = 0
  for (let shift = 0, next = at; ; shift += 7) {
    const byte = bytes[next++]!
    value += (byte & 0x7f) * 2 ** shift
    if ((byte & 0x80) === 0) return { value, next }
  }
}

function writeNumber(value: number): number[] {
  const out: number[] = []
  for (let rest = value; ;) {
    const byte = rest % 128
    rest = Math.floor(rest / 128)
    out.push(rest > 0 ? byte | 0x80 : byte)
    if (rest === 0) return out
  }
}

const MEMORY_SECTION = 5
const PAGE = 65_536

/**
 * The module with an upper bound to its memory. A thread's heap limit does not count WebAssembly memory, so the bound is
 * written into the module: beyond it, growing fails inside as if the machine had no more.
 */
export function boundMemory(module: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  const atMost = Math.floor(bytes / PAGE)
  for (let at = 8; at < module.length;) {
    const id = module[at]!
    const size = readNumber(module, at + 1)
    const end = size.next + size.value
    if (id === MEMORY_SECTION) {
      const count = readNumber(module, size.next)
      const least = readNumber(module, count.next + 1)
      if (count.value !== 1) throw new Error('Expected a module with one memory')
      const body = [1, 1, ...writeNumber(least.value), ...writeNumber(Math.max(least.value, atMost))]
      const section = Uint8Array.from([id, ...writeNumber(body.length), ...body])
      const bounded = new Uint8Array(at + section.length + module.length - end)
      bounded.set(module.subarray(0, at))
      bounded.set(section, at)
      bounded.set(module.subarray(end), at + section.length)
      return bounded
    }
    at = end
  }
  throw new Error('The module has no memory of its own')
}
