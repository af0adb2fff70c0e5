import { derivedGuid, puidOf } from '#shared/scenario/identifiers.ts'
import type { ExchangeConfig } from '../config.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { RecipientTypeDetails } from '../mailbox/recipient-store.ts'
import { assignedPolicy } from '../organization/blocked-protocol.ts'
import type { Settings } from '../organization/organization-store.ts'
import { customAttributesOf } from '../recipients/custom-attributes.ts'
import { proxyAddresses } from '../recipients/recipient-attributes.ts'
import { backEndOf } from '../server-headers.ts'
import type { CmdletParts, ExchangeObject } from './cmdlet.ts'
import { describeRestrictions } from './cmdlets/delivery-restrictions.ts'
import { describeLimits } from './cmdlets/mailbox-limits.ts'
import { configurationName } from './names.ts'

/** The parameter of Set-User. */
export const tokensValidFrom = 'STSRefreshTokensValidFrom'

/** "Get-RemoteMailbox": what was made in the other place. */
const remoteTypes: Readonly<Partial<Record<RecipientTypeDetails, string>>> = {
  RemoteUserMailbox: 'Migrated',
  RemoteSharedMailbox: 'Migrated, SharedMailbox',
  RemoteRoomMailbox: 'Migrated, RoomMailbox',
  RemoteEquipmentMailbox: 'Migrated, EquipmentMailbox',
}
const accountless = /^(Remote)?(Shared|Room|Equipment)Mailbox$/

/** What Get-Mailbox, Get-MailUser and their kin return of somebody; a mail user's mailbox is in the other place. */
export function describeRecipient(
  config: ExchangeConfig,
  recipient: Recipient,
  addresses: readonly string[] = [],
): ExchangeObject {
  const { type, typeDetails, userPrincipalName, displayName, objectGuid, entraObjectId, mailboxId } = recipient
  const external = recipient.externalAddress ?? userPrincipalName
  const hasAccount = type === 'UserMailbox' || type === 'MailUser'
  const elsewhere = (type === 'MailUser' || type === 'MailContact') && {
    ExternalEmailAddress: `SMTP:${external}`,
    // There are no archives.
    ArchiveGuid: '00000000-0000-0000-0000-000000000000',
    ...(typeDetails === 'RemoteUserMailbox' && { RemoteRoutingAddress: `SMTP:${external}` }),
  }
  return {
    Identity: displayName,
    Id: displayName,
    Name: displayName,
    Alias: recipient.alias,
    DisplayName: displayName,
    DistinguishedName: distinguishedName(config, displayName),
    Guid: objectGuid,
    ExternalDirectoryObjectId: entraObjectId,
    ...(hasAccount && {
      UserPrincipalName: userPrincipalName,
      WindowsLiveID: userPrincipalName,
      MicrosoftOnlineServicesID: userPrincipalName,
    }),
    PrimarySmtpAddress: recipient.emailAddress,
    EmailAddresses: proxyAddresses(recipient.emailAddress, addresses),
    HiddenFromAddressListsEnabled: recipient.isHidden,
    RecipientType: type,
    RecipientTypeDetails: typeDetails,
    IsDirSynced: recipient.isDirSynced,
    OrganizationId: config.organizationName,
    RemoteRecipientType: remoteTypes[typeDetails] ?? 'None',
    // Nobody signs in as a shared mailbox or a room.
    AccountDisabled: hasAccount ? accountless.test(typeDetails) : undefined,
    WhenCreated: recipient.createdAt?.toISOString() ?? null,
    ExchangeVersion: '0.20 (15.0.0.0)',
    LegacyExchangeDN: legacyName(recipient.alias),
    AdminDisplayVersion: `Version ${config.version}`,
    ...elsewhere,
    ...(mailboxId !== undefined && describeMailbox(config, recipient, mailboxId)),
  }
}

/** What whoever has a mailbox here has besides. */
function describeMailbox(config: ExchangeConfig, recipient: Recipient, mailboxId: string): ExchangeObject {
  const server = backEndOf(config, mailboxId).toLowerCase()
  return {
    ExchangeGuid: mailboxId,
    DatabaseGuid: databaseGuid(config),
    NetID: puidOf(recipient.entraObjectId),
    MailboxLocations: [`1;${mailboxId};Primary;${config.serverDomain};${databaseGuid(config)}`],
    ServerName: server,
    ServerLegacyDN: `/o=First Organization/ou=Exchange Administrative Group/cn=Configuration/cn=Servers/cn=${server}`,
    WhenMailboxCreated: recipient.mailboxCreatedAt?.toISOString() ?? null,
  }
}

/** The mailboxes of a place are in one database. */
function databaseGuid({ serverDomain }: ExchangeConfig): string {
  return derivedGuid('mailbox database', serverDomain)
}

export function distinguishedName({ organizationName, serverDomain }: ExchangeConfig, name: string): string {
  const domain = serverDomain.split('.').map((label) => `DC=${label}`)
  return `CN=${name},OU=${organizationName},OU=Microsoft Exchange Hosted Organizations,${domain.join(',')}`
}

/** LegacyExchangeDN. */
export function legacyName(alias: string): string {
  return `/o=First Organization/ou=Exchange Administrative Group/cn=Recipients/cn=${alias}`
}

/** With all addresses, and what mailboxes forward. */
export async function describeFully(parts: CmdletParts, recipient: Recipient): Promise<ExchangeObject> {
  const { config, recipients, organization } = parts
  const settings = await organization.recipientSettings(recipient.objectGuid)
  const described = {
    ...describeRecipient(config, recipient, await recipients.addressesOf(recipient.objectGuid)),
    ...(await describeRestrictions(parts, recipient)),
    ...customAttributesOf(settings),
  }
  if (recipient.type !== 'UserMailbox' && recipient.type !== 'MailUser') return described
  const authentication = await describeAuthentication(parts, settings)
  if (recipient.mailboxId === undefined) return { ...described, ...authentication }
  const { ForwardingAddress, ForwardingSmtpAddress, DeliverToMailboxAndForward } = settings
  const { MessageCopyForSentAsEnabled: asCopies, MessageCopyForSendOnBehalfEnabled: behalfCopies } = settings
  return {
    ...described,
    ForwardingAddress: ForwardingAddress ?? null,
    ForwardingSmtpAddress: typeof ForwardingSmtpAddress === 'string' ? `smtp:${ForwardingSmtpAddress}` : null,
    DeliverToMailboxAndForward: DeliverToMailboxAndForward === true,
    MessageCopyForSentAsEnabled: asCopies === true,
    MessageCopyForSendOnBehalfEnabled: behalfCopies === true,
    ...(await describeLimits(parts, recipient.mailboxId, settings)),
    ...authentication,
  }
}

/** Of whoever signs in: the policy by its distinguished name, which filters compare with. */
export async function describeAuthentication(
  { organization, config }: CmdletParts,
  kept: Settings,
): Promise<ExchangeObject> {
  const assigned = kept[assignedPolicy]
  const policy = typeof assigned === 'string' ? await organization.findPolicy(assigned) : undefined
  return {
    AuthenticationPolicy: policy ? configurationName(config, `CN=${policy.name},CN=Auth Policies`) : null,
    StsRefreshTokensValidFrom: kept[tokensValidFrom] ?? null,
  }
}
