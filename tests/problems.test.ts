import { readdirSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { phoneProblems } from '#domain/problems.ts'
import { serverProblems } from '#domain/server-problems.ts'

/** Parts of the domain that the server alone asks. */
const onServerAlone = [
  'lifecycle/guards.ts',
  'lifecycle/next.ts',
  'lifecycle/closing-hindrance.ts',
  'rules/barred.ts',
].map((file) => `lib/domain/${file}`)

it('the phone never utters a refusal whose words come with the server’s answer, and no code has two words', () => {
  const src = new URL('../src/', import.meta.url)
  const sources = readdirSync(src, { recursive: true })
    .map(String)
    .filter((file) => /\.(ts|svelte)$/.test(file) && !/\.test\.ts$|problems\.ts$/.test(file))
  const uttered = sources.flatMap((file) => {
    const text = readFileSync(new URL(file, src), 'utf8')
    if (onServerAlone.includes(file)) return []
    const asksThem = onServerAlone.filter((one) =>
      new RegExp(`import (?!type )[^']*'[^']*/${one.split('/').at(-1)}'`).test(text),
    )
    if (asksThem.length > 0) return [`${file} asks ${asksThem}`]
    return Object.keys(serverProblems).flatMap((code) =>
      text.includes(`refuse('${code}'`) ? [`${file}: ${code}`] : [],
    )
  })
  expect(sources.length).toBeGreaterThan(300)
  expect(uttered).toEqual([])
  expect(Object.keys(serverProblems).filter((code) => code in phoneProblems)).toEqual([])
})
