/** Characters that print nothing and only disturb the setting: controls, zero-width characters, variation selectors, bidi marks. */
const invisible = /(?!\n)[\p{Cc}\p{Cf}\p{Variation_Selector}]/gu

/** Text that is as it is set already: Chinese characters and marks, letters, digits. Most texts are. */
const PLAIN = /^[\n -~\u3001-\u3029\u4e00-\u9fff\uff01-\uff5e]*$/

/** Text as it is set: composed, one kind of line end, no tabs, nothing invisible. */
export function printable(text: string): string {
  if (PLAIN.test(text)) return text
  return text
    .normalize('NFC')
    .replace(/\r\n?|\u2028|\u2029/g, '\n')
    .replace(/[\t\v\f]/g, ' ')
    .replace(invisible, '')
}

/** A day as forms print it. It has ten signs and fits where it stands; broken anywhere, it costs as many pieces of text. */
const DAY = /^\d{4}\.\d\d\.\d\d$/
/** A run so long that a cell of 14 mm may have to break it. */
const LONG_RUN = /[!-~\u00a1-\u024f]{8,}/g
const ZERO_WIDTH_SPACE = '\u200b'

/** Lets long runs of Latin letters and digits break anywhere, so that no number or address runs out of its cell. */
export const breakable = (text: string): string =>
  text.length < 8 || DAY.test(text) ? text : text.replace(LONG_RUN, (run) => [...run].join(ZERO_WIDTH_SPACE))
