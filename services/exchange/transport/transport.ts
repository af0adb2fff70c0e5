import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { Notices } from '#shared/store/store.ts'
import type { ExchangeConfig } from '../config.ts'
import { MailboxRefusal } from '../mailbox/mailbox-refusal.ts'
import type { MailboxStore, Message, RecipientStore } from '../mailbox/mailbox-store.ts'
import type { OrganizationStore } from '../organization/organization-store.ts'
import { automaticReplyTo } from './automatic-reply.ts'
import type { DeliveredOnce } from './delivered-once.ts'
import { forwardingOf, markForwarded, wasForwardedBy } from './forward-mail.ts'
import type { MessageTrace } from './message-trace.ts'
import { nonDeliveryReport, type Undelivered } from './non-delivery-report.ts'
import { type Route, routeRecipient } from './route-recipient.ts'
import { traceRelay, traceSubmission } from './trace-message.ts'
import type { KeptMessage, QueuedMessage, TransportStore } from './transport-store.ts'

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
}

/** Hands a message to the other place. @throws RelayRefusal when it will never take it, anything else to try again. */
export type Relay = (message: KeptMessage) => Promise<void>

export class RelayRefusal extends Error {
  override readonly name = 'RelayRefusal'
}

export interface TransportParts {
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
/** A server that was killed while it handed a message on is given up after so many minutes. */
const claimMinutes = 2
const queueTopic = 'mail-queue'
/** Minutes of the clock between attempts, one a line of the queue's life. */
const retryMinutes = [1, 5, 10, 30, 60, 120, 240, 480, 1440]

export function createTransport(parts: TransportParts): Transport {
  const transport: Transport = {
    submit: (envelope, mime) => parts.store.transaction(() => submit(parts, transport, envelope, mime)),
    routeOf: (address) => routeOf(parts, address),
    relayQueued: () => relayQueued(parts, transport),
  }
  parts.store.notices.listen(queueTopic, () => {
    relayQueued(parts, transport).catch((err) => parts.context.log.error({ err }, 'relay'))
  })
  return transport
}

/** Of the servers of an array that hear of a message, one hands it on; what has to wait is looked at again. */
async function relayQueued(parts: TransportParts, transport: Transport): Promise<void> {
  const { messages, context } = parts
  const { clock } = context
  for (const message of await messages.queued()) {
    const now = clock.now()
    const until = new Date(now.getTime() + claimMinutes * 60_000)
    if (await messages.claim(message.id, now, until)) await relayOne(parts, transport, message)
    else clock.at(message.claimedUntil > now ? message.claimedUntil : until, () => transport.relayQueued())
  }
}

async function submit(parts: TransportParts, transport: Transport, envelope: Envelope, mime: Buffer): Promise<void> {
  const routes = await Promise.all(
    envelope.to.map(async (address) => ({ address, route: await routeOf(parts, address) })),
  )
  const going = (kind: Route['kind']) => routes.filter(({ route }) => route.kind === kind).map(({ address }) => address)
  const undelivered = going('unknown').map(unknownRecipient)
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
  await traceSubmission(parts, { traceId, envelope, mime }, { copies: routes, undelivered, redirected })
  if (undelivered.length > 0) await report(parts, transport, envelope, mime, undelivered)
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
  const forwarding = await forwardingOf(parts.organization, objectGuid)
  const forwards = forwarding !== undefined && !wasForwardedBy(mime, address)
  if (forwards) await transport.submit({ ...envelope, to: [forwarding.to] }, markForwarded(mime, address))
  if (forwards && !forwarding.alsoDelivers) return { forwardedTo: forwarding.to }
  return { undelivered: await deliver(parts, transport, mailboxId, copy) }
}

/** Handed on when the transaction around it, if there is one, is committed. */
async function enqueue(parts: TransportParts, message: KeptMessage): Promise<void> {
  await parts.messages.enqueue(message)
  await parts.store.notices.tell(queueTopic, message.id)
}

async function routeOf({ recipients, config }: TransportParts, address: string): Promise<Route> {
  const recipient = await recipients.findRecipient('emailAddress', address)
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
    return { address: copy.address, status: '5.2.2', text: 'STOREDRV.Deliver; mailbox full' }
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
  const trace = `Received: by ${server} with MAPI; ${now.toUTCString().replace('GMT', '+0000')}\r\n`
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

async function relayOne(parts: TransportParts, transport: Transport, message: QueuedMessage): Promise<void> {
  const { messages, context } = parts
  const traced = { traceId: message.id, envelope: message, mime: message.mime }
  try {
    await parts.relay(message)
    await messages.dequeue(message.id)
    await traceRelay(parts, traced, { event: 'SEND', detail: 'Message transferred to the other place.' })
  } catch (error) {
    context.log.warn({ err: error, message: message.id }, 'relay')
    const minutes = retryMinutes[message.attempts]
    if (error instanceof RelayRefusal || minutes === undefined) {
      await messages.dequeue(message.id)
      const text = error instanceof RelayRefusal ? error.message : 'Message expired'
      const status = error instanceof RelayRefusal ? '5.1.10' : '4.4.7'
      await traceRelay(parts, traced, { event: 'FAIL', detail: `550 ${status} ${text}` })
      const undelivered = message.to.map((address) => ({ address, status, text }))
      return report(parts, transport, message, message.mime, undelivered)
    }
    const again = new Date(context.clock.now().getTime() + minutes * 60_000)
    await messages.postpone(message.id, again)
    await traceRelay(parts, traced, { event: 'DEFER', detail: (error as Error).message.slice(0, 500) })
    context.clock.at(again, () => transport.relayQueued())
  }
}

async function report(
  { config, context }: TransportParts,
  transport: Transport,
  envelope: Envelope,
  mime: Buffer,
  undelivered: readonly Undelivered[],
): Promise<void> {
  if (envelope.from === '') return
  const text = await nonDeliveryReport({
    envelope,
    mime,
    undelivered,
    server: `${config.servers[0]}.${config.serverDomain}`.toLowerCase(),
    domain: config.autoDiscover.acceptedDomains[0] ?? config.serverDomain,
    now: context.clock.now(),
    id: context.random.uuid(),
  })
  await transport.submit({ from: '', to: [envelope.from] }, text)
}

function unknownRecipient(address: string): Undelivered {
  return {
    address,
    status: '5.1.10',
    text: `RESOLVER.ADR.RecipientNotFound; Recipient ${address} not found by SMTP address lookup`,
  }
}

function loop(address: string): Undelivered {
  return { address, status: '5.4.14', text: 'Hop count exceeded - possible mail loop' }
}

function hopsOf(mime: Buffer): number {
  const head =
    mime
      .subarray(0, 256 * 1024)
      .toString('latin1')
      .split(/\r?\n\r?\n/, 1)[0] ?? ''
  return head.match(/^Received:/gim)?.length ?? 0
}
