/** Whom mail can reach: people with a mailbox here, and those whose mailbox is elsewhere. */
export interface RecipientStore {
  findRecipient(key: RecipientKey, value: string): Promise<Recipient | undefined>
  /** All of them, or the first ones, by user principal name. */
  listRecipients(limit?: number): Promise<readonly Recipient[]>
  /** The address book: names and addresses that begin with the text, by display name. */
  searchRecipients(text: string, limit: number): Promise<readonly Recipient[]>
}

export type RecipientKey = 'objectGuid' | 'entraObjectId' | 'userPrincipalName' | 'emailAddress' | 'mailboxId' | 'sid'

/** As Get-Recipient names them: a mail user is a recipient whose mailbox is elsewhere. */
export type RecipientType = 'UserMailbox' | 'MailUser'

export interface Recipient {
  readonly type: RecipientType
  /** The mailbox of a `UserMailbox`; nothing for a `MailUser`. */
  readonly mailboxId?: string
  readonly objectGuid: string
  readonly entraObjectId: string
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
