import type { ExchangeConfig } from '../config.ts'
import type { Recipient } from '../mailbox/mailbox-store.ts'
import { backEndOf } from '../server-headers.ts'
import type { ExchangeObject } from './cmdlet.ts'

/** What Get-Mailbox, Get-MailUser and their kin return of somebody; a mail user's mailbox is in the other place. */
export function describeRecipient(config: ExchangeConfig, recipient: Recipient): ExchangeObject {
  const { type, userPrincipalName, displayName, objectGuid, entraObjectId, mailboxId } = recipient
  const alias = userPrincipalName.split('@')[0] ?? userPrincipalName
  const elsewhere = type === 'MailUser' && { ExternalEmailAddress: `SMTP:${userPrincipalName}` }
  const here = mailboxId !== undefined && {
    ExchangeGuid: mailboxId,
    ServerName: backEndOf(config, mailboxId).toLowerCase(),
  }
  return {
    Identity: displayName,
    Id: displayName,
    Name: displayName,
    Alias: alias,
    DisplayName: displayName,
    DistinguishedName: `CN=${displayName},OU=${config.organizationName},OU=Microsoft Exchange Hosted Organizations,${config.serverDomain
      .split('.')
      .map((label) => `DC=${label}`)
      .join(',')}`,
    Guid: objectGuid,
    ExternalDirectoryObjectId: entraObjectId,
    UserPrincipalName: userPrincipalName,
    WindowsLiveID: userPrincipalName,
    MicrosoftOnlineServicesID: userPrincipalName,
    PrimarySmtpAddress: userPrincipalName,
    EmailAddresses: [`SMTP:${userPrincipalName}`],
    RecipientType: type,
    RecipientTypeDetails: type,
    OrganizationId: config.organizationName,
    AdminDisplayVersion: `Version ${config.version}`,
    ...elsewhere,
    ...here,
  }
}
