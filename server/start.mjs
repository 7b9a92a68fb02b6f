/** `npm start`: installs what is missing, builds what is stale, then becomes the server as far as anybody outside can tell. */
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, install } from './prepare.mjs'
import { environment, runtime } from './process-settings.mjs'

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`需要 Node.js 20.19 或更新的版本，现在是 ${process.versions.node}。Node.js 20.19 or newer is needed.`)
  process.exit(1)
}

try {
  await install()
  await build()
} catch (error) {
  console.error(`没有启动：${error.message}。Not started.`)
  process.exit(1)
}

const server = spawn(process.execPath, [...runtime, 'build/server.js'], {
  cwd: join(dirname(fileURLToPath(import.meta.url)), '..'),
  stdio: 'inherit',
  env: { ...environment, ...process.env, NODE_ENV: process.env.NODE_ENV ?? 'production' },
})
// The server ends in its own time; we end when it has, and as it did.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => server.kill(signal))
// npm's shell does not pass signals on: when it is gone, so is the one who started us.
if (process.env.npm_lifecycle_event) {
  const parent = process.ppid
  setInterval(() => process.ppid !== parent && server.kill('SIGTERM'), 500).unref()
}
server.on('error', (error) => {
  console.error(error.message)
  process.exit(1)
})
server.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1)
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
})
