import type { ExchangeConfig } from '../config.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { proxyAddresses } from '../recipients/recipient-attributes.ts'
import { backEndOf } from '../server-headers.ts'
import type { CmdletParts, ExchangeObject } from './cmdlet.ts'
import { describeRestrictions } from './cmdlets/delivery-restrictions.ts'

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
    ...(typeDetails === 'RemoteUserMailbox' && { RemoteRoutingAddress: `SMTP:${external}` }),
  }
  const here = mailboxId !== undefined && {
    ExchangeGuid: mailboxId,
    ServerName: backEndOf(config, mailboxId).toLowerCase(),
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
    ExchangeVersion: '0.20 (15.0.0.0)',
    LegacyExchangeDN: `/o=First Organization/ou=Exchange Administrative Group/cn=Recipients/cn=${recipient.alias}`,
    AdminDisplayVersion: `Version ${config.version}`,
    ...elsewhere,
    ...here,
  }
}

export function distinguishedName({ organizationName, serverDomain }: ExchangeConfig, name: string): string {
  const domain = serverDomain.split('.').map((label) => `DC=${label}`)
  return `CN=${name},OU=${organizationName},OU=Microsoft Exchange Hosted Organizations,${domain.join(',')}`
}

/** With all addresses, and what mailboxes forward. */
export async function describeFully(parts: CmdletParts, recipient: Recipient): Promise<ExchangeObject> {
  const { config, recipients, organization } = parts
  const described = {
    ...describeRecipient(config, recipient, await recipients.addressesOf(recipient.objectGuid)),
    ...(await describeRestrictions(parts, recipient)),
  }
  if (recipient.mailboxId === undefined) return described
  const settings = await organization.recipientSettings(recipient.objectGuid)
  const { ForwardingAddress, ForwardingSmtpAddress, DeliverToMailboxAndForward } = settings
  return {
    ...described,
    ForwardingAddress: ForwardingAddress ?? null,
    ForwardingSmtpAddress: typeof ForwardingSmtpAddress === 'string' ? `smtp:${ForwardingSmtpAddress}` : null,
    DeliverToMailboxAndForward: DeliverToMailboxAndForward === true,
  }
}
