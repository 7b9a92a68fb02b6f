import type { InferResponseType } from 'hono/client'
import type { ReadingKind } from '#domain/rules/reading-text.ts'
import { timeInShanghai } from '#domain/working-days.ts'
import type { api } from '$lib/session/api.ts'

type ReadingTexts = InferResponseType<(typeof api)['reading-texts']['$get'], 200>
export type DeskReadingText = ReadingTexts[number]
type Version = DeskReadingText['inUse'][number]

/** Which version it is, in words: 第 2 版·2026-11-28 09:00·李卫东. */
export function versionInWords({ version, createdAt, by }: Pick<Version, 'version' | 'createdAt' | 'by'>): string {
  if (createdAt === null) return '系统自带'
  return [`第 ${version} 版`, timeInShanghai(createdAt), by ?? '系统自带'].join('·')
}

/** Under a text in the list: its newest version, and which batches have which. */
export function usesInWords({ newest, inUse }: DeskReadingText): string {
  const used = inUse.filter(({ batches }) => batches.length > 0)
  if (used.length === 0) return '没有批次在用'
  return used
    .map(({ id, version, batches }) => {
      const names = batches.map(({ name }) => name).join('、')
      return `${id === newest.id ? '用于' : `还在用第 ${version} 版`}：${names}`
    })
    .join('；')
}

/**
 * The version that a batch would have: the one chosen, where it is of the kind that the form asks for. A copy of another batch goes on
 * with the newest version of the same text; where nothing is chosen it is the newest of the text for all. '' until the texts are there.
 */
export function readingOf(
  texts: readonly DeskReadingText[],
  kind: ReadingKind,
  chosen: string,
  standing: string | undefined,
): string {
  const ofKind = texts.filter((text) => text.kind === kind)
  const text = ofKind.find(({ inUse }) => inUse.some(({ id }) => id === chosen))
  if (text && chosen === standing) return chosen
  return (text ?? ofKind.find(({ textId }) => textId === kind))?.newest.id ?? ''
}

/** What can be chosen for a batch: the newest version of each text, and the one that it has. */
export const readingChoices = (texts: readonly DeskReadingText[], kind: ReadingKind, standing: string | undefined) =>
  texts
    .filter((text) => text.kind === kind)
    .flatMap(({ newest, inUse }) =>
      inUse
        .filter(({ id }) => id !== null && (id === newest.id || id === standing))
        .map((one) => ({
          value: one.id!,
          label: `${one.title}（第 ${one.version} 版）`,
          note:
            one.id === standing
              ? `本批次现在用的${one.id === newest.id ? '' : `，已有第 ${newest.version} 版`}`
              : versionInWords(one),
        })),
    )
