import { sveltekit } from '@sveltejs/kit/vite'
import tailwindcss from '@tailwindcss/vite'
import { defineConfig } from 'vite'

/** The page that everybody meets first, what is around it, and (with these) all that they stand on. */
const first =
  /routes[\\/](\(public\)[\\/]apply[\\/]login[\\/]\+page|\+layout|\+error)\.svelte$|kit[\\/]src[\\/]runtime[\\/]client[\\/]entry\.js$/

/** What stands around every page of a person who is signed in, and the store that it works on. */
const signed = /routes[\\/]\(applicant\)[\\/](home[\\/]\+page|\+layout)\.svelte$|session[\\/]work\.ts$/

export default defineConfig({
  plugins: [tailwindcss(), sveltekit()],
  build: {
    target: ['chrome105', 'safari16', 'firefox115'],
    rollupOptions: {
      output: {
        // What every page needs comes as one file: forty small ones compress worse and queue up on a slow network.
        codeSplitting: {
          groups: [
            { name: 'first', test: first, priority: 2 },
            { name: 'signed', test: signed, priority: 1 },
          ],
        },
      },
    },
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': 'http://127.0.0.1:3000' } },
})
