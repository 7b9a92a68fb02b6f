import * as v from 'valibot'

/** The name of a file as somebody sent it: words to show, never a path. */
export const fileName = v.pipe(
  v.string(),
  v.normalize('NFC'),
  v.transform((name) =>
    name
      .replace(/^.*[\\/]/, '')
      .replace(/[\p{Cc}\p{Cf}]/gu, '')
      .trim(),
  ),
  v.minLength(1),
  v.maxLength(200),
)
