import type { Kysely, Transaction } from 'kysely'
import { type JoiningDriver, joinedIsolation } from '../joining-driver.ts'

export function inTransaction<Schema, T>(
  db: Kysely<Schema>,
  joining: JoiningDriver,
  work: (db: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  return db
    .transaction()
    .setIsolationLevel(joinedIsolation)
    .execute((transaction) => joining.runInside(transaction, work))
}
