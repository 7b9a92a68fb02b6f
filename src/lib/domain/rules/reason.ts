import { countCharacters } from './text-length.ts'

/** 字 that a reason has at least: fewer say nothing to who reads the record (R91, E13). */
export const REASON_AT_LEAST = 5

/** Whether a text says enough to stand on record as a reason, an opinion or an objection; 字 are counted as everywhere (A3). */
export const isReason = (text: string): boolean => countCharacters(text) >= REASON_AT_LEAST
