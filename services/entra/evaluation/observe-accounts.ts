import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import type { CriticalEventKind } from './critical-events.ts'
import type { Revocations } from './revocations.ts'

/** Does something that may change many accounts, and records what it did to those that were there and enabled. */
export async function observeAccounts<T, Schema extends PeopleTables>(
  { store, revocations }: { readonly store: Store<Schema>; readonly revocations: Pick<Revocations, 'record'> },
  work: () => Promise<T>,
): Promise<T> {
  const before = await enabledAccounts(store)
  const result = await work()
  const after = await enabledAccounts(store)
  for (const [objectId, enabled] of before) {
    const kind = eventBetween(enabled, after.get(objectId))
    if (kind) await revocations.record(objectId, kind)
  }
  return result
}

function eventBetween(before: boolean, after: boolean | undefined): CriticalEventKind | undefined {
  if (after === undefined) return 'accountDeleted'
  return before && !after ? 'accountDisabled' : undefined
}

async function enabledAccounts<Schema extends PeopleTables>(store: Store<Schema>) {
  const db = store.db as unknown as Kysely<PeopleTables>
  const rows = await db.selectFrom('person').select(['object_id', 'account_enabled']).execute()
  return new Map(rows.map((row) => [row.object_id, row.account_enabled === 1]))
}
