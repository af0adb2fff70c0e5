import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { MailboxStore, Recipient, RecipientStore } from '../mailbox/mailbox-store.ts'
import { type ReadEnvelope, readEnvelope } from '../mailbox/read-mime.ts'
import { composeReport } from './non-delivery-report.ts'
import { stampMessage } from './stamp-message.ts'

/*
 * Mail that somebody of this deployment sends: addressed, stamped, and put into the mailboxes that are here.
 * Owns nothing of how it came; what leaves for elsewhere comes back as a report.
 */
export interface Submitting {
  readonly mailboxes: MailboxStore
  readonly recipients: RecipientStore
  readonly clock: Clock
  readonly random: Random
}

export interface Submission {
  readonly sender: Recipient
  readonly mime: Buffer
  readonly saveInSent: boolean
}

export type SubmissionOutcome =
  | { readonly kind: 'sent'; readonly delivered: readonly string[]; readonly returned: readonly string[] }
  | { readonly kind: 'noRecipients' }

/** From is the sender's own address whatever the text says, and nobody sees Bcc. */
export async function submitMail(
  parts: Submitting,
  { sender, mime, saveInSent }: Submission,
): Promise<SubmissionOutcome> {
  const read = await readEnvelope(mime)
  const addresses = recipientsOf(read)
  if (addresses.length === 0) return { kind: 'noRecipients' }
  const receivedAt = parts.clock.now()
  const facts = { sender, at: receivedAt, messageId: `${parts.random.uuid()}@${sender.emailAddress.split('@')[1]}` }
  const kept = stampMessage(mime, facts)
  const travelling = stampMessage(mime, { ...facts, withoutBcc: true })
  const targets = await Promise.all(
    addresses.map(async (address) => ({
      address,
      recipient: await parts.recipients.findRecipient('emailAddress', address),
    })),
  )
  const returned = targets.filter(({ recipient }) => recipient?.mailboxId === undefined).map(({ address }) => address)
  const delivered: string[] = []
  for (const { address, recipient } of targets) {
    if (recipient?.mailboxId === undefined) continue
    await putInto(parts, recipient.mailboxId, 'inbox', { mime: travelling, receivedAt, unread: true })
    delivered.push(address)
  }
  const own = sender.mailboxId
  if (own !== undefined && saveInSent) await putInto(parts, own, 'sentitems', { mime: kept, receivedAt, unread: false })
  if (own !== undefined && returned.length > 0) {
    const report = await composeReport({ ...facts, returned, subject: read.subject, id: parts.random.uuid() })
    await putInto(parts, own, 'inbox', { mime: report, receivedAt, unread: true })
  }
  return { kind: 'sent', delivered, returned }
}

async function putInto(
  { mailboxes }: Submitting,
  mailboxId: string,
  name: 'inbox' | 'sentitems',
  message: { readonly mime: Buffer; readonly receivedAt: Date; readonly unread: boolean },
): Promise<void> {
  const folder = await mailboxes.wellKnownFolder(mailboxId, name)
  await mailboxes.deliver(mailboxId, { folderId: folder.id, ...message })
}

function recipientsOf({ addresses: { to, cc, bcc } }: ReadEnvelope): readonly string[] {
  const all = [...to, ...cc, ...bcc]
    .map(({ address }) => address.toLowerCase())
    .filter((address) => address.includes('@'))
  return [...new Set(all)]
}
