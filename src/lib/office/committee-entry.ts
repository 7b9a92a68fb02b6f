import { memberPositions, type MemberPosition } from '#domain/rules/committee.ts'

/** A member as the list of a committee writes him: one line each. */
export interface MemberLine {
  readonly id?: string
  readonly fullName: string
  readonly employer: string
  readonly title: string
  readonly position: MemberPosition
}

export const memberLines = (members: readonly MemberLine[]): string =>
  members
    .map(({ fullName, employer, title, position }) => [fullName, employer, title, memberPositions[position]].join('，'))
    .join('\n')

const positionOf = (said: string): MemberPosition | undefined =>
  (Object.keys(memberPositions) as MemberPosition[]).find((one) => memberPositions[one] === said)

/**
 * Reads a list as it is pasted from a document or a sheet: 姓名，单位，职称，职务, with commas or tabs between; 、 stands within
 * a name or a title. Who was known keeps his id. The problem names the line.
 */
export function readMembers(
  text: string,
  known: readonly MemberLine[],
): { readonly ok: true; readonly value: readonly MemberLine[] } | { readonly ok: false; readonly problem: string } {
  const members: MemberLine[] = []
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [fullName = '', employer = '', title = '', said = '', ...more] = line
      .split(/[,，\t]/)
      .map((part) => part.trim())
    if (more.some((part) => part !== '')) {
      return { ok: false, problem: `第 ${at + 1} 行多于四项，一人一行，只写姓名、单位、职称、职务` }
    }
    if (fullName === '' || employer === '') return { ok: false, problem: `第 ${at + 1} 行要有姓名和单位` }
    const position = said === '' ? 'member' : positionOf(said)
    if (position === undefined) return { ok: false, problem: `第 ${at + 1} 行的职务“${said}”不对` }
    const before = known.find((one) => one.fullName === fullName && one.employer === employer)
    members.push({ ...(before?.id !== undefined && { id: before.id }), fullName, employer, title, position })
  }
  return members.length === 0 ? { ok: false, problem: '请填组成人员' } : { ok: true, value: members }
}
