import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { type ExpiringStore, type ExpiringTables, expiringMigration, expiringStore } from '#shared/store/expiring.ts'
import {
  type SingleUseStore,
  type SingleUseTables,
  singleUseMigration,
  singleUseStore,
} from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'

type AdfsTables = ExpiringTables & SingleUseTables

export interface AdfsStore {
  readonly store: Store<AdfsTables>
  readonly entries: ExpiringStore
  readonly singleUse: SingleUseStore
}

/** Trusts and policies come from the scenario at every start; only what sign-ins leave behind is kept. */
export async function openAdfsStore(context: DeploymentContext): Promise<AdfsStore> {
  const store = await context.openStore<AdfsTables>({ migrations: [expiringMigration, singleUseMigration] })
  return { store, entries: expiringStore(store.db), singleUse: singleUseStore(store.db) }
}
