import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { RecipientTypeDetails } from '../mailbox/recipient-store.ts'
import {
  acceptSetting,
  authenticationSetting,
  rejectSetting,
  restrictionsOf,
} from '../organization/delivery-restrictions.ts'
import type { Settings } from '../organization/organization-store.ts'
import { extensionAttributes } from './custom-attributes.ts'
import type { DirectoryAttributes } from './directory-accounts.ts'

/** msExchRecipientTypeDetails ("List of Exchange attributes that are synced by Microsoft Entra Connect"). */
export const typeDetailsValues: Readonly<Record<RecipientTypeDetails, string>> = {
  UserMailbox: '1',
  SharedMailbox: '4',
  RoomMailbox: '16',
  EquipmentMailbox: '32',
  MailContact: '64',
  MailUser: '128',
  MailUniversalDistributionGroup: '256',
  MailUniversalSecurityGroup: '1024',
  RemoteUserMailbox: '2147483648',
  RemoteRoomMailbox: '8589934592',
  RemoteEquipmentMailbox: '17179869184',
  RemoteSharedMailbox: '34359738368',
}

/** msExchRecipientDisplayType, where it is not that of a mailbox with an account ([MS-OXOABK] 2.2.3.11). */
const displayTypes: Readonly<Partial<Record<RecipientTypeDetails, string>>> = {
  SharedMailbox: '0',
  RoomMailbox: '7',
  EquipmentMailbox: '8',
  MailContact: '6',
  MailUser: '6',
  MailUniversalDistributionGroup: '1',
  MailUniversalSecurityGroup: '1073741833',
  RemoteUserMailbox: '-2147483642',
}

/** msExchRemoteRecipientType of a mailbox that Exchange Online is to make, and of one that was moved there. */
export const remoteTypes = { provision: '1', migrated: '4' } as const
export type RemoteType = keyof typeof remoteTypes

/** What the schema extension of Exchange says of a recipient; `null` for what it does not have. */
export function attributesOf(
  recipient: Recipient,
  addresses: readonly string[],
  remote: RemoteType | undefined,
): DirectoryAttributes {
  const { typeDetails, mailboxId, externalAddress, emailAddress, alias, isHidden } = recipient
  return {
    mail: [emailAddress],
    mailNickname: [alias],
    proxyAddresses: proxyAddresses(emailAddress, addresses),
    targetAddress: externalAddress === undefined ? null : [`SMTP:${externalAddress}`],
    msExchMailboxGuid: mailboxId === undefined ? null : [mailboxId],
    msExchRecipientTypeDetails: [typeDetailsValues[typeDetails]],
    msExchRecipientDisplayType: [displayTypes[typeDetails] ?? '1073741824'],
    msExchRemoteRecipientType: remote === undefined ? null : [remoteTypes[remote]],
    msExchHideFromAddressLists: isHidden ? ['TRUE'] : null,
    legacyExchangeDN: [`/o=First Organization/ou=Exchange Administrative Group/cn=Recipients/cn=${alias}`],
  }
}

/** Who may send to a recipient, by objectGuid where the directory has distinguished names. */
export function restrictionAttributes(settings: Settings): DirectoryAttributes {
  const { requiresAuthentication, acceptsFrom, rejectsFrom } = restrictionsOf(settings, false)
  return {
    msExchRequireAuthToSendTo: settings[authenticationSetting] === undefined ? null : [String(requiresAuthentication)],
    authOrig: acceptsFrom.length === 0 ? null : acceptsFrom,
    unauthOrig: rejectsFrom.length === 0 ? null : rejectsFrom,
  }
}

/** What of the settings the attributes say; those that they do not say are not there. */
export function restrictionSettings(attributes: Readonly<Record<string, readonly string[]>>): Settings {
  const required = attributes.msExchRequireAuthToSendTo?.[0]
  return {
    [authenticationSetting]: required === undefined ? null : required.toLowerCase() === 'true',
    [acceptSetting]: attributes.authOrig ?? null,
    [rejectSetting]: attributes.unauthOrig ?? null,
  }
}

/** Of an account that Exchange knows nothing of any more. */
export const noAttributes: DirectoryAttributes = Object.fromEntries(
  [
    'mail',
    'mailNickname',
    'proxyAddresses',
    'targetAddress',
    'msExchMailboxGuid',
    'msExchRecipientTypeDetails',
    'msExchRecipientDisplayType',
    'msExchRemoteRecipientType',
    'msExchHideFromAddressLists',
    'legacyExchangeDN',
    'msExchRequireAuthToSendTo',
    'authOrig',
    'unauthOrig',
    ...Object.keys(extensionAttributes({})),
  ].map((name) => [name, null]),
)

/** `SMTP:` before the primary address, `smtp:` before the others. */
export function proxyAddresses(primary: string, addresses: readonly string[]): readonly string[] {
  return [`SMTP:${primary}`, ...addresses.filter((each) => each !== primary).map((each) => `smtp:${each}`)]
}
