import { reportUndelivered } from './report-undelivered.ts'
import { traceRelay } from './trace-message.ts'
import type { Transport, TransportParts } from './transport.ts'
import type { KeptMessage, QueuedMessage } from './transport-store.ts'

/** Hands a message to the other place. Resolves with the copies that it did not take while it took others. */
export type Relay = (message: KeptMessage) => Promise<readonly RefusedCopy[]>

/** What a server said of one recipient. */
export interface RefusedCopy {
  readonly address: string
  readonly reply: RemoteReply
}

export interface RemoteReply {
  /** Of the server that said it. */
  readonly host: string
  /** From 400 to 499 it may be tried again. */
  readonly code: number
  /** Enhanced status code (RFC 3463). */
  readonly status: string
  readonly text: string
}

/** The other place will never take the message. */
export class RelayRefusal extends Error {
  override readonly name = 'RelayRefusal'
  readonly reply: RemoteReply

  constructor(reply: RemoteReply) {
    super(`${reply.code} ${reply.status} ${reply.text}`)
    this.reply = reply
  }
}

/** A server that was killed while it handed a message on is given up after so many minutes. */
const claimMinutes = 2
/** Minutes of the clock between attempts, one a line of the queue's life. */
const retryMinutes = [1, 5, 10, 30, 60, 120, 240, 480, 1440]

/** Of the servers of an array that hear of a message, one hands it on; what has to wait is looked at again. */
export async function relayQueued(parts: TransportParts, transport: Transport): Promise<void> {
  const { messages, context } = parts
  const { clock } = context
  for (const message of await messages.queued()) {
    const now = clock.now()
    const until = new Date(now.getTime() + claimMinutes * 60_000)
    if (await messages.claim(message.id, now, until)) await relayOne(parts, transport, message)
    else clock.at(message.claimedUntil > now ? message.claimedUntil : until, () => transport.relayQueued())
  }
}

async function relayOne(parts: TransportParts, transport: Transport, message: QueuedMessage): Promise<void> {
  try {
    await settle(parts, transport, message, await parts.relay(message))
  } catch (error) {
    parts.context.log.warn({ err: error, message: message.id }, 'relay')
    if (error instanceof RelayRefusal) {
      const refused = message.to.map((address) => ({ address, reply: error.reply }))
      return settle(parts, transport, message, refused)
    }
    await tryAgain(parts, transport, message, error as Error)
  }
}

/** Each copy is over, with a report of its refusal, or goes on by itself: none is lost because others were taken. */
async function settle(
  parts: TransportParts,
  transport: Transport,
  message: QueuedMessage,
  untaken: readonly RefusedCopy[],
): Promise<void> {
  const { messages, context, store } = parts
  const refused = untaken.filter(({ reply }) => reply.code >= 500)
  const later = untaken.filter(({ reply }) => reply.code < 500).map(({ address }) => address)
  const taken = message.to.filter((address) => untaken.every((each) => each.address !== address))
  await store.transaction(async () => {
    await messages.dequeue(message.id)
    if (later.length > 0) await messages.enqueue({ ...message, id: context.random.uuid(), to: later })
    const traced = (to: readonly string[]) => ({
      traceId: message.id,
      envelope: { ...message, to },
      mime: message.mime,
    })
    await traceRelay(parts, traced(taken), { event: 'SEND', detail: 'Message transferred to the other place.' })
    for (const { address, reply } of refused) {
      const detail = `${reply.code} ${reply.status} ${reply.text}`
      await traceRelay(parts, traced([address]), { event: 'FAIL', detail })
    }
    const undelivered = refused.map(({ address, reply }) => ({ ...reply, address, remote: reply.host }))
    await reportUndelivered(parts, transport, { envelope: message, mime: message.mime }, undelivered)
  })
  if (later.length > 0) await transport.relayQueued()
}

async function tryAgain(
  parts: TransportParts,
  transport: Transport,
  message: QueuedMessage,
  error: Error,
): Promise<void> {
  const { messages, context } = parts
  const minutes = retryMinutes[message.attempts]
  if (minutes === undefined) {
    const expired = { host: '', code: 550, status: '4.4.7', text: 'QUEUE.Expired; message expired' }
    return settle(
      parts,
      transport,
      message,
      message.to.map((address) => ({ address, reply: expired })),
    )
  }
  const again = new Date(context.clock.now().getTime() + minutes * 60_000)
  await messages.postpone(message.id, again)
  const traced = { traceId: message.id, envelope: message, mime: message.mime }
  await traceRelay(parts, traced, { event: 'DEFER', detail: error.message.slice(0, 500) })
  context.clock.at(again, () => transport.relayQueued())
}
