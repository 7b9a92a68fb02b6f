/**
 * Makes a fresh copy of the sources ready to run: installs what is missing, builds what is stale, and says so in one line each.
 * Only what Node itself brings is imported, because nothing else may be there yet.
 */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stamp = join(root, 'build', '.stamp')

/** All that a build depends on: change one byte and it is made again. */
const sources = ['src', 'static', 'server', 'package-lock.json', 'svelte.config.js', 'vite.config.ts', 'tsconfig.json']

/** A step of the preparation failed; its own output says why. */
export class PreparationFailed extends Error {}

function run(command, args, environment = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...environment },
      // On Windows npm is a script, which only a shell runs.
      shell: process.platform === 'win32' && command === 'npm',
    })
    const output = []
    child.stdout.on('data', (text) => output.push(text))
    child.stderr.on('data', (text) => output.push(text))
    child.on('error', failed)
    child.on('close', (code) => {
      if (code === 0) return done()
      process.stderr.write(Buffer.concat(output))
      failed(new PreparationFailed(`${command} ${args.join(' ')} ended with ${code}`))
    })
  })
}

async function timed(what, work) {
  const began = Date.now()
  process.stdout.write(`▸ ${what} …`)
  try {
    await work()
    process.stdout.write(` ${((Date.now() - began) / 1000).toFixed(1)} s\n`)
  } catch (error) {
    process.stdout.write('\n')
    throw error
  }
}

const readJson = (file) => JSON.parse(readFileSync(file, 'utf8'))

/** Names of the packages that the lock asks for and that are not there in that version. Other machines' optional binaries do not count. */
function missingPackages(dev) {
  const hidden = join(root, 'node_modules', '.package-lock.json')
  if (!existsSync(hidden)) return ['node_modules']
  const installed = readJson(hidden).packages
  return Object.entries(readJson(join(root, 'package-lock.json')).packages)
    .filter(([folder, { optional, devOptional, peer, dev: onlyDev, link }]) => {
      if (folder === '' || optional || devOptional || link || (peer && !installed[folder])) return false
      return dev || !onlyDev
    })
    .filter(
      ([folder, { version }]) =>
        installed[folder]?.version !== version || !existsSync(join(root, folder, 'package.json')),
    )
    .map(([folder]) => folder)
}

/** Installs exactly what the lock says, if something of it is missing. `dev`: with what only tests need. */
export async function install({ dev = false } = {}) {
  if (missingPackages(dev).length === 0) return
  // A process that already has the dev packages must not lose them to a start.
  const keepDev = dev || existsSync(join(root, 'node_modules', 'vitest'))
  await timed('安装依赖 Installing packages', () =>
    run('npm', ['ci', '--no-audit', '--no-fund', ...(keepDev ? [] : ['--omit=dev'])], { NODE_ENV: '' }),
  )
}

function* filesOf(path) {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  for (const entry of entries) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) yield* filesOf(inner)
    else if (!/\.(test|test-d)\.ts$|\.md$/.test(entry.name)) yield inner
  }
}

/** The SHA-256 of everything the build is made from, and of the Node that makes it. */
export function sourceDigest() {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0])
  for (const source of sources) {
    const path = join(root, source)
    if (!existsSync(path)) continue
    for (const file of source.includes('.') ? [path] : filesOf(path)) {
      hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0')
    }
  }
  return hash.digest('hex')
}

/** Builds the pages and the server, if anything they are made from has changed since the last build. */
export async function build() {
  const digest = sourceDigest()
  const fresh = existsSync(stamp) && readFileSync(stamp, 'utf8') === digest
  if (fresh && existsSync(join(root, 'build/server.js')) && existsSync(join(root, 'build/client/index.html'))) return
  await timed('构建 Building', async () => {
    await run(process.execPath, ['node_modules/vite/bin/vite.js', 'build'], { NODE_ENV: 'production' })
    await run(process.execPath, ['server/bundle.mjs'], { NODE_ENV: 'production' })
    mkdirSync(dirname(stamp), { recursive: true })
    writeFileSync(stamp, digest)
  })
}
