import { type IdNumber, maskIdNumber } from '#domain/identity/id-number.ts'
import type { Secrets } from '#server/platform/secrets.ts'

/** Names of the keys; changing one would lose every account. */
const INDEX = 'account.id-number.index'
const SEAL = 'account.id-number'

/** The blind index by which an account is found and kept unique: the same for the same number, and no way back (A40). */
export const idNumberIndex = (secrets: Secrets, idNumber: string): string => secrets.mac(INDEX, idNumber)

/** The ID number as it is stored; bound to its account, so that a row copied to another person does not open. */
export const sealIdNumber = (secrets: Secrets, idNumber: string, accountId: string): string =>
  secrets.seal(SEAL, idNumber, accountId)

export const openIdNumber = (secrets: Secrets, account: { readonly id: string; readonly idNumberCipher: string }) =>
  secrets.open(SEAL, account.idNumberCipher, account.id)

/** What an account's row keeps of an ID number: how it is found, the number sealed, how it is shown, and what it tells (A40). */
export const sealIdentity = (secrets: Secrets, { number, gender, birthDate }: IdNumber, accountId: string) => ({
  idNumberIndex: idNumberIndex(secrets, number),
  idNumberCipher: sealIdNumber(secrets, number, accountId),
  idNumberMasked: maskIdNumber(number),
  gender,
  birthDate,
})
