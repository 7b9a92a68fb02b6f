/** The editors of what is more than a field: one part of the app, fetched when the form's fields stand. */
export { default as RowsEditor } from './RowsEditor.svelte'
export { default as SlotEditor } from './SlotEditor.svelte'
