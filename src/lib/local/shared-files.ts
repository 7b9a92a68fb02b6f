import { Dexie, type EntityTable } from 'dexie'

/** A PDF or a photo that another app shared into this one: nobody's until somebody signed in takes it. */
export interface SharedFile {
  id: string
  name: string
  type: string
  size: number
  at: string
}

class SharedDatabase extends Dexie {
  files!: EntityTable<SharedFile & { bytes: ArrayBuffer }, 'id'>

  constructor() {
    super('zhicheng-shared')
    this.version(1).stores({ files: 'id' })
  }
}

/** A store of its own, which the service worker opens too: its schema never waits for that of the drafts. */
const shared = new SharedDatabase()

/** Files taken at once. */
export const SHARED_AT_MOST = 30
/** Larger than a page photographed at its largest, bytes: no slot takes more after fitting. */
export const SHARED_LARGEST = 60 * 1024 * 1024

/** Those of the files given that are taken: PDFs and pictures within both limits. */
export const takeable = (files: readonly File[]): File[] =>
  files
    .filter((file) => file.size > 0 && file.size <= SHARED_LARGEST && kindOfShared(file) !== null)
    .slice(0, SHARED_AT_MOST)

export async function keepShared(files: readonly File[], newId: () => string, now: number): Promise<number> {
  const rows = await Promise.all(
    files.map(async (file) => ({
      id: newId(),
      name: file.name,
      type: file.type,
      size: file.size,
      at: new Date(now).toISOString(),
      bytes: await file.arrayBuffer(),
    })),
  )
  await shared.files.bulkAdd(rows)
  return rows.length
}

/** What waits, oldest first; without the bytes. */
export async function listShared(): Promise<SharedFile[]> {
  const rows: SharedFile[] = []
  await shared.files.each(({ id, name, type, size, at }) => rows.push({ id, name, type, size, at }))
  return rows.sort((a, b) =>
    a.at < b.at ? -1 : a.at > b.at ? 1 : a.name.localeCompare(b.name, 'zh', { numeric: true }),
  )
}

/** A shared file with its bytes. It stays until `forgetShared`: whoever takes it has it safe first. */
export async function readShared(id: string): Promise<File | null> {
  const row = await shared.files.get(id)
  return row ? new File([row.bytes], row.name, { type: row.type }) : null
}

export const forgetShared = (ids: readonly string[]): Promise<void> => shared.files.bulkDelete([...ids])

export const eraseShared = (): Promise<void> => shared.files.clear()

const PDF = 'application/pdf'
const BY_NAME: Readonly<Record<string, string>> = {
  pdf: PDF,
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
}

/** What kind of file this is: as it says itself, else by the ending of its name. Null: nothing that can be handed in. */
export function kindOfShared({
  type,
  name,
}: {
  readonly type: string
  readonly name: string
}): 'pdf' | 'picture' | null {
  const known =
    type === '' || type === 'application/octet-stream' ? BY_NAME[name.split('.').at(-1)!.toLowerCase()] : type
  return known === PDF ? 'pdf' : known?.startsWith('image/') && known !== 'image/svg+xml' ? 'picture' : null
}
