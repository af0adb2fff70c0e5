/** What a mailbox does not do; every protocol says it in its own words. */
export type RefusalCode =
  | 'noSuchMailbox'
  | 'noSuchFolder'
  | 'noSuchParent'
  | 'noSuchItem'
  | 'folderExists'
  | 'folderIsWellKnown'
  | 'folderInsideItself'
  | 'emptyName'
  | 'quotaExceeded'
  | 'sendQuotaExceeded'
  | 'messageTooLarge'

export class MailboxRefusal extends Error {
  override readonly name = 'MailboxRefusal'
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string) {
    super(message)
    this.code = code
  }
}
