import { hc } from 'hono/client'
import { sql } from 'kysely'
import type { Api } from '#server/app.ts'
import { RunningServer } from './running-server.ts'
import { adminUrl } from './test-database.ts'
import { TEST_SECRET } from './test-platform.ts'
import type { Browser, World } from './world.ts'

/** Where the world's own PostgreSQL database is reached by another process. */
export async function urlOf(world: World): Promise<string> {
  const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(world.db)
  const url = adminUrl()
  url.pathname = `/${rows[0]!.name}`
  return url.href
}

/** Server processes on the database of a world (PostgreSQL) and on its file store, as they stand behind a proxy. */
export class Nodes {
  readonly servers: readonly RunningServer[]

  private constructor(servers: readonly RunningServer[]) {
    this.servers = servers
  }

  /**
   * @param environment variables of all of them; a `PORT` is given to each
   * @param runtime options of Node
   */
  static async open(
    world: World,
    count: number,
    environment: Readonly<Record<string, string>> = {},
    runtime: readonly string[] = [],
  ): Promise<Nodes> {
    const { s3 } = world.platform.config
    const all = {
      DATABASE_URL: await urlOf(world),
      SECRET_KEY: TEST_SECRET,
      E2E: '0',
      // A notice of the night would wait for the morning, and a test with it.
      SMS_QUIET_HOURS: '',
      ...(s3 && {
        S3_ENDPOINT: s3.endpoint,
        S3_BUCKET: s3.bucket,
        S3_ACCESS_KEY: s3.accessKey,
        S3_SECRET_KEY: s3.secretKey,
      }),
      ...environment,
    }
    const servers: RunningServer[] = []
    // One after the other: on few cores two that start at once are no faster, and the first one migrates.
    for (let at = 0; at < count; at += 1)
      servers.push(await RunningServer.create(`node${at}`, { environment: all, runtime }))
    return new Nodes(servers)
  }

  /** One process on the embedded database in `folder`, which nobody has open. */
  static async embedded(
    folder: string,
    environment: Readonly<Record<string, string>> = {},
    runtime: readonly string[] = [],
  ): Promise<Nodes> {
    const own = { DATA_DIR: folder, SECRET_KEY: TEST_SECRET, E2E: '0', DEMO: '0', SMS_QUIET_HOURS: '', ...environment }
    return new Nodes([await RunningServer.create('embedded', { environment: own, runtime })])
  }

  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()))
  }
}

/** The session of a browser over real HTTP, each request to the server that `choose` gives for it. */
export function browserAt(of: Browser, choose: () => RunningServer): Browser {
  const { cookie } = of
  const send = (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const { pathname, search } = new URL(String(input), 'http://any')
    const headers = new Headers(init.headers)
    if (cookie !== undefined) headers.set('cookie', cookie)
    return fetch(choose().origin + pathname + search, { ...init, headers })
  }
  return { api: hc<Api>('http://any', { fetch: send }), fetch: (path, init) => send(path, init), cookie }
}
