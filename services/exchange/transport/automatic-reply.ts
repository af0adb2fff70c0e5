import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { MailboxStore, Message, Recipient, RecipientStore } from '../mailbox/mailbox-store.ts'
import { type ReadEnvelope, readEnvelope } from '../mailbox/read-mime.ts'
import {
  type AutoReplyAudience,
  areActive,
  automaticRepliesOf,
  type KeptAutomaticReplies,
} from '../organization/automatic-replies.ts'
import type { OrganizationStore } from '../organization/organization-store.ts'
import type { Envelope } from './transport.ts'
import type { TransportStore } from './transport-store.ts'

export interface ReplyFacts {
  readonly replies: KeptAutomaticReplies
  readonly now: Date
  /** Of the envelope; reports have none. */
  readonly sender: string
  readonly owner: string
  readonly audience: AutoReplyAudience
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>
}

export type ReplyDecision =
  | { readonly reply: string; readonly bodyType: string }
  | { readonly reply?: undefined; readonly reason: string }

/** [MS-OXCMAIL] 2.2.3.2.14 X-Auto-Response-Suppress, RFC 3834 §2: what never gets an automatic reply. */
export function evaluateAutomaticReply(facts: ReplyFacts): ReplyDecision {
  const reason = refusalOf(facts)
  if (reason !== undefined) return { reason }
  const message = facts.replies.messages[facts.audience]
  if (!message?.enabled || !message.reply) return { reason: `nothing is written for ${facts.audience}` }
  return { reply: message.reply, bodyType: message.bodyType ?? 'Text' }
}

function refusalOf({ replies, now, sender, owner, headers }: ReplyFacts): string | undefined {
  const header = (name: string) => headers.get(name)?.trim().toLowerCase() ?? ''
  if (!areActive(replies, now)) return 'automatic replies are off'
  if (!sender.includes('@')) return 'the message has no sender to answer'
  if (sender.toLowerCase() === owner.toLowerCase()) return 'the owner wrote it'
  if (/^(postmaster|mailer-daemon|no-?reply|owner-.*|.*-request)@/i.test(sender)) return 'the sender is no person'
  if (!['', 'no'].includes(header('auto-submitted'))) return 'a machine sent it'
  if (/\b(all|oof)\b/.test(header('x-auto-response-suppress'))) return 'the sender wants no automatic reply'
  if (['bulk', 'junk', 'list'].includes(header('precedence'))) return 'it is bulk mail'
  return headers.has('list-id') || headers.has('list-unsubscribe') ? 'it comes from a mailing list' : undefined
}

export interface ReplyingParts {
  readonly context: Pick<DeploymentContext, 'clock' | 'random'>
  readonly mailboxes: MailboxStore
  readonly recipients: RecipientStore
  readonly organization: OrganizationStore
  readonly messages: TransportStore
}

export interface AutomaticReply {
  readonly envelope: Envelope
  readonly mime: Buffer
}

/** The reply that a delivered message causes; each sender gets one until replies are turned on again. */
export async function automaticReplyTo(
  parts: ReplyingParts,
  mailboxId: string,
  { from: sender }: Envelope,
  message: Message,
): Promise<AutomaticReply | undefined> {
  const { context, recipients, organization, mailboxes, messages } = parts
  if (sender === '') return undefined
  const owner = await recipients.findRecipient('mailboxId', mailboxId)
  const replies = owner && automaticRepliesOf(await organization.recipientSettings(owner.objectGuid))
  const now = context.clock.now()
  if (!replies || !areActive(replies, now)) return undefined
  const mime = await mailboxes.readMime(mailboxId, message.id)
  const { headers } = mime ? await readEnvelope(mime) : ({ headers: new Map() } as Pick<ReadEnvelope, 'headers'>)
  const audience = await audienceOf(parts, mailboxId, sender)
  const decision = evaluateAutomaticReply({ replies, now, sender, owner: owner.emailAddress, audience, headers })
  if (decision.reply === undefined) return undefined
  if (!(await messages.markReplied(owner.objectGuid, sender.toLowerCase(), replies.since))) return undefined
  return { envelope: { from: '', to: [sender] }, mime: await replyMime(parts, owner, message, { sender, ...decision }) }
}

async function audienceOf(
  { recipients, mailboxes }: ReplyingParts,
  mailboxId: string,
  sender: string,
): Promise<AutoReplyAudience> {
  if (await recipients.findRecipient('emailAddress', sender)) return 'AppliesToInternal'
  const { id } = await mailboxes.wellKnownFolder(mailboxId, 'contacts')
  const found = await mailboxes.search(mailboxId, { text: sender, folderIds: [id], limit: 20 })
  const isKnown = found.items.some(
    (item) =>
      item.kind === 'contact' &&
      Object.values(item.properties.fields).some((value) => value.toLowerCase().includes(sender.toLowerCase())),
  )
  return isKnown ? 'AppliesToExternalKnown' : 'AppliesToExternalUnknown'
}

interface Written {
  readonly sender: string
  readonly reply: string
  readonly bodyType: string
}

async function replyMime(
  { context }: ReplyingParts,
  owner: Recipient,
  { subject, internetMessageId }: Message,
  { sender, reply, bodyType }: Written,
): Promise<Buffer> {
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer/index.js')
  const answered =
    internetMessageId === '' ? {} : { inReplyTo: `<${internetMessageId}>`, references: `<${internetMessageId}>` }
  const composer = new MailComposer({
    from: { name: owner.displayName, address: owner.emailAddress },
    to: sender,
    subject: `Automatic reply: ${subject}`,
    date: context.clock.now(),
    messageId: `<${context.random.uuid()}@${owner.emailAddress.split('@')[1]}>`,
    ...(bodyType.toUpperCase() === 'HTML' ? { html: reply } : { text: reply }),
    ...answered,
    headers: { 'auto-submitted': 'auto-generated', 'x-auto-response-suppress': 'All' },
    newline: '\r\n',
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return composer.compile().build()
}
