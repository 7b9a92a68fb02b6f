import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

type Modules = { getModuleInfo(id: string): { readonly importers: readonly string[] } | null }

const file = (path: string): RegExp => new RegExp(`${path.replaceAll(/[()[\]+.]/g, '\\$&')}$`)
const around = [file('/routes/+layout.svelte'), file('/routes/+error.svelte'), file('/kit/src/runtime/client/entry.js')]
const login = file('/(public)/apply/login/+page.svelte')
const signed = [file('/routes/(applicant)/+layout.svelte'), file('/lib/session/work.ts')]
const home = file('/(applicant)/home/+page.svelte')
const form = [file('/applications/[id]/+layout.svelte'), file('/applications/[id]/[step]/+page.svelte')]
const screens = /\/routes\/.*\+(page|layout)\.svelte$/

const parts = ['first', 'login', 'signed', 'controls', 'form'] as const
type Part = (typeof parts)[number]

/** Every module that needs this one from the start, at however many removes, and itself. */
function needing(id: string, modules: Modules): readonly string[] {
  const all = new Set([id])
  for (const one of all) for (const importer of modules.getModuleInfo(one)?.importers ?? []) all.add(importer)
  return [...all]
}

/**
 * Which file of JavaScript a module goes into; null: the bundler's own way, one for each set of pages that share it. Forty
 * small files compress worse than one and queue up on a slow network, so what a form is made of comes as a few: what stands
 * around every page, what everybody who is signed in works on, what many pages share, the form. Whatever a module imports is
 * needed by as many pages as the module itself, so no file leads back to a smaller one.
 */
function partOf(id: string, modules: Modules): Part | null {
  const by = needing(id, modules)
  const isFor = (some: readonly RegExp[]) => by.some((one) => some.some((pattern) => pattern.test(one)))
  if (isFor(around)) return 'first'
  const inForm = isFor(form)
  if (isFor([login])) return inForm ? 'first' : 'login'
  if (isFor(signed) || (inForm && isFor([home]))) return 'signed'
  if (!inForm) return null
  return by.filter((one) => screens.test(one)).length > 8 ? 'controls' : 'form'
}

export default defineConfig({
  plugins: [tailwindcss(), sveltekit()],
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
      // The icons are Lucide's, one file each; what draws them is ours.
      { find: /^\.\.\/Icon\.svelte$/, replacement: `${import.meta.dirname}/src/lib/components/IconDrawing.svelte` },
    ],
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
