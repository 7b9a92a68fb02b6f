/** @param major version of Node */
export const runtimeOf: (major: number) => readonly string[]
export const runtime: readonly string[]
export const environment: Readonly<Record<string, string>>
