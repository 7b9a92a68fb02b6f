/** Somebody on a list for publication, in words. No number of him, nor his birthday, is ever on it (E12). */
export interface PublicPerson {
  readonly fullName: string | null
  readonly gender: string
  readonly employerName: string | null
  readonly specialty: string | null
  readonly targetTitle: string | null
  /** 破格, or empty */
  readonly exceptionType: string
  readonly region: string
}

/** The columns of the 公示名单 on the page, on paper and in the workbook (D8). */
export const publicityColumns: readonly {
  readonly id: string
  readonly label: string
  /** characters */
  readonly width: number
  readonly value: (person: PublicPerson, place: number) => string
}[] = [
  { id: 'place', label: '序号', width: 6, value: (_, place) => String(place) },
  { id: 'name', label: '姓名', width: 10, value: ({ fullName }) => fullName ?? '' },
  { id: 'gender', label: '性别', width: 6, value: ({ gender }) => gender },
  { id: 'employer', label: '工作单位', width: 36, value: ({ employerName }) => employerName ?? '' },
  { id: 'specialty', label: '申报专业', width: 16, value: ({ specialty }) => specialty ?? '' },
  { id: 'title', label: '通过资格', width: 16, value: ({ targetTitle }) => targetTitle ?? '' },
  { id: 'exception', label: '破格', width: 6, value: ({ exceptionType }) => exceptionType },
  { id: 'region', label: '地区', width: 12, value: ({ region }) => region },
]
