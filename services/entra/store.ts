import type { Scenario } from '#shared/scenario/world.ts'
import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { type ExpiringTables, expiringMigration } from '#shared/store/expiring.ts'
import { type SingleUseTables, singleUseMigration } from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'
import { seedApplications } from './applications/application-store.ts'
import { type PermissionGrantTables, permissionGrantMigration } from './applications/permission-grants.ts'
import { seedConditionalAccess } from './conditional-access/policy-store.ts'
import { deviceMigrations } from './devices/device-schema.ts'
import type { DeviceTables } from './devices/device-tables.ts'
import { seedDomains } from './domains/domain-store.ts'
import { type RevocationTables, revocationMigration } from './evaluation/revocation-tables.ts'
import { type KeyTables, keyMigration } from './keys/key-tables.ts'
import { mfaMigrations, seedMfaMethods } from './mfa/mfa-schema.ts'
import type { MfaTables } from './mfa/mfa-tables.ts'
import { objectMigrations } from './objects/object-schema.ts'
import type { ObjectTables } from './objects/object-tables.ts'
import { type PasskeyTables, passkeyMigration, phonePasskeyMigration } from './passkeys/passkey-tables.ts'
import { peopleMigrations, seedPeople } from './people/people-schema.ts'
import type { PeopleTables } from './people/people-tables.ts'
import { signInLogMigrations } from './sign-in-log/sign-in-schema.ts'
import type { SignInTables } from './sign-in-log/sign-in-tables.ts'

/** One database: the directory's tables, and what lives for a while (sessions, conversations, codes, tokens). */
export type EntraTables = PeopleTables &
  MfaTables &
  SignInTables &
  PermissionGrantTables &
  PasskeyTables &
  ObjectTables &
  DeviceTables &
  KeyTables &
  RevocationTables &
  ExpiringTables &
  SingleUseTables

export function openEntraStore(context: DeploymentContext, scenario: Scenario): Promise<Store<EntraTables>> {
  return context.openStore<EntraTables>({
    migrations: [
      ...peopleMigrations,
      ...mfaMigrations,
      ...signInLogMigrations,
      ...objectMigrations,
      ...deviceMigrations,
      permissionGrantMigration,
      passkeyMigration,
      phonePasskeyMigration,
      keyMigration,
      revocationMigration,
      expiringMigration,
      singleUseMigration,
    ],
    seed: async (db) => {
      await seedPeople(db, scenario)
      await seedMfaMethods(db, scenario)
      await seedConditionalAccess(db, scenario)
      await seedApplications(db, scenario)
      await seedDomains(db, scenario)
    },
  })
}
