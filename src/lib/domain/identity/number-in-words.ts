import { plainText } from './typed-text.ts'

/** A digit, also of full width, with what people and copies put between the groups of a number. */
const DIGIT = String.raw`[\d０-９][\s\p{Cf}-]*`
/**
 * So many digits in a row are an ID number, whole or nearly so (or a mobile): a 申报编号 has ten and then a letter, and a birthday
 * is in the eleventh to fourteenth.
 */
const NUMBER = new RegExp(String.raw`(?:${DIGIT}){7,}((?:${DIGIT}){3}[\d０-９XxＸｘ])`, 'gu')

/**
 * Words to search by as they may stand in an address, a saved view or an order: of a number of people only its last four, by which
 * they are found anyway (A40). What holds no such number stays as it is, without spaces around.
 */
export const withoutIdNumber = (words: string): string =>
  words.replace(NUMBER, (_, end: string) => end.normalize('NFKC').replace(/[^\dXx]/g, '')).trim()

/** Whether what was typed is a whole ID number, right or wrong. */
export const isIdNumber = (typed: string): boolean => /^\d{17}[\dX]$/i.test(plainText(typed).replace(/\s/g, ''))
