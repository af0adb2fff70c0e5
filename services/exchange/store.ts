import type { DeploymentContext } from '#shared/stack/deployment.ts'
import { type LeaseTables, leaseMigration } from '#shared/store/lease.ts'
import { type SingleUseTables, singleUseMigration } from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'
import {
  acknowledgementMigration,
  type DeviceTables,
  deviceMigration,
  noticeMigration,
  wipeTimesMigration,
} from './activesync/devices/device-tables.ts'
import type { ExchangeConfig } from './config.ts'
import { type FolderPermissionTables, folderPermissionMigration } from './folder-permissions/folder-permission-store.ts'
import { accentMigration } from './mailbox/accent-migration.ts'
import { conversationMigration, filterMigration } from './mailbox/list-indexes.ts'
import { extendedMigration, type MailboxTables, mailboxMigration } from './mailbox/mailbox-tables.ts'
import { recipientMembersMigration } from './mailbox/recipient-members.ts'
import { recipientMigration, recipientTimesMigration } from './mailbox/recipient-migration.ts'
import { seedMailboxes } from './mailbox/seed-mailboxes.ts'
import { type MoveTables, moveLimitsMigration, moveMigration } from './mailbox-moves/move-tables.ts'
import { type OrganizationTables, organizationMigration } from './organization/organization-tables.ts'
import { type PermissionTables, permissionMigration } from './organization/permission-store.ts'
import { type MobileTables, mobileChangesMigration, mobileMigration } from './outlook-mobile/account-tables.ts'
import { type DisconnectedTables, disconnectedMigration } from './recipients/disconnected-mailboxes.ts'
import { type RecipientFileTables, recipientFileMigration } from './recipients/recipient-files.ts'
import { type TraceTables, traceMigration } from './transport/message-trace.ts'
import {
  automaticReplyMigration,
  relayClaimMigration,
  type TransportTables,
  transportMigration,
} from './transport/transport-tables.ts'
import { type SubscriptionTables, subscriptionMigration } from './web-services/notifications/subscription-store.ts'
import { replaceSealingKey, type SealingKeyTables, sealingKeyMigration } from './web-session/sealing-key.ts'

export interface ExchangeTables
  extends DeviceTables,
    DisconnectedTables,
    FolderPermissionTables,
    LeaseTables,
    MailboxTables,
    MobileTables,
    MoveTables,
    OrganizationTables,
    PermissionTables,
    RecipientFileTables,
    SealingKeyTables,
    SingleUseTables,
    SubscriptionTables,
    TraceTables,
    TransportTables {}

export function openExchangeStore(
  { openStore, scenario, clock, random }: DeploymentContext,
  { location }: ExchangeConfig,
): Promise<Store<ExchangeTables>> {
  return openStore<ExchangeTables>({
    migrations: [
      mailboxMigration,
      organizationMigration,
      sealingKeyMigration,
      singleUseMigration,
      transportMigration,
      mobileMigration,
      mobileChangesMigration,
      deviceMigration,
      noticeMigration,
      automaticReplyMigration,
      relayClaimMigration,
      conversationMigration,
      recipientMigration,
      filterMigration,
      moveMigration,
      traceMigration,
      leaseMigration,
      recipientMembersMigration,
      permissionMigration,
      moveLimitsMigration,
      disconnectedMigration,
      extendedMigration,
      subscriptionMigration,
      acknowledgementMigration,
      recipientTimesMigration,
      wipeTimesMigration,
      recipientFileMigration,
      folderPermissionMigration,
      accentMigration,
    ],
    seed: async (db) => {
      await seedMailboxes(db, { scenario, location, start: clock.now() })
      await replaceSealingKey(db, random)
    },
  })
}
