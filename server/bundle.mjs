/**
 * The server as files that Node runs as they are: `server.js`, beside it one file a worker thread, and the commands of whoever
 * runs it. Packages stay outside.
 * Then the pages' files get their compressed twins, so that no request waits for a compressor.
 */
import { build } from 'esbuild'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const workers = readdirSync(join(root, 'server'), { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.worker.ts'))
/** So that the image needs neither the sources nor what reads them. */
const commands = [
  'operations/back-up.ts',
  'operations/move-files.ts',
  'first-administrator.ts',
  'rotate-keys.ts',
  'verify-audit.ts',
]
const entries = ['main.ts', ...commands, ...workers].map((file) => ({
  in: join(root, 'server', file),
  out: file === 'main.ts' ? 'server' : basename(file, '.ts'),
}))

await build({
  entryPoints: entries,
  outdir: join(root, 'build'),
  bundle: true,
  packages: 'external',
  // Our own subpath imports look like packages to esbuild; these are ours.
  plugins: [
    {
      name: 'own-imports',
      setup: ({ onResolve }) => {
        onResolve({ filter: /^#domain\// }, ({ path }) => ({ path: join(root, 'src/lib/domain', path.slice(8)) }))
        onResolve({ filter: /^#server\// }, ({ path }) => ({ path: join(root, 'server', path.slice(8)) }))
      },
    },
  ],
  platform: 'node',
  target: 'node20.19',
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  logLevel: 'warning',
})

const COMPRESSIBLE = /\.(html|js|mjs|css|json|svg|wasm|webmanifest|txt|xml)$/
/** Bytes up to which the slowest compression is worth its time; for 4 MB of WebAssembly it saves 13 % and takes 14 times as long. */
const PATIENT_UNTIL = 500_000
const compressors = {
  '.br': (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: bytes.length > PATIENT_UNTIL ? 9 : 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  '.gz': (bytes) => promisify(gzip)(bytes, { level: 9 }),
}

const client = join(root, 'build', 'client')
const pages = existsSync(client)
  ? readdirSync(client, { recursive: true })
      .map(String)
      .filter((file) => COMPRESSIBLE.test(file))
  : []
await Promise.all(
  pages.map(async (file) => {
    const bytes = readFileSync(join(client, file))
    // Below one packet there is nothing to gain.
    if (bytes.length < 1024) return
    for (const [ending, compress] of Object.entries(compressors)) {
      const small = await compress(bytes)
      if (small.length < bytes.length * 0.95) writeFileSync(join(client, file + ending), small)
    }
  }),
)
