import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Notices } from '#shared/store/store.ts'
import type { ExchangeConfig } from '../config.ts'
import { MailboxRefusal } from '../mailbox/mailbox-refusal.ts'
import type { MailboxStore, Message, RecipientStore } from '../mailbox/mailbox-store.ts'
import type { OrganizationStore } from '../organization/organization-store.ts'
import { automaticReplyTo } from './automatic-reply.ts'
import type { DeliveredOnce } from './delivered-once.ts'
import { type Expansion, expandGroups, type GroupParts } from './expand-groups.ts'
import { forwardingOf, markForwarded, wasForwardedBy } from './forward-mail.ts'
import type { MessageTrace } from './message-trace.ts'
import type { Undelivered } from './non-delivery-report.ts'
import { warnOfQuota } from './quota-warning.ts'
import { type Relay, relayQueued } from './relay-queue.ts'
import { reportUndelivered } from './report-undelivered.ts'
import { type Route, routeRecipient } from './route-recipient.ts'
import { overReceiveLimit, refuseOversized } from './size-limits.ts'
import { traceSubmission } from './trace-message.ts'
import type { KeptMessage, TransportStore } from './transport-store.ts'

/*
 * Mail on its way. Owns where each recipient's copy goes: a mailbox here, the organization's other place by SMTP, or
 * the internet, which is an outbox that the lab shows; and the reports about what could not be delivered.
 * Whoever hands a message over has it delivered or queued when the promise resolves: nothing acknowledged is lost.
 */
export interface Transport {
  /** Takes a message that may have any recipients; those that do not exist come back to the sender as a report. */
  submit(envelope: Envelope, mime: Buffer): Promise<void>
  /** Where mail for an address would go, for servers that refuse before they take it. */
  routeOf(address: string): Promise<Route>
  /** Tries again what is queued for the other place. */
  relayQueued(): Promise<void>
}

/** Addresses without angle brackets; an empty `from` is that of reports, which are never answered. */
export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
  /** Of whoever brought the message by SMTP. */
  readonly clientIp?: string | undefined
  /** Whether the sender is known to be who they say: nobody who sends by the organization's own doors needs to say so. */
  readonly isAuthenticated?: boolean
}

export interface TransportParts extends Pick<GroupParts, 'membersOf'> {
  readonly context: DeploymentContext
  readonly config: ExchangeConfig
  readonly recipients: RecipientStore
  readonly mailboxes: MailboxStore
  readonly messages: TransportStore
  readonly trace: MessageTrace
  readonly organization: OrganizationStore
  readonly relay: Relay
  /** The one that has the mailboxes and the queue: a message is with all of its recipients or with none. */
  readonly store: {
    transaction<T>(work: () => Promise<T>): Promise<T>
    readonly notices: Notices
  }
  readonly deliveredOnce: DeliveredOnce
}

/** Loops end here ("Message loop detection"). */
const hopLimit = 60
const queueTopic = 'mail-queue'

export function createTransport(parts: TransportParts): Transport {
  const transport: Transport = {
    submit: async (envelope, mime) => {
      // Before the transaction: who is in a group, another server may have to say.
      const expansion = await refuseOversized(parts, envelope, mime.length, await expandGroups(parts, envelope))
      await parts.store.transaction(() => submit(parts, transport, { envelope, mime }, expansion))
    },
    routeOf: (address) => routeOf(parts, address),
    relayQueued: () => relayQueued(parts, transport),
  }
  parts.store.notices.listen(queueTopic, () => {
    relayQueued(parts, transport).catch((err) => parts.context.log.error({ err }, 'relay'))
  })
  return transport
}

async function submit(
  parts: TransportParts,
  transport: Transport,
  { envelope, mime }: Pick<DeliveredCopy, 'envelope' | 'mime'>,
  { to, expanded, undelivered: refused }: Expansion,
): Promise<void> {
  const routes = await Promise.all(to.map(async (address) => ({ address, route: await routeOf(parts, address) })))
  const going = (kind: Route['kind']) => routes.filter(({ route }) => route.kind === kind).map(({ address }) => address)
  const undelivered = [...refused, ...going('unknown').map(unknownRecipient)]
  const redirected = new Map<string, string>()
  const looping = hopsOf(mime) >= hopLimit
  for (const { address, route } of routes) {
    if (route.kind !== 'mailbox') continue
    const end = await deliverOrForward(parts, transport, route, { envelope, address, mime })
    if (end.forwardedTo !== undefined) redirected.set(address, end.forwardedTo)
    if (end.undelivered) undelivered.push(end.undelivered)
  }
  const elsewhere = going('otherPlace')
  const traceId = parts.context.random.uuid()
  const kept = (to: readonly string[]) => ({ ...envelope, to, mime, id: traceId, at: parts.context.clock.now() })
  if (looping) undelivered.push(...elsewhere.map(loop))
  else if (elsewhere.length > 0) await enqueue(parts, kept(elsewhere))
  const outside = routes.flatMap(({ route }) => (route.kind === 'outside' ? [route.address] : []))
  if (outside.length > 0) await parts.messages.keepInOutbox(kept(outside))
  const copies = [...routes, ...refused.map(({ address }) => ({ address, route: { kind: 'unknown' as const } }))]
  await traceSubmission(parts, { traceId, envelope, mime }, { copies, undelivered, redirected, expanded })
  await reportUndelivered(parts, transport, { envelope, mime }, undelivered)
}

interface CopyEnd {
  readonly forwardedTo?: string
  readonly undelivered?: Undelivered | undefined
}

async function deliverOrForward(
  parts: TransportParts,
  transport: Transport,
  { mailboxId, objectGuid }: Extract<Route, { readonly kind: 'mailbox' }>,
  copy: DeliveredCopy,
): Promise<CopyEnd> {
  const { envelope, address, mime } = copy
  const settings = await parts.organization.recipientSettings(objectGuid)
  const tooLarge = overReceiveLimit(settings, envelope, { address, bytes: mime.length })
  if (tooLarge) return { undelivered: tooLarge }
  const forwarding = forwardingOf(settings)
  const forwards = forwarding !== undefined && !wasForwardedBy(mime, address)
  if (forwards) await transport.submit({ ...envelope, to: [forwarding.to] }, markForwarded(mime, address))
  if (forwards && !forwarding.alsoDelivers) return { forwardedTo: forwarding.to }
  const undelivered = await deliver(parts, transport, mailboxId, copy)
  if (!undelivered) await warnOfQuota(parts, transport, { mailboxId, objectGuid, address, settings })
  return { undelivered }
}

/** Handed on when the transaction around it, if there is one, is committed. */
async function enqueue(parts: TransportParts, message: KeptMessage): Promise<void> {
  await parts.messages.enqueue(message)
  await parts.store.notices.tell(queueTopic, message.id)
}

async function routeOf({ recipients, config }: TransportParts, address: string): Promise<Route> {
  const whole = await recipients.findRecipient('emailAddress', address)
  const withoutTag = config.mail.plusAddressing ? address.replace(/^([^+@]+)\+[^@]*(?=@[^@]+$)/, '$1') : address
  const recipient =
    whole ?? (withoutTag === address ? undefined : await recipients.findRecipient('emailAddress', withoutTag))
  const { acceptedDomains } = config.autoDiscover
  return routeRecipient(address, recipient, { acceptedDomains, routingDomain: config.routingDomain })
}

/** A mailbox that is over its quota takes nothing. */
async function deliver(
  parts: TransportParts,
  transport: Transport,
  mailboxId: string,
  copy: DeliveredCopy,
): Promise<Undelivered | undefined> {
  try {
    await parts.store.transaction(() => deliverOnce(parts, transport, mailboxId, copy))
    return undefined
  } catch (error) {
    if (!(error instanceof MailboxRefusal) || error.code !== 'quotaExceeded') throw error
    return { address: copy.address, code: 554, status: '5.2.2', text: 'mailbox full; STOREDRV.Deliver; quota exceeded' }
  }
}

interface DeliveredCopy {
  readonly envelope: Envelope
  readonly address: string
  readonly mime: Buffer
}

async function deliverOnce(
  parts: TransportParts,
  transport: Transport,
  mailboxId: string,
  { envelope, address, mime }: DeliveredCopy,
): Promise<void> {
  const { mailboxes, context, config } = parts
  if (!(await parts.deliveredOnce.isFirst(mailboxId, mime))) {
    context.log.info({ address }, 'a message that was delivered before came again')
    return
  }
  const now = context.clock.now()
  const inbox = await mailboxes.wellKnownFolder(mailboxId, 'inbox')
  const server = `${config.servers[0]}.${config.serverDomain}`.toLowerCase()
  const received = `Received: by ${server} with MAPI; ${now.toUTCString().replace('GMT', '+0000')}\r\n`
  // Final delivery writes down the sender of the envelope (RFC 5321 §4.4).
  const trace = `Return-Path: <${envelope.from.replace(/[^\x21-\x7e]|[<>]/g, '')}>\r\n${received}`
  const message = await mailboxes.deliver(mailboxId, {
    folderId: inbox.id,
    mime: Buffer.concat([Buffer.from(trace), mime]),
    receivedAt: now,
  })
  await takeMeeting(parts, mailboxId, message)
  await replyAutomatically(parts, transport, { mailboxId, envelope, message })
}

/** The mail is delivered, whatever becomes of the calendar. */
async function takeMeeting({ mailboxes, context }: TransportParts, mailboxId: string, message: Message): Promise<void> {
  if (!message.messageClass.startsWith('IPM.Schedule.Meeting')) return
  try {
    const { receiveMeeting } = await import('../calendar/receive-meeting.ts')
    await receiveMeeting({ mailboxes, now: context.clock.now() }, mailboxId, message)
  } catch (err) {
    context.log.error({ err, message: message.id }, 'calendar')
  }
}

async function replyAutomatically(
  parts: TransportParts,
  transport: Transport,
  {
    mailboxId,
    envelope,
    message,
  }: { readonly mailboxId: string; readonly envelope: Envelope; readonly message: Message },
): Promise<void> {
  try {
    const reply = await automaticReplyTo(parts, mailboxId, envelope, message)
    if (reply) await transport.submit(reply.envelope, reply.mime)
  } catch (err) {
    parts.context.log.error({ err, message: message.id }, 'automatic reply')
  }
}

function unknownRecipient(address: string): Undelivered {
  return {
    address,
    status: '5.1.10',
    text: `RESOLVER.ADR.RecipientNotFound; Recipient ${address} not found by SMTP address lookup`,
  }
}

function loop(address: string): Undelivered {
  return { address, code: 554, status: '5.4.14', text: 'Hop count exceeded - possible mail loop' }
}

function hopsOf(mime: Buffer): number {
  const head =
    mime
      .subarray(0, 256 * 1024)
      .toString('latin1')
      .split(/\r?\n\r?\n/, 1)[0] ?? ''
  return head.match(/^Received:/gim)?.length ?? 0
}
