import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { TokenGate } from './access-tokens/token-gate.ts'
import type { BasicGate } from './basic-authentication/basic-gate.ts'
import type { ExchangeConfig } from './config.ts'
import type { FolderPermissionStore } from './folder-permissions/folder-permission-store.ts'
import type { MailboxStore, RecipientStore } from './mailbox/mailbox-store.ts'
import type { OrganizationStore } from './organization/organization-store.ts'
import type { PermissionStore } from './organization/permission-store.ts'
import type { CloudAccounts } from './recipients/cloud-accounts.ts'
import type { DirectoryAccounts } from './recipients/directory-accounts.ts'
import type { DisconnectedMailboxes } from './recipients/disconnected-mailboxes.ts'
import type { RecipientFiles } from './recipients/recipient-files.ts'
import type { MessageTrace } from './transport/message-trace.ts'
import type { Transport } from './transport/transport.ts'
import type { SealingKey } from './web-session/sealing-key.ts'
import type { WindowsGate } from './windows-authentication/windows-gate.ts'

/** What the handlers of one deployment share. */
export interface ExchangeParts {
  readonly context: DeploymentContext
  readonly config: ExchangeConfig
  readonly recipients: RecipientStore
  readonly mailboxes: MailboxStore
  readonly transport: Transport
  readonly trace: MessageTrace
  readonly organization: OrganizationStore
  readonly permissions: PermissionStore
  readonly files: RecipientFiles
  readonly folderPermissions: FolderPermissionStore
  readonly disconnected: DisconnectedMailboxes
  readonly accessTokens: TokenGate
  readonly basic: BasicGate
  /** Where the organization's own directory is; Exchange Online has none. */
  readonly windows?: WindowsGate | undefined
  readonly sealingKey: SealingKey
  readonly singleUse: SingleUseStore
  /** Of the store that keeps mailboxes, recipients and settings. */
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>
  /** Where the accounts of the place's mailboxes are: the organization's own directory, or the tenant. */
  readonly directory?: DirectoryAccounts | undefined
  readonly cloud?: CloudAccounts | undefined
}
