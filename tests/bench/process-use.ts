import { existsSync, readdirSync, readFileSync } from 'node:fs'

const TICKS_A_SECOND = 100

/** Milliseconds of processor time that a process has used, its threads included; Linux only. */
export function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_A_SECOND
}

/** The same for the processes of PostgreSQL that serve this database; 0 where it runs on another machine. */
export function databaseTime(name: string): number {
  if (!existsSync('/proc')) return 0
  let sum = 0
  for (const pid of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(` ${name} `)) sum += processorTime(Number(pid))
    } catch {
      // It ended meanwhile.
    }
  }
  return sum
}

/** Resident memory of a process in MiB, now and at most. */
export function memory(pid: number): { now: number; most: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const kilobytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0)
  return { now: kilobytes('VmRSS') / 1024, most: kilobytes('VmHWM') / 1024 }
}
