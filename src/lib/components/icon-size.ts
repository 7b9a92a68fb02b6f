/**
 * The size of an icon in rem, from the pixels it was drawn with at standard size (root 17 px),
 * so that icons grow with the letters in 大字版.
 */
export const iconSize = (px: number): string => `${(px / 17).toFixed(4)}rem`
