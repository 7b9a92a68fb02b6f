import { formatSize } from '#domain/attachment.ts'
import type { PhoneDatabase } from './database.ts'
import { wishPrefix } from './education-wish-key.ts'
import { labelAt } from './outbox.ts'

/**
 * Everything of an account that the server does not have, as one ZIP to keep: what was typed as JSON with the names of
 * its fields, and the files as they are. For the day when nothing else works.
 */
export async function rescueFile(db: PhoneDatabase, accountId: string, now: number): Promise<File> {
  const { zip } = await import('fflate')
  const rows = await db.outbox.where('[accountId+state]').between([accountId, ''], [accountId, '\uffff']).sortBy('seq')
  const uploads = await db.uploads.where({ accountId }).toArray()
  const applications = await db.applications.where({ accountId }).toArray()
  const types = new Map<string, Parameters<typeof labelAt>[0]>()
  for (const { id, editionId } of applications) types.set(id, (await db.editions.get(editionId))?.catalogue)

  const content: Record<string, Uint8Array> = {}
  const files: { name: string; path: string; label: string; size: string; in: string | null }[] = []
  for (const upload of uploads) {
    const kept = await db.uploadBytes.get(upload.id)
    const inside = kept ? `files/${upload.id.slice(0, 8)}-${upload.name}` : null
    if (kept && inside) content[inside] = new Uint8Array(kept.bytes)
    files.push({
      name: upload.name,
      path: upload.path,
      label: labelAt(types.get(upload.applicationId), upload.path),
      size: formatSize(upload.size),
      in: inside,
    })
  }
  // Pages that are still being scanned, as the camera gave them.
  for (const scan of await db.scans.where({ accountId }).toArray()) {
    for (const [index, page] of scan.pages.entries()) {
      const picture = await db.scanPictures.get(page.id)
      const label = labelAt(types.get(scan.applicationId), scan.path)
      if (picture) content[`scans/${scan.id.slice(0, 8)}-${label}-${index + 1}.jpg`] = new Uint8Array(picture.bytes)
    }
  }
  const told = {
    madeAt: new Date(now).toISOString(),
    changes: rows.map(({ mutation, state, code, at }) => ({
      at,
      state,
      code,
      label: labelAt(types.get(mutation.applicationId), mutation.path),
      ...mutation,
    })),
    // Applications that the server has never seen, whole.
    startedHere: applications.filter(({ version }) => version === 0),
    educationChanges: (await db.meta.where('key').startsWith(wishPrefix(accountId)).toArray()).map(
      ({ value }) => value,
    ),
    files,
  }
  content['unsent.json'] = new TextEncoder().encode(JSON.stringify(told, null, 2))
  const bytes = await new Promise<Uint8Array>((resolve, reject) => {
    // PDFs and photos do not shrink: stored as they are.
    zip(content, { level: 0 }, (error, data) => (error ? reject(error) : resolve(data)))
  })
  const day = new Date(now).toISOString().slice(0, 10)
  return new File([bytes as BlobPart], `未同步内容-${day}.zip`, { type: 'application/zip' })
}
