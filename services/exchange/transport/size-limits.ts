import { MailboxRefusal } from '../mailbox/mailbox-refusal.ts'
import type { MailboxStore, Recipient, RecipientStore } from '../mailbox/mailbox-store.ts'
import { limitOf } from '../organization/mailbox-limits.ts'
import type { OrganizationStore, Settings } from '../organization/organization-store.ts'
import type { Expansion } from './expand-groups.ts'
import type { Undelivered } from './non-delivery-report.ts'
import type { Envelope } from './transport.ts'

interface Limits {
  readonly organization: Pick<OrganizationStore, 'recipientSettings'>
}

/**
 * Before somebody sends from a mailbox: whether it holds more than its ProhibitSendQuota, and the message is larger
 * than its MaxSendSize.
 * @throws MailboxRefusal sendQuotaExceeded or messageTooLarge.
 */
export async function requireMaySend(
  { organization, mailboxes }: Limits & { readonly mailboxes: Pick<MailboxStore, 'usage'> },
  { objectGuid, mailboxId }: Pick<Recipient, 'objectGuid' | 'mailboxId'>,
  bytes: number,
): Promise<void> {
  const settings = await organization.recipientSettings(objectGuid)
  const [quota, largest] = [limitOf(settings, 'ProhibitSendQuota'), limitOf(settings, 'MaxSendSize')]
  if (largest !== undefined && bytes > largest)
    throw new MailboxRefusal('messageTooLarge', `the message has ${bytes} bytes, MaxSendSize is ${largest}`)
  if (quota === undefined || mailboxId === undefined) return
  const held = (await mailboxes.usage(mailboxId)).bytes
  if (held >= quota)
    throw new MailboxRefusal('sendQuotaExceeded', `the mailbox holds ${held} bytes, ProhibitSendQuota is ${quota}`)
}

/** Nobody gets a message that is larger than its sender may send; whoever brought it by SMTP hears it in a report. */
export async function refuseOversized(
  { organization, recipients }: Limits & { readonly recipients: Pick<RecipientStore, 'findRecipient'> },
  { from, isAuthenticated = true }: Envelope,
  bytes: number,
  expansion: Expansion,
): Promise<Expansion> {
  const sender = from === '' || !isAuthenticated ? undefined : await recipients.findRecipient('emailAddress', from)
  if (!sender) return expansion
  const largest = limitOf(await organization.recipientSettings(sender.objectGuid), 'MaxSendSize')
  if (largest === undefined || bytes <= largest) return expansion
  const text = 'RESOLVER.RST.SendSizeLimit; message too large for this sender'
  const refused = expansion.to.map((address) => ({ address, status: '5.2.3', text }))
  return { ...expansion, to: [], undelivered: [...expansion.undelivered, ...refused] }
}

/** Of a recipient's mailbox; reports pass. */
export function overReceiveLimit(
  settings: Settings,
  { from }: Envelope,
  { address, bytes }: { readonly address: string; readonly bytes: number },
): Undelivered | undefined {
  const largest = limitOf(settings, 'MaxReceiveSize')
  if (from === '' || largest === undefined || bytes <= largest) return undefined
  return { address, status: '5.2.3', text: 'RESOLVER.RST.RecipSizeLimit; message too large for this recipient' }
}
