import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { environment, runtime, runtimeOf } from '../server/process-settings.mjs'

/** What the files of the deployment say of the program is held against the program: no Docker is needed for that. */
const root = fileURLToPath(new URL('..', import.meta.url))
const read = (name: string) => readFileSync(`${root}${name}`, 'utf8')
const compose = read('compose.yaml')
const dockerfile = read('Dockerfile')
const config = read('server/platform/config.ts')

test('every variable that a node is given is one that the configuration reads', () => {
  const block = /environment: &environment\n((?: {4}\w+:.*\n)+)/.exec(compose)![1]!
  const names = [...block.matchAll(/^ {4}(\w+):/gm)].map(([, name]) => name!)
  expect(names).toContain('S3_ENDPOINT')
  for (const name of names.filter((one) => one !== 'LOG_LEVEL')) expect(config, name).toContain(`${name}:`)
  expect(read('server/main.ts')).toContain('LOG_LEVEL')
})

test('two nodes, a database, a store and a proxy that knows both nodes', () => {
  for (const service of ['node1', 'node2', 'postgres', 'store', 'caddy', 'backup']) {
    expect(compose).toMatch(new RegExp(`^ {2}${service}:$`, 'm'))
  }
  expect(read('Caddyfile')).toContain('reverse_proxy node1:3000 node2:3000')
  expect(read('Caddyfile')).toContain('health_uri /api/health')
  // A phone tells a connection broken off (502, at once again) from a server that is away (503, later).
  expect(read('Caddyfile')).toContain('{http.error.status_code}')
})

test('the image is built of what is there, does not run as root and tells its health', () => {
  const ignored = read('.dockerignore').split('\n').filter(Boolean)
  for (const [, path] of dockerfile.matchAll(/^COPY --from=build \/app\/(\S+)/gm)) {
    // Made in the image itself.
    if (path === 'build' || path === 'node_modules') continue
    expect(existsSync(root + path!), path!).toBe(true)
    expect(ignored).not.toContain(path)
  }
  const users = [...dockerfile.matchAll(/^USER (\w+)/gm)].map(([, user]) => user)
  expect(users.at(0)).toBe('node')
  // The other image has no user of that name: its number.
  expect(users.at(-1)).toBe('1000')
  expect(dockerfile).toMatch(/^HEALTHCHECK [\s\S]*\/api\/health/m)
})

test('the image leaves out exactly the packages that nothing on the server asks for', () => {
  const removed = /^RUN npm pkg delete \\\n([\s\S]*?) && /m.exec(dockerfile)![1]!.match(/(?<=dependencies\.)\S+/g)!
  const sources = ['server', 'src/lib/domain'].flatMap((folder) =>
    readdirSync(root + folder, { recursive: true })
      .map((file) => `${folder}/${String(file)}`)
      .filter((file) => file.endsWith('.ts') && !/\.test\.ts$|\.d\.ts$|\/test-|\/e2e\//.test(file)),
  )
  const text = sources.map(read).join('\n')
  const { dependencies } = JSON.parse(read('package.json')) as { dependencies: Record<string, string> }
  // From source a worker's thread asks tsx in; the image has the bundles.
  const unused = Object.keys(dependencies).filter((name) => name === 'tsx' || !new RegExp(`'${name}['/]`).test(text))
  expect(removed.toSorted()).toEqual(unused.toSorted())
})

test('the client of the back-up is that of the server, and the commands are those that are bundled', () => {
  const [, server] = /image: (postgres:\S+)/.exec(compose)!
  expect(dockerfile).toContain(`FROM ${server} AS operations`)
  const bundled = [.../^const commands = \[([^\]]*)\]$/m.exec(read('server/bundle.mjs'))![1]!.matchAll(/([\w-]+)\.ts/g)]
  for (const text of [read('docs/deployment.md'), compose, dockerfile]) {
    for (const [, name] of text.matchAll(/build\/([\w-]+)\.js/g))
      expect(['server', ...bundled.map(([, one]) => one)], name).toContain(name)
  }
})

test('neither secrets nor back-ups go into an image or a commit', () => {
  for (const file of ['.dockerignore', '.gitignore']) {
    const entries = read(file)
      .split('\n')
      .map((line) => line.replace(/^\/|\/$/g, ''))
    expect(entries, file).toEqual(expect.arrayContaining(['.env', 'backup']))
  }
})

test('a node may use more memory than its heap can grow to', () => {
  const heap = Number(/--max-old-space-size=(\d+)/.exec(runtime.join(' '))![1])
  expect(Number(/mem_limit: (\d+)m/.exec(compose)![1])).toBeGreaterThan(heap)
})

test('the image starts the process as `npm start` does', () => {
  const options = runtimeOf(Number(/FROM node:(\d+)-\S+ AS app/.exec(dockerfile)![1]))
  expect(dockerfile).toContain(`CMD ${JSON.stringify(['node', ...options, 'build/server.js']).replaceAll(',', ', ')}`)
  for (const [name, value] of Object.entries(environment)) expect(dockerfile).toContain(`ENV ${name}=${value}\n`)
})

test('every command that the page of deployment and the files name is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
  const page = read('docs/deployment.md')
  for (const [, name] of page.matchAll(/npm run (?:-s )?([\w:]+)/g)) expect(Object.keys(scripts), name!).toContain(name)
  for (const text of [page, compose, dockerfile]) {
    for (const [path] of text.matchAll(/(?:server|tests)\/[\w/-]+\.ts/g))
      expect(existsSync(root + path), path).toBe(true)
  }
})
