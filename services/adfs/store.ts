import type { Kysely } from 'kysely'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { type ExpiringStore, type ExpiringTables, expiringMigration, expiringStore } from '#shared/store/expiring.ts'
import {
  type SingleUseStore,
  type SingleUseTables,
  singleUseMigration,
  singleUseStore,
} from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'
import { type CertificateTables, certificateMigration } from './certificates/token-certificates.ts'
import {
  type ConfigurationTables,
  configurationMigration,
  configurationOf,
  insertConfiguration,
} from './configuration/configuration-store.ts'
import { type FarmTables, farmMigration } from './farm/farm-properties.ts'
import { type ActivityTables, activityMigration } from './lockout/account-activity.ts'
import { type ApplicationGroupTables, applicationGroupMigration } from './oauth/applications/application-group-store.ts'
import { type ProxyTables, proxyMigration } from './proxy/proxy-tables.ts'

type AdfsTables = ExpiringTables &
  SingleUseTables &
  ProxyTables &
  ConfigurationTables &
  FarmTables &
  ActivityTables &
  CertificateTables &
  ApplicationGroupTables

export interface AdfsStore {
  readonly store: Store<AdfsTables>
  readonly entries: ExpiringStore
  readonly singleUse: SingleUseStore
  /** The part that proxies fill. */
  readonly proxy: Kysely<ProxyTables>
}

/** Trusts and policies come from the scenario when the store is new; then they are what administrators make of them. */
export async function openAdfsStore(context: DeploymentContext): Promise<AdfsStore> {
  const store = await context.openStore<AdfsTables>({
    migrations: [
      expiringMigration,
      singleUseMigration,
      proxyMigration,
      configurationMigration,
      farmMigration,
      activityMigration,
      certificateMigration,
      applicationGroupMigration,
    ],
    seed: (db) => insertConfiguration(db as unknown as Kysely<ConfigurationTables>, configurationOf(context.scenario)),
  })
  return {
    store,
    entries: expiringStore(store.db),
    singleUse: singleUseStore(store.db),
    proxy: store.db as unknown as Kysely<ProxyTables>,
  }
}
