import type { Component } from 'svelte'
import IconDrawing from './IconDrawing.svelte'

/** The component of an icon with these shapes. */
export const drawn =
  (shapes: string): Component<{ size?: string | number }> =>
  (at, props) =>
    IconDrawing(at, {
      shapes,
      get size() {
        return props.size
      },
    })
