import { makeZip } from 'client-zip'
import { materialsOf } from '#domain/forms/paper.ts'
import { mayPrintOfficial } from '#domain/lifecycle/states.ts'
import { ok } from '#domain/problems.ts'
import { formOf } from '#server/applications/actions/content.ts'
import { snapshotOf } from '#server/applications/actions/records.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { contentKey } from '#server/platform/files/file-store.ts'
import { actAs } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import { printsOf } from '#server/papers/actions.ts'
import { printPaper } from '#server/papers/print.ts'
import type { QueueFilter } from '#server/review/selection.ts'
import { listArchived } from './queries.ts'

interface Entry {
  readonly name: string
  readonly input: ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer>
  readonly lastModified: Date
}

/** What an archive is made of, and by which order it is on record. */
interface Wanted {
  readonly orderId: string
  readonly filter: QueueFilter
}

/**
 * A zip of a selection: one folder a person, in it the papers and then the files in the order of the 材料目录 (D5). Papers
 * are the official ones where there are any, else marked previews. One file at a time is read, so any number fits.
 */
export const archive = (platform: Dependencies, who: Signed, wanted: Wanted): ReadableStream<Uint8Array> =>
  makeZip(entries(platform, who, wanted))

const PART = 100

async function* entries(platform: Dependencies, who: Signed, { orderId, filter }: Wanted): AsyncGenerator<Entry> {
  for (let after = ''; ;) {
    const part = await listArchived(platform.database.db, who, filter, { after, limit: PART })
    for (const application of part) yield* filesOf(platform, who, orderId, application)
    if (part.length < PART) return
    after = part.at(-1)!.number!
  }
}

type Archived = Awaited<ReturnType<typeof listArchived>>[number]

/**
 * Every file that the office opens is on record (E14): of an archive a fact for each application, which lists its files. It is written
 * before the first of them is sent, so that a download that breaks off has on record what it reached, and little more.
 */
const noteTaken = (
  platform: Dependencies,
  who: Signed,
  orderId: string,
  applicationId: string,
  files: readonly string[],
) =>
  actAs(platform, who, async (ctx) => {
    ctx.audit({ action: 'export.files-taken', applicationId, subject: `export:${orderId}`, details: { files } })
    return ok()
  })

async function* filesOf(
  platform: Dependencies,
  who: Signed,
  orderId: string,
  application: Archived,
): AsyncGenerator<Entry> {
  const { db } = platform.database
  const snapshot = await snapshotOf(db, who, application.id)
  if (!snapshot) return
  const { answers } = snapshot.content
  const { type, facts } = await formOf(db, who, application, await platform.clock.now(db))
  const folder = fileName(`${application.number ?? application.id} ${application.fullName ?? ''}`)
  const at = snapshot.createdAt
  let place = 0
  const named = (label: string, extension: string) =>
    `${folder}/${String(++place).padStart(2, '0')} ${fileName(label)}.${extension}`
  const materials = materialsOf(type, answers, facts).filter(({ files }) => files.length > 0)
  materials.sort((a, b) => a.slot.material - b.slot.material)
  const fileIds = materials.flatMap(({ files }) => files.map(({ id }) => id))
  await noteTaken(platform, who, orderId, application.id, fileIds)
  const official = mayPrintOfficial(application.state)
  for (const { id: kind } of printsOf(type, answers)) {
    const printed = await printPaper(platform, who, { applicationId: application.id, kind, preview: !official })
    // What cannot be set, a rare character, has a line in its place: an archive never lacks something in silence.
    if (printed.ok) {
      const label = printed.value.fileName.replace(/\.pdf$/, '')
      yield { name: named(label, 'pdf'), input: printed.value.pdf as Uint8Array<ArrayBuffer>, lastModified: at }
    } else {
      yield { name: named(`${kind}-缺`, 'txt'), input: text(`没有生成：${printed.code}`), lastModified: at }
    }
  }
  for (const { slot, rowTitle, files } of materials) {
    for (const file of files) {
      const label = [slot.label, rowTitle, file.name.replace(/\.(pdf|jpe?g|png)$/i, '')].filter(Boolean).join('-')
      const stored = await platform.files.get(contentKey(file.sha256))
      yield stored
        ? { name: named(label, slot.accept === 'photo' ? 'jpg' : 'pdf'), input: stored.stream, lastModified: at }
        : { name: named(`${label}-缺`, 'txt'), input: text('文件不在库中'), lastModified: at }
    }
  }
}

const text = (words: string) => new TextEncoder().encode(words) as Uint8Array<ArrayBuffer>

/** A name that every system takes for a file: no signs of a path, not too long. */
const fileName = (words: string): string =>
  [...words.replace(/[\\/:*?"<>|\p{Cc}]+/gu, '_').trim()].slice(0, 80).join('') || '_'
