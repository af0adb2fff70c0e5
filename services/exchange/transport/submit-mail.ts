import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { MailboxStore, Recipient } from '../mailbox/mailbox-store.ts'
import { type ReadEnvelope, readEnvelope } from '../mailbox/read-mime.ts'
import type { OrganizationStore } from '../organization/organization-store.ts'
import type { PermissionParts } from '../organization/permissions.ts'
import { keepCopyForSender } from './sent-copies.ts'
import { sentUnder } from './sent-under.ts'
import { requireMaySend } from './size-limits.ts'
import { stampMessage } from './stamp-message.ts'
import type { Transport } from './transport.ts'

export interface Submitting extends PermissionParts {
  readonly context: Pick<DeploymentContext, 'clock' | 'random'>
  readonly mailboxes: MailboxStore
  readonly transport: Transport
  readonly organization: Pick<OrganizationStore, 'recipientSettings'>
  /** Who sends from the mailbox of another; its owner does, unless said. */
  readonly submittedBy?: Recipient
}

export interface Submission {
  readonly sender: Recipient
  readonly mime: Buffer
  readonly saveInSent: boolean
  /** Where the copy is kept; the sender's Sent Items unless told otherwise. */
  readonly keptIn?: { readonly mailboxId: string; readonly folderId: string } | undefined
}

/**
 * Mail that the owner of a mailbox sends from it: From is the owner's own address, or that of another recipient whom
 * the text names and under whom they may send; the recipients are those of the text, and none of them sees Bcc.
 * @returns How many recipients there are; with none, nothing is sent. @throws SendAsDenied, MailboxRefusal.
 */
export async function submitMail(
  { context, mailboxes, transport, recipients, permissions, organization, submittedBy }: Submitting,
  { sender, mime, saveInSent, keptIn }: Submission,
): Promise<number> {
  const envelope = await readEnvelope(mime)
  const to = recipientsOf(envelope)
  if (to.length === 0) return 0
  await requireMaySend({ mailboxes, organization }, sender, mime.length)
  const at = context.clock.now()
  const messageId = `${context.random.uuid()}@${sender.emailAddress.split('@')[1]}`
  const under = await sentUnder({ recipients, permissions }, submittedBy ?? sender, envelope)
  const travelling = stampMessage(mime, { under, at, messageId, withoutBcc: true })
  await transport.submit({ from: under.from.emailAddress, to }, travelling)
  const kept = stampMessage(mime, { under, at, messageId })
  const mailboxId = keptIn?.mailboxId ?? sender.mailboxId
  await keepCopyForSender({ mailboxes, organization }, { under, mime: kept, at, keptIn: mailboxId })
  if (mailboxId !== undefined && saveInSent) {
    const folderId = keptIn?.folderId ?? (await mailboxes.wellKnownFolder(mailboxId, 'sentitems')).id
    await mailboxes.deliver(mailboxId, { folderId, mime: kept, receivedAt: at, unread: false })
  }
  return to.length
}

function recipientsOf({ addresses: { to, cc, bcc } }: ReadEnvelope): readonly string[] {
  const all = [...to, ...cc, ...bcc].map(({ address }) => address.toLowerCase())
  return [...new Set(all.filter((address) => address.includes('@')))]
}
