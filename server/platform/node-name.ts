import { hostname } from 'node:os'

/** A process as it is known to the others: `zhicheng 0.1.0 host:4711`. PostgreSQL keeps 63 characters of it. */
export interface NodeName {
  readonly version: string
  readonly host: string
  readonly pid: number
}

export const thisNode = (version: string): NodeName => ({ version, host: hostname().slice(0, 30), pid: process.pid })

export const nodeName = ({ version, host, pid }: NodeName): string => `zhicheng ${version} ${host}:${pid}`

/** What stands in such a name; undefined for a name of another kind. */
export function readNodeName(name: string): NodeName | undefined {
  const [, version, host, pid] = /^zhicheng (\S+) (.+):(\d+)$/.exec(name) ?? []
  return version !== undefined && host !== undefined ? { version, host, pid: Number(pid) } : undefined
}
