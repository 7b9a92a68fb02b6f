import * as v from 'valibot'
import { labelOf } from '#domain/code-lists/index.ts'
import { states } from '#domain/lifecycle/states.ts'
import { ok, type Outcome, refuse } from '#domain/problems.ts'
import { rosters } from '#domain/rosters/columns.ts'
import { type ExportKind, exportKinds, mayExport } from '#domain/rosters/export-kinds.ts'
import type { RosterEntry } from '#domain/rosters/roster.ts'
import { isReason } from '#domain/rules/reason.ts'
import type { Statistics } from '#domain/statistics/statistics.ts'
import { dateInShanghai } from '#domain/working-days.ts'
import { openIdNumber } from '#server/accounts/identity-seal.ts'
import { undisclosedOf } from '#server/applications/undisclosed.ts'
import { offersOf } from '#server/batches/actions.ts'
import { currentLists } from '#server/batches/code-lists.ts'
import type { Act, Asked, Dependencies } from '#server/platform/environment.ts'
import { act } from '#server/platform/transaction.ts'
import type { Signed } from '#server/platform/who.ts'
import { queueFilter } from '#server/review/queue-query.ts'
import type { QueueFilter } from '#server/review/selection.ts'
import { statisticsOf } from '#server/statistics/actions.ts'
import { archive } from './archive.ts'
import { countFetch, findOrder, listOrders, listRoster } from './queries.ts'
import { SPREADSHEET, workbook } from '#server/platform/workbook.ts'

export interface ExportWish {
  readonly kind: ExportKind
  /** filters of the queue as its address says them */
  readonly filter: Readonly<Record<string, string>>
  readonly fullIdNumbers: boolean
  readonly reason: string
}

/** An order is good for so long; whoever wants the file again orders it again, and that is on record again. */
const GOOD_FOR = 15 * 60_000

const filters = v.object(queueFilter)

/**
 * Orders an export of a selection. ID numbers in full need a reason, which stays on record (E13). Refused: a kind that is
 * not for this role, a filter that is none, a reason that says nothing.
 */
export async function orderExport(ctx: Act, who: Signed, wish: ExportWish): Promise<Outcome<{ id: string }>> {
  if (!mayExport(who.roles, wish.kind)) return refuse('account.not-allowed')
  const asked = v.safeParse(filters, wish.filter)
  if (!asked.success) return refuse('request.invalid', undefined, { path: 'filter' })
  const { q } = asked.output
  const reason = wish.reason.trim()
  if (wish.fullIdNumbers && !isReason(reason)) return refuse('application.reason-required')
  const id = ctx.newId()
  await ctx.db
    .insertInto('exportOrder')
    .values({
      id,
      accountId: who.accountId,
      kind: wish.kind,
      // The words as they were read: no ID number stands in them any more (A40).
      filter: JSON.stringify({ ...wish.filter, ...(q !== undefined && { q }) }),
      fullIdNumbers: wish.fullIdNumbers,
      reason,
      createdAt: ctx.now,
    })
    .execute()
  ctx.audit({
    action: 'export.ordered',
    subject: `export:${id}`,
    details: { kind: wish.kind, fullIdNumbers: wish.fullIdNumbers },
  })
  return ok({ id })
}

/** Exports of late, with who ordered them and why. */
export const recentExports = async (db: Act['db'] | Dependencies['database']['db'], who: Signed) =>
  (await listOrders(db, who, 100)).map((order) => ({
    ...order,
    label: order.kind in exportKinds ? exportKinds[order.kind as ExportKind].label : order.kind,
  }))

export interface ExportFile {
  readonly fileName: string
  readonly mediaType: string
  /** Puts on record that it is fetched, and begins to make it (E14). */
  fetch(): Promise<ReadableStream<Uint8Array>>
}

/** The file of an order, made while it is sent. Refused: an order that is not the person's own, or too old. */
export async function exportFile(c: Asked, who: Signed, orderId: string): Promise<Outcome<ExportFile>> {
  const { platform } = c.var
  const { db } = platform.database
  const now = await platform.clock.now(db)
  const order = await findOrder(db, who, orderId, new Date(now.getTime() - GOOD_FOR))
  if (!order) return refuse('request.not-found')
  const kind = order.kind as ExportKind
  const { label, extension } = exportKinds[kind]
  return ok({
    fileName: `${label} ${dateInShanghai(now)}.${extension}`,
    mediaType: kind === 'archive' ? 'application/zip' : SPREADSHEET,
    fetch: async () => {
      await act(c, async (ctx) => {
        await countFetch(ctx.db, who, orderId, ctx.now)
        const { fullIdNumbers } = order
        ctx.audit({ action: 'export.fetched', subject: `export:${orderId}`, details: { kind, fullIdNumbers } })
        return ok()
      })
      return streamOf(platform, who, { id: orderId, kind, fullIdNumbers: order.fullIdNumbers, filter: order.filter })
    },
  })
}

async function streamOf(
  platform: Dependencies,
  who: Signed,
  order: Pick<ExportWish, 'kind' | 'fullIdNumbers'> & { readonly id: string; readonly filter: unknown },
): Promise<ReadableStream<Uint8Array>> {
  const { kind } = order
  const filter: QueueFilter = v.parse(filters, order.filter)
  const { label } = exportKinds[kind]
  if (kind === 'archive') return archive(platform, who, { orderId: order.id, filter })
  if (kind === 'statistics') {
    const figures = await statisticsOf(platform.database.db, who, { batch: filter.batch, type: filter.type })
    return workbook(label, statisticsColumns, statisticsRows(figures))
  }
  const columns = rosters[kind]
  const entries = rosterEntries(platform, who, filter, order.fullIdNumbers)
  async function* rows() {
    let place = 0
    for await (const entry of entries) {
      place++
      yield columns.map(({ value }) => value(entry, place))
    }
  }
  return workbook(label, columns, rows())
}

/** So many people fit on paper that somebody still reads. */
const SHEET_AT_MOST = 1000

/** 一览表 of a selection to be printed on A3: names of columns with their widths, and the lines. */
export async function overviewSheet(platform: Dependencies, who: Signed, filter: QueueFilter) {
  const columns = rosters.overview
  const rows: string[][] = []
  let more = false
  for await (const entry of rosterEntries(platform, who, filter, false)) {
    if (rows.length === SHEET_AT_MOST) {
      more = true
      break
    }
    rows.push(columns.map(({ value }) => value(entry, rows.length + 1)))
  }
  return { columns: columns.map(({ label, width }) => ({ label, width })), rows, more }
}

const statisticsColumns = ['地区', '专业', '级别', '状态', '份数'].map((heading) => ({ label: heading, width: 20 }))

/** The cube line by line, so that a spreadsheet can turn it as it likes. */
async function* statisticsRows({ cells, specialties }: Statistics) {
  for (const { region = '', specialty = '', level = '', state, count } of cells) {
    yield [
      region && labelOf('region', region),
      specialties[specialty] ?? specialty,
      level && labelOf('titleLevel', level),
      states[state].label,
      String(count),
    ]
  }
}

/** So many applications are in memory at a time. */
const PART = 500

/** Applications of a selection as a register prints them, in the order of 申报编号. */
export async function* rosterEntries(
  platform: Dependencies,
  who: Signed,
  filter: QueueFilter,
  fullIdNumbers: boolean,
): AsyncGenerator<RosterEntry> {
  const { db } = platform.database
  const lists = await currentLists(db, who)
  // who applied himself reads his own result when all do (A30)
  const undisclosed = await undisclosedOf(db, who)
  for (let after = ''; ;) {
    const part = await listRoster(db, who, filter, { after, limit: PART })
    const names = offerNames(await offersOf(db, who, [...new Set(part.map(({ batchId }) => batchId))]))
    for (const one of part) {
      yield {
        type: one.type,
        number: one.number ?? '',
        state: undisclosed.get(one.id) ?? one.state,
        round: one.round,
        fullName: one.fullName ?? '',
        gender: one.gender,
        birthDate: one.birthDate,
        idNumber: fullIdNumbers
          ? openIdNumber(platform.secrets, { id: one.accountId, idNumberCipher: one.idNumberCipher })
          : one.idNumberMasked,
        mobile: one.mobile,
        employerName: one.employerName ?? '',
        region: one.region ?? '',
        acceptancePoint: one.pointLabel ?? '',
        specialty: names.specialty(one.batchId, one.specialty),
        targetTitle: names.title(one.batchId, one.specialty, one.targetTitle),
        exceptionType: one.exceptionType ?? '',
        isRecognition: one.isRecognition,
        firstSubmittedAt: one.firstSubmittedAt!,
        certificateNumber: one.certificateNumber ?? '',
        lists,
        fields: one.submission?.fields ?? {},
        rows: Object.fromEntries(Object.entries(one.submission?.rows ?? {}).map(([list, rows]) => [list, rows ?? []])),
      }
    }
    if (part.length < PART) return
    after = part.at(-1)!.number!
  }
}

/** Names of specialties and titles as each batch offers them; what was typed by hand, as in 补证, is its own name. */
function offerNames(offers: Awaited<ReturnType<typeof offersOf>>) {
  const find = (batchId: string, id: string | null) => offers.get(batchId)?.find((one) => one.id === id)
  return {
    specialty: (batchId: string, id: string | null) => find(batchId, id)?.label ?? id ?? '',
    title: (batchId: string, specialtyId: string | null, id: string | null) =>
      find(batchId, specialtyId)?.titles.find((title) => title.id === id)?.label ?? id ?? '',
  }
}
