import type { PhoneDatabase } from './database.ts'

/** Where the unsent requests 申请修改学历 of a person lie in `meta`. */
export const wishPrefix = (accountId: string): string => `educationWish:${accountId}:`

/** How many of them were begun here and not sent. */
export const countWishes = (db: PhoneDatabase, accountId: string): Promise<number> =>
  db.meta.where('key').startsWith(wishPrefix(accountId)).count()
