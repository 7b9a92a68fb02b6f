/** Characters that print nothing and only disturb the setting: controls, zero-width characters, variation selectors, bidi marks. */
const invisible = /(?!\n)[\p{Cc}\p{Cf}\p{Variation_Selector}]/gu

/** Text as it is set: composed, one kind of line end, no tabs, nothing invisible. */
export function printable(text: string): string {
  return text
    .normalize('NFC')
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/[\t\v\f]/g, ' ')
    .replace(invisible, '')
}

/** A run so long that a cell of 14 mm may have to break it. */
const LONG_RUN = /[!-~\u00a1-\u024f]{8,}/g
const ZERO_WIDTH_SPACE = '\u200b'

/** Lets long runs of Latin letters and digits break anywhere, so that no number or address runs out of its cell. */
export const breakable = (text: string): string => text.replace(LONG_RUN, (run) => [...run].join(ZERO_WIDTH_SPACE))
