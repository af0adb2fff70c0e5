/** Whom mail can reach: people with a mailbox here, and those whose mailbox is elsewhere. */
export interface RecipientStore {
  /** By `emailAddress`: any address of theirs, not only the primary one. */
  findRecipient(key: RecipientKey, value: string): Promise<Recipient | undefined>
  /** All addresses, the primary one first. */
  addressesOf(objectGuid: string): Promise<readonly string[]>
  /** @throws AddressTaken, as for `changeRecipient`. */
  addRecipient(recipient: NewRecipient): Promise<void>
  changeRecipient(objectGuid: string, changes: RecipientChanges): Promise<void>
  removeRecipient(objectGuid: string): Promise<void>
  /** The objectGuids of a group's members, which may be groups, or nobody that is a recipient here. */
  membersOf(groupGuid: string): Promise<readonly string[]>
  /** The groups that somebody is a member of, not by another group. */
  groupsOf(memberGuid: string): Promise<readonly string[]>
  setMembers(groupGuid: string, members: readonly string[]): Promise<void>
  /** All of them, or the first ones, by user principal name. */
  listRecipients(limit?: number): Promise<readonly Recipient[]>
  /** The address book: names and addresses that begin with the text, by display name. */
  searchRecipients(text: string, limit: number): Promise<readonly Recipient[]>
}

export type RecipientKey = 'objectGuid' | 'entraObjectId' | 'userPrincipalName' | 'emailAddress' | 'mailboxId' | 'sid'

/**
 * As Get-Recipient names them: a mail user has an account and a mailbox elsewhere, a mail contact no account. Those
 * without an account have their objectGuid in the place of a user principal name.
 */
export type RecipientType = (typeof recipientTypes)[number]

export const recipientTypes = [
  'UserMailbox',
  'MailUser',
  'MailContact',
  'MailUniversalDistributionGroup',
  'MailUniversalSecurityGroup',
] as const

/** RecipientTypeDetails. A remote mailbox is one that this place knows to be in the other. */
export type RecipientTypeDetails =
  | RecipientType
  | 'SharedMailbox'
  | 'RoomMailbox'
  | 'EquipmentMailbox'
  | 'RemoteUserMailbox'
  | 'RemoteSharedMailbox'
  | 'RemoteRoomMailbox'
  | 'RemoteEquipmentMailbox'

export interface Recipient {
  readonly type: RecipientType
  readonly typeDetails: RecipientTypeDetails
  /** ExternalEmailAddress, or RemoteRoutingAddress, of somebody whose mailbox is elsewhere. */
  readonly externalAddress?: string
  /** Whether address lists leave them out. */
  readonly isHidden: boolean
  /** Whether the directory on premises is the master of the attributes. */
  readonly isDirSynced: boolean
  /** The mailbox of a `UserMailbox`; nothing for a `MailUser`. */
  readonly mailboxId?: string
  readonly objectGuid: string
  readonly entraObjectId: string
  /** Of the directory's account; nothing for accounts of the cloud. */
  readonly sid?: string | undefined
  /** Since when it is a recipient here, and has the mailbox. */
  readonly createdAt?: Date
  readonly mailboxCreatedAt?: Date
  readonly userPrincipalName: string
  /** The primary address. */
  readonly emailAddress: string
  readonly alias: string
  readonly displayName: string
  readonly givenName: string
  readonly surname: string
  readonly title: string
  readonly department: string
  readonly mobile: string
}

export interface NewRecipient extends Omit<Recipient, 'createdAt' | 'mailboxCreatedAt'> {
  /** Besides the primary one. */
  readonly otherAddresses: readonly string[]
}

/** What is absent stays; `null` takes away. */
export type RecipientChanges = Partial<
  Omit<
    Recipient,
    'objectGuid' | 'entraObjectId' | 'sid' | 'createdAt' | 'mailboxCreatedAt' | 'mailboxId' | 'externalAddress'
  >
> & {
  readonly mailboxId?: string | null
  readonly externalAddress?: string | null
  /** In place of all others than the primary one. */
  readonly otherAddresses?: readonly string[]
}

/** An address, or a user principal name, of another recipient. */
export class AddressTaken extends Error {
  override readonly name = 'AddressTaken'
  readonly address: string
  readonly holder: string

  constructor(address: string, holder: string) {
    super(`${address} is an address of ${holder}`)
    this.address = address
    this.holder = holder
  }
}
