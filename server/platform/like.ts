/** Words as a pattern of LIKE that matches them alone: what they have of its signs stands for itself. */
export const literally = (words: string): string => words.replace(/[\\%_]/g, '\\$&')

/** A pattern of LIKE for what contains these words. */
export const containing = (words: string): string => `%${literally(words)}%`
