export const runtime: readonly string[]
export const environment: Readonly<Record<string, string>>
