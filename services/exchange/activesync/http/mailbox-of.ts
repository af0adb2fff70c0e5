import { ProtocolError } from '#shared/errors.ts'
import type { ExchangeConfig } from '../../config.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'

/** 451: the mailbox is in the other place, and this is its URL. */
export class MailboxElsewhere extends ProtocolError {
  readonly status = 451
  readonly code = 'mailboxElsewhere'
  readonly location: string

  constructor(location: string, reason: string) {
    super('', reason)
    this.location = location
  }
}

/** @throws MailboxElsewhere for somebody whose mailbox is not here. */
export function mailboxOf({ mailboxId, userPrincipalName }: Recipient, config: ExchangeConfig): string {
  if (mailboxId !== undefined) return mailboxId
  // TargetOwaURL names the web's host; devices are sent to the other name of Exchange Online.
  const host = new URL(config.otherLocationUrl).host.replace(/^outlook\.office\.com$/, 'outlook.office365.com')
  throw new MailboxElsewhere(
    `https://${host}/Microsoft-Server-ActiveSync`,
    `the mailbox of ${userPrincipalName} is at ${host}`,
  )
}
