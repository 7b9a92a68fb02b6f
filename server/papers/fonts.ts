import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)

/** The faces that templates ask for. Noto Serif JP stands behind the others for characters they lack, 𠮷 among them. */
const faces = [
  '@expo-google-fonts/noto-serif-sc/400Regular/NotoSerifSC_400Regular.ttf',
  '@expo-google-fonts/noto-serif-sc/700Bold/NotoSerifSC_700Bold.ttf',
  '@expo-google-fonts/noto-sans-sc/500Medium/NotoSansSC_500Medium.ttf',
  '@expo-google-fonts/noto-serif-jp/400Regular/NotoSerifJP_400Regular.ttf',
] as const

/** Faces whose characters a name or a text may use: those of running text. */
const textFaces = [faces[0], faces[3]] as const

export const fontFiles = (): string[] => faces.map((face) => require.resolve(face))

/** Folder of the templates: beside this file, or in the tree from which the built server was made. */
export function templateDirectory(): string {
  const here = fileURLToPath(new URL('.', import.meta.url))
  for (let folder = here; ; folder = join(folder, '..')) {
    const candidates = [join(folder, 'templates'), join(folder, 'server/papers/templates')]
    const found = candidates.find((one) => existsSync(join(one, 'paper.typ')))
    if (found) return found
    if (folder === '/' || folder === join(folder, '..')) throw new Error(`No templates found above ${here}`)
  }
}

type Span = readonly [from: number, to: number]

/** The code points a font has, read from its `cmap` table in format 12 (OpenType 1.9, §cmap). */
function coverageOf(file: string): Span[] {
  const font = readFileSync(file)
  const tables = font.readUInt16BE(4)
  for (let index = 0; index < tables; index++) {
    const entry = 12 + 16 * index
    if (font.toString('latin1', entry, entry + 4) !== 'cmap') continue
    const cmap = font.readUInt32BE(entry + 8)
    const subtables = font.readUInt16BE(cmap + 2)
    for (let sub = 0; sub < subtables; sub++) {
      const at = cmap + font.readUInt32BE(cmap + 4 + 8 * sub + 4)
      if (font.readUInt16BE(at) !== 12) continue
      const groups = font.readUInt32BE(at + 12)
      return Array.from({ length: groups }, (_, group): Span => {
        const start = at + 16 + 12 * group
        return [font.readUInt32BE(start), font.readUInt32BE(start + 4)]
      })
    }
  }
  throw new Error(`${file} has no cmap table in format 12`)
}

let covered: Span[][] | undefined

const has = (spans: readonly Span[], point: number): boolean => {
  let low = 0
  let high = spans.length - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    const [from, to] = spans[middle]!
    if (point < from) high = middle - 1
    else if (point > to) low = middle + 1
    else return true
  }
  return false
}

/** Whether some face of running text has the character; line ends and spaces always print. */
export function isPrintable(character: string): boolean {
  const point = character.codePointAt(0) ?? 0
  if (point <= 0x20) return true
  covered ??= textFaces.map((face) => coverageOf(require.resolve(face)))
  return covered.some((spans) => has(spans, point))
}
