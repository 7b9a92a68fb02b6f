/**
 * Everything personal lies sealed on the phone: a row that carries an `accountId` keeps in clear only what an index needs,
 * the rest is one AES-GCM text under a key of that account. The key cannot be read out, and goes at log-out: what is left
 * somewhere in the files of the browser says nothing any more. docs/decisions/041-sealed-store.md says what it is good for.
 */
export type Row = Record<string, unknown>
export interface Sealed extends Row {
  /** 12 bytes of nonce, then the text with its tag */
  sealed: Uint8Array<ArrayBuffer>
}

/** A key as it lies there: no script can read it out. */
export interface KeptKey {
  accountId: string
  key: CryptoKey
}

export const NONCE = 12

/** Where the keys of a store's accounts lie. */
export const keysNameOf = (store: string): string => `${store}-keys`

export const isSealed = (row: unknown): row is Sealed => (row as Row | undefined)?.['sealed'] instanceof Uint8Array

/** A row put together again from what stood in clear and its opened text. */
export function rowOf(row: Sealed, text: Uint8Array): Row {
  const { sealed: _, ...clear } = row
  const head = new DataView(text.buffer, text.byteOffset).getUint32(0)
  const end = 4 + (head & 0x7fffffff)
  const rest = JSON.parse(new TextDecoder().decode(text.subarray(4, end))) as Row
  return { ...clear, ...rest, ...(head >= 0x80000000 && { bytes: text.slice(end).buffer }) }
}

/** Bound to its place, so that one sealed row cannot be put where another was. */
export const placeOf = (table: string, row: Row): string =>
  [table, row['accountId'], row['id'] ?? row['key']].join('\n')

export const cipherOf = (nonce: Uint8Array<ArrayBuffer>, place: string) => ({
  name: 'AES-GCM',
  iv: nonce,
  additionalData: new TextEncoder().encode(place),
})

/** The text of a sealed row. Throws where it was sealed under another key or for another place. */
export async function textOfSealed(key: CryptoKey, table: string, { sealed, ...row }: Sealed): Promise<Uint8Array> {
  const how = cipherOf(sealed.slice(0, NONCE), placeOf(table, row))
  return new Uint8Array(await crypto.subtle.decrypt(how, key, sealed.subarray(NONCE)))
}
