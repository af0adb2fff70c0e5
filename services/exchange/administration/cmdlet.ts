import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { BehaviourLedger } from '../activesync/devices/behaviour-ledger.ts'
import type { DeviceStore } from '../activesync/devices/device-store.ts'
import type { HeldRequests } from '../activesync/held-requests.ts'
import type { ExchangeConfig } from '../config.ts'
import type { FolderPermissionStore } from '../folder-permissions/folder-permission-store.ts'
import type { MailboxStore, RecipientStore } from '../mailbox/mailbox-store.ts'
import type { OrganizationStore, Settings } from '../organization/organization-store.ts'
import type { PermissionStore } from '../organization/permission-store.ts'
import type { ExchangeParts } from '../parts.ts'
import type { CloudAccounts } from '../recipients/cloud-accounts.ts'
import type { DirectoryAccounts } from '../recipients/directory-accounts.ts'
import type { MoveParts } from './cmdlets/move-requests.ts'

/*
 * The cmdlets of Exchange's management shell, apart from how they are called.
 * Owns which parameters each has and what it does; each folder entry is one noun with its verbs.
 * URLs: /adminapi/beta/{tenant}/InvokeCommand in Exchange Online; `/cmdlets` on the management port of both.
 */
export interface Cmdlet {
  readonly name: string
  readonly parameters: Readonly<Record<string, ParameterKind>>
  readonly mandatory?: readonly string[]
  readonly run: (parts: CmdletParts, parameters: Parameters) => Promise<readonly ExchangeObject[]>
}

/** What a value must be: a switch and a boolean are JSON booleans; `name` may be null to take something away; `value` is a number or a word; `changes` is a list, or what is added to it and removed; a `secret` and a `credential` are never shown. */
export type ParameterKind =
  | 'identity'
  | 'name'
  | 'text'
  | 'texts'
  | 'changes'
  | 'switch'
  | 'boolean'
  | 'number'
  | 'value'
  | 'filter'
  | 'secret'
  | 'credential'

export type Parameters = Readonly<Record<string, ParameterValue | undefined>>
export type ParameterValue = string | number | boolean | null | readonly string[] | ListChange | Credential

/** `@{ add = …; remove = … }` of multivalued properties. */
export interface ListChange {
  readonly add: readonly string[]
  readonly remove: readonly string[]
}

/** What Get-Credential gives. */
export interface Credential {
  readonly userName: string
  readonly password: string
}

/** As a cmdlet returns it; `undefined` members are left out. */
export type ExchangeObject = Readonly<Record<string, Settings[string] | undefined>>

export interface CmdletParts {
  readonly context: DeploymentContext
  readonly config: ExchangeConfig
  readonly recipients: RecipientStore
  readonly mailboxes: MailboxStore
  readonly organization: OrganizationStore
  readonly permissions: PermissionStore
  readonly files: ExchangeParts['files']
  readonly folderPermissions: FolderPermissionStore
  readonly disconnected: ExchangeParts['disconnected']
  readonly devices: DeviceStore
  readonly held: HeldRequests
  readonly ledger: BehaviourLedger
  readonly transaction: ExchangeParts['transaction']
  readonly trace: ExchangeParts['trace']
  /** Where the accounts of the place's mailboxes are: the organization's own directory, or the tenant. */
  readonly directory?: DirectoryAccounts | undefined
  readonly cloud?: CloudAccounts | undefined
  /** Takes what the shell shows in yellow; nobody does for the control panel. */
  readonly warn?: ((text: string) => void) | undefined
  /** Where moves are run. */
  readonly move?: MoveParts | undefined
}
