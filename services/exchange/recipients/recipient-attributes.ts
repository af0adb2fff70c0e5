import type { Recipient } from '../mailbox/mailbox-store.ts'
import type { RecipientTypeDetails } from '../mailbox/recipient-store.ts'
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
    msExchRecipientDisplayType: [typeDetails === 'RemoteUserMailbox' ? '-2147483642' : '1073741824'],
    msExchRemoteRecipientType: remote === undefined ? null : [remoteTypes[remote]],
    msExchHideFromAddressLists: isHidden ? ['TRUE'] : null,
    legacyExchangeDN: [`/o=First Organization/ou=Exchange Administrative Group/cn=Recipients/cn=${alias}`],
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
  ].map((name) => [name, null]),
)

/** `SMTP:` before the primary address, `smtp:` before the others. */
export function proxyAddresses(primary: string, addresses: readonly string[]): readonly string[] {
  return [`SMTP:${primary}`, ...addresses.filter((each) => each !== primary).map((each) => `smtp:${each}`)]
}
