import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defineConfig, type Plugin } from 'vite'

type Modules = { getModuleInfo(id: string): { readonly importers: readonly string[] } | null }

const file = (path: string): RegExp => new RegExp(`${path.replaceAll(/[()[\]+.]/g, '\\$&')}$`)
const around = [file('/routes/+layout.svelte'), file('/routes/+error.svelte'), file('/kit/src/runtime/client/entry.js')]
const login = file('/(public)/apply/login/+page.svelte')
const signed = [file('/routes/(applicant)/+layout.svelte'), file('/lib/session/work.ts')]
const home = file('/(applicant)/home/+page.svelte')
const form = [file('/applications/[id]/+layout.svelte'), file('/applications/[id]/[step]/+page.svelte')]
const rows = [file('/lib/forms/rows-and-files.ts')]
const uploads = [file('/lib/local/uploads.svelte.ts')]
const advice = [file('/domain/rules/eligibility.ts')]
const screens = /\/routes\/.*\+(page|layout)\.svelte$/
const applicant = /\/routes\/\(applicant\)\//
const office = /\/routes\/\(office\)\//

const parts = [
  'first',
  'mark',
  'login',
  'signed',
  'controls',
  'form',
  'rows',
  'advice',
  'home',
  'pages',
  'desk',
] as const
type Part = (typeof parts)[number]

/** Every module that needs this one from the start, at however many removes, and itself. */
function needing(id: string, modules: Modules): readonly string[] {
  const all = new Set([id])
  for (const one of all) for (const importer of modules.getModuleInfo(one)?.importers ?? []) all.add(importer)
  return [...all]
}

/**
 * Which file of JavaScript a module goes into; null: the bundler's own way, one for each set of pages that share it. Forty
 * small files compress worse than one and queue up on a slow network, so what a form or 首页 is made of comes as a few: what
 * stands around every page, what everybody who is signed in works on, what many pages share, the form, its rows, 首页; and
 * what other pages of one kind of person share, because every page carries a list of all files. Whatever a module imports is needed by as many
 * pages as the module itself, so no file leads back to a smaller one.
 */
function partOf(id: string, modules: Modules): Part | null {
  const by = needing(id, modules)
  const isFor = (some: readonly RegExp[]) => by.some((one) => some.some((pattern) => pattern.test(one)))
  if (isFor(around)) return 'first'
  const inForm = isFor(form)
  const inHome = isFor([home])
  if (isFor([login])) return inForm ? 'first' : inHome ? 'mark' : 'login'
  const inRows = isFor(rows)
  if (isFor(signed) || (inHome && (inForm || inRows)) || (inRows && isFor(uploads))) return 'signed'
  const on = by.filter((one) => screens.test(one))
  if (inForm) return on.length > 8 ? 'controls' : 'form'
  if (inRows) return 'rows'
  if (isFor(advice)) return 'advice'
  if (inHome) return 'home'
  const areOf = (who: RegExp) => on.length > 1 && on.every((one) => who.test(one))
  return areOf(office) ? 'desk' : areOf(applicant) ? 'pages' : null
}

/** The shapes of an icon in Lucide's files, as the inside of an `<svg>`; `path` leads to the component, under this or a former name. */
function shapesOf(path: string): string {
  const component = /from "\.\/([\w-]+\.svelte)"/.exec(readFileSync(path, 'utf8'))?.[1] ?? ''
  const data = /iconData = (\{.*\});/.exec(readFileSync(join(dirname(path), component), 'utf8'))?.[1]
  if (data === undefined) throw new Error(`No shapes in ${path}`)
  const { node } = JSON.parse(data) as { node: readonly (readonly [string, Readonly<Record<string, string>>])[] }
  const inWords = (attributes: Readonly<Record<string, string>>) =>
    Object.entries(attributes).map(([name, value]) => ` ${name}="${value}"`)
  return node.map(([tag, attributes]) => `<${tag}${inWords(attributes).join('')}/>`).join('')
}

/**
 * An icon of Lucide's is its shapes and a call of ours, no component of its own: of those a form has forty, and a third of
 * the time in which it was drawn went into their choices, which nobody here makes.
 */
const icons: Plugin = {
  name: 'icons',
  enforce: 'pre',
  async resolveId(source, importer) {
    if (!source.startsWith('@lucide/svelte/icons/')) return null
    const found = await this.resolve(source, importer, { skipSelf: true })
    return found && `\0${found.id}`
  },
  load(id) {
    if (!/^\0.*@lucide\/svelte\/dist\/icons\/[\w-]+\.js$/.test(id)) return null
    const shapes = shapesOf(id.slice(1))
    return `import { drawn } from '$lib/components/icon-drawing.ts'
export default /* @__PURE__ */ drawn(${JSON.stringify(shapes)})`
  },
}

export default defineConfig({
  plugins: [icons, tailwindcss(), sveltekit()],
  build: {
    target: ['chrome105', 'safari16', 'firefox115'],
    rollupOptions: {
      output: {
        codeSplitting: {
          groups: parts.map((part, index) => ({
            name: (id, modules) => (partOf(id, modules) === part ? part : null),
            priority: parts.length - index,
          })),
        },
      },
    },
  },
  resolve: {
    alias: [
      // Without the wrapper that keeps two copies of it apart: there is one, and the modern build is smaller.
      { find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.mjs' },
    ],
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
