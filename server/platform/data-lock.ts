import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** The directory is in the hands of another process. */
export class DirectoryInUse extends Error {
  override readonly name = 'DirectoryInUse'
}

/** When a process began, in clock ticks since the machine did; undefined where /proc does not exist. */
function beganAt(pid: number): string | undefined {
  try {
    // The name in parentheses may hold spaces; field 22 counts from the last parenthesis.
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19]
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/**
 * Takes a directory for this process alone: two processes on one embedded database would destroy it.
 * The lock of a process that died is taken over; a pid that now belongs to another process is told apart by its start.
 */
export async function holdDirectory(directory: string): Promise<() => void> {
  const file = `${directory}.lock`
  mkdirSync(dirname(file), { recursive: true })
  for (let attempt = 0; attempt < 3; attempt++) {
    try {
      writeFileSync(file, `${process.pid} ${beganAt(process.pid) ?? ''}\n`, { flag: 'wx' })
      const release = () => rmSync(file, { force: true })
      process.once('exit', release)
      return () => {
        process.off('exit', release)
        release()
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const [pid = 0, began = ''] = existsSync(file) ? readLock(file) : []
    const lives =
      pid > 0 && isAlive(pid) && (began === '' || began === beganAt(pid)) && !(pid === process.pid && began === '')
    if (lives) {
      throw new DirectoryInUse(
        `数据目录 ${directory} 正在被进程 ${pid} 使用，请先停掉它，或换一个 DATA_DIR。` +
          `The data directory ${directory} is in use by process ${pid}; stop it or choose another DATA_DIR.`,
      )
    }
    rmSync(file, { force: true })
  }
  throw new DirectoryInUse(`数据目录 ${directory} 不能锁定。The data directory ${directory} cannot be locked.`)
}

function readLock(file: string): [pid: number, began: string] {
  const [pid, began] = readFileSync(file, 'utf8').trim().split(' ')
  return [Number(pid), began ?? '']
}
