/** A string that carries its meaning in its type, so that an account id never stands where an application id is due. */
export type Brand<Name extends string> = string & { readonly __brand: Name }

export type AccountId = Brand<'AccountId'>
export type ApplicationId = Brand<'ApplicationId'>
export type BatchId = Brand<'BatchId'>
export type RowId = Brand<'RowId'>
export type MutationId = Brand<'MutationId'>
