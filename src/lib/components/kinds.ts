import type { Component } from 'svelte'

/** A Lucide icon component: `import Check from '@lucide/svelte/icons/check'`. */
export type Icon = Component<{ size?: number | string; class?: string; strokeWidth?: number | string }>

/** One action in words: a link when it leads somewhere, a button when it does something. */
export type Action = { label: string; href?: string; onclick?: () => void }

/** A cell of the progress row: done, started, current, has errors, untouched. */
export type CellState = 'd' | 'h' | 'n' | 'e' | ''

/** A numbered cell: done, current, has errors, open, locked away. */
export type StepState = 'd' | 'n' | 'e' | 'o' | 'a'

/** One choice of a select, a segmented control or a filter. */
export type Option = {
  value: string
  label: string
  /** One line under the label. */
  note?: string
  /** Heading under which the option stands. */
  group?: string
  /** A short tag after the label (初级). */
  tag?: string
  disabled?: boolean
}

/** What `Field` hands to the input inside it. */
export type FieldWiring = {
  id: string
  labelId: string
  label: string
  describedBy: string | undefined
  required: boolean
  invalid: boolean
  locked: boolean
}

/** A comment of the office on one field; settled once the value has changed since. */
export type ReviewerComment = { text: string; settled?: boolean; by?: string }

export type AttachmentState = 'waiting' | 'uploading' | 'uploaded' | 'offline' | 'too-large' | 'failed'

export type SyncState = 'local' | 'syncing' | 'synced' | 'offline' | 'failed' | 'conflict'

export type TimelineItem = { title: string; time?: string; note?: string; state: 'd' | 'n' | 'o' | 'e' }

export type Fact = { label: string; value: string; mono?: boolean }

export type Region = { id: string; name: string }

/** A 受理点 as the picker shows it. */
export type Point = { id: string; region: string; name: string; note?: string; disabled?: boolean }

export type OfficeMenuItem = { label: string; href: string; icon: Icon; count?: number; section?: string }

export type OfficeColumn = {
  id: string
  title: string
  /** CSS width, in rem or per cent. */
  width?: string
  align?: 'start' | 'end'
  sticky?: boolean
}
