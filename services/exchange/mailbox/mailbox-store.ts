/**
 * What the protocols of Exchange know of a mailbox. Owns recipients, folders, messages and change numbers; a message
 * is its MIME text, and what lists show of it is kept beside. Knows no protocol and no user's session.
 */
export interface RecipientStore {
  findRecipient(key: RecipientKey, value: string): Promise<Recipient | undefined>
  /** All of them, by user principal name. */
  listRecipients(): Promise<readonly Recipient[]>
}

export type RecipientKey = 'objectGuid' | 'entraObjectId' | 'userPrincipalName'

/** As Get-Recipient names them: a mail user is a recipient whose mailbox is elsewhere. */
export type RecipientType = 'UserMailbox' | 'MailUser'

export interface Recipient {
  readonly type: RecipientType
  /** The mailbox of a `UserMailbox`; nothing for a `MailUser`. */
  readonly mailboxId?: string
  readonly objectGuid: string
  readonly entraObjectId: string
  readonly userPrincipalName: string
  readonly displayName: string
}

export interface MailboxStore {
  /** The folders of the mailbox, well-known ones first and in their usual order. */
  listFolders(mailboxId: string): Promise<readonly Folder[]>
  /** Newest first; `before` is the cursor of an earlier page. */
  listMessages(mailboxId: string, folderId: string, page: PageRequest): Promise<MessagePage>
  findMessage(mailboxId: string, messageId: string): Promise<Message | undefined>
  /** The message as it would travel, byte by byte. */
  readMime(mailboxId: string, messageId: string): Promise<Buffer | undefined>
  /** False when the mailbox has no such message. */
  setUnread(mailboxId: string, messageId: string, unread: boolean): Promise<boolean>
  /** Grows with every change of the mailbox. */
  changeNumber(mailboxId: string): Promise<number>
}

export interface Folder {
  readonly id: string
  readonly parentId?: string
  readonly wellKnown?: WellKnownFolder
  readonly displayName: string
  readonly unreadCount: number
  readonly totalCount: number
  readonly changeNumber: number
}

/** DistinguishedFolderId of EWS, in the order in which clients show them. */
export const wellKnownFolders = [
  'inbox',
  'drafts',
  'sentitems',
  'deleteditems',
  'archive',
  'junkemail',
  'outbox',
] as const

export type WellKnownFolder = (typeof wellKnownFolders)[number]

export type Importance = 'low' | 'normal' | 'high'

export interface Message {
  readonly id: string
  readonly folderId: string
  readonly changeNumber: number
  readonly receivedAt: Date
  readonly sender: string
  readonly senderAddress: string
  readonly subject: string
  readonly preview: string
  readonly unread: boolean
  readonly importance: Importance
  readonly hasAttachments: boolean
}

export interface PageRequest {
  readonly limit: number
  readonly before?: string | undefined
}

export interface MessagePage {
  readonly messages: readonly Message[]
  /** The cursor of the next page; absent on the last one. */
  readonly next?: string
}
