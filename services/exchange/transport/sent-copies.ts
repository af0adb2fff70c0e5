import { MailboxRefusal } from '../mailbox/mailbox-refusal.ts'
import type { MailboxStore } from '../mailbox/mailbox-store.ts'
import type { OrganizationStore } from '../organization/organization-store.ts'
import type { SentUnder } from './sent-under.ts'

export interface SentCopy {
  readonly under: SentUnder
  /** As the sender keeps it, with Bcc. */
  readonly mime: Buffer
  readonly at: Date
  /** The mailbox that has a copy already. */
  readonly keptIn: string | undefined
}

/**
 * Set-Mailbox -MessageCopyForSentAsEnabled and -MessageCopyForSendOnBehalfEnabled: Sent Items of the mailbox under whose
 * name somebody sends have a copy too. A mailbox that is full has none.
 */
export async function keepCopyForSender(
  {
    mailboxes,
    organization,
  }: { readonly mailboxes: MailboxStore; readonly organization: Pick<OrganizationStore, 'recipientSettings'> },
  { under: { from, sender }, mime, at, keptIn }: SentCopy,
): Promise<void> {
  if (from.mailboxId === undefined || from.mailboxId === keptIn) return
  const settings = await organization.recipientSettings(from.objectGuid)
  if (settings[sender ? 'MessageCopyForSendOnBehalfEnabled' : 'MessageCopyForSentAsEnabled'] !== true) return
  const { id: folderId } = await mailboxes.wellKnownFolder(from.mailboxId, 'sentitems')
  try {
    await mailboxes.deliver(from.mailboxId, { folderId, mime, receivedAt: at, unread: false })
  } catch (error) {
    if (!(error instanceof MailboxRefusal) || error.code !== 'quotaExceeded') throw error
  }
}
