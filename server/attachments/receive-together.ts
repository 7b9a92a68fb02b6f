import { randomUUID } from 'node:crypto'
import * as v from 'valibot'
import { readManifest, TOGETHER_BYTES } from '#domain/files-together.ts'
import { ok, type Outcome, refuse, type Refused } from '#domain/problems.ts'
import type { Dependencies } from '#server/platform/environment.ts'
import { type ProblemBody, problemBody } from '#server/platform/problem-response.ts'
import type { Signed } from '#server/platform/who.ts'
import { manifest } from './announcement.ts'
import { settleWhole, type Whole } from './settle.ts'
import { borrow, fill } from './shared-buffers.ts'
import { checkTogether } from './slot-check.ts'
import { begun } from './upload-store.ts'

/** What became of one file. */
export type FileAnswer = { readonly uploadId: string } | { readonly problem: ProblemBody }

/**
 * Takes small files of one application in one request (`files-together.ts`): one session, one question whether they may come, one
 * transaction. Each passes or is refused by itself, as by tus; a request that was cut leaves nothing.
 * @param length bytes of the body, as announced
 * @returns what became of each, in their order
 */
export async function receiveTogether(
  platform: Dependencies,
  who: Signed,
  length: number,
  body: AsyncIterable<Uint8Array>,
): Promise<Outcome<{ readonly files: readonly FileAnswer[] }>> {
  if (!(length > 0)) return refuse('request.invalid')
  if (length > TOGETHER_BYTES) return refuse('request.too-large')
  const { bytes, giveBack } = await borrow(length)
  try {
    if (!(await fill(bytes, body))) return refuse('request.invalid')
    const read = readFiles(bytes)
    return read ? await takeAll(platform, who, read) : refuse('request.invalid')
  } finally {
    giveBack()
  }
}

/** The files with their bytes; undefined unless the manifest says exactly what is there. */
function readFiles(body: Uint8Array) {
  const read = readManifest(body)
  const parsed = v.safeParse(manifest, read?.manifest)
  if (!read || !parsed.success) return undefined
  const { applicationId, files } = parsed.output
  let at = read.from
  const withBytes = files.map((file) => ({
    ...file,
    applicationId,
    bytes: body.subarray(at, (at += file.size)),
  }))
  return at === body.length ? { applicationId, files: withBytes } : undefined
}

async function takeAll(
  platform: Dependencies,
  who: Signed,
  { applicationId, files }: NonNullable<ReturnType<typeof readFiles>>,
): Promise<Outcome<{ readonly files: readonly FileAnswer[] }>> {
  const allowed = await checkTogether(platform, who, applicationId, files, { counts: true })
  const since = performance.now()
  const wholes = files.map(({ bytes, ...file }, place): Whole | undefined => {
    const may = allowed[place]!
    return may.ok
      ? { bytes, accept: may.value.accept, upload: begun(who, randomUUID(), { ...file, ...may.value }) }
      : undefined
  })
  const coming = wholes.filter((one) => one !== undefined)
  const verdicts = await settleWhole(platform, who, coming, since)
  const outcomes = wholes.map((one, place): Outcome<string> => {
    if (!one) return allowed[place] as Refused
    const verdict = verdicts[coming.indexOf(one)]!
    return verdict.ok ? ok(one.upload.id) : verdict
  })
  return ok({
    files: outcomes.map((outcome) => (outcome.ok ? { uploadId: outcome.value } : { problem: problemBody(outcome) })),
  })
}
