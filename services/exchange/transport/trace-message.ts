import type { DeploymentContext } from '#shared/stack/deployment.ts'
import type { MessageEvent, MessageEventKind, MessageTrace } from './message-trace.ts'
import { diagnosticOf, type Undelivered } from './non-delivery-report.ts'
import type { Route } from './route-recipient.ts'
import type { Envelope } from './transport.ts'

export interface TracedMessage {
  readonly traceId: string
  readonly envelope: Envelope
  readonly mime: Buffer
}

export interface TracedCopy {
  readonly address: string
  readonly route: Route
}

export interface TracedCopies {
  readonly copies: readonly TracedCopy[]
  readonly undelivered: readonly Undelivered[]
  readonly redirected: ReadonlyMap<string, string>
  /** Groups, and to how many members each went. */
  readonly expanded: ReadonlyMap<string, number>
}

type Facts = Omit<MessageEvent, 'event' | 'recipient' | 'detail'>

/** Writes down that a message came, and what became of each copy that is not under way. */
export async function traceSubmission(
  { trace, context }: { readonly trace: MessageTrace; readonly context: Pick<DeploymentContext, 'clock'> },
  message: TracedMessage,
  { copies, undelivered, redirected, expanded }: TracedCopies,
): Promise<void> {
  const facts = factsOf(message, context.clock.now())
  const failures = new Map(undelivered.map((each) => [each.address, diagnosticOf(each)]))
  const events = copies.flatMap(({ address, route }) => {
    const received = { ...facts, event: 'RECEIVE' as const, recipient: address, detail: '' }
    const outcome = outcomeOf(route, failures.get(address), redirected.get(address))
    return outcome ? [received, { ...facts, ...outcome, recipient: address }] : [received]
  })
  const groups = [...expanded].flatMap(([recipient, count]) => {
    const detail = `The distribution group was expanded to ${count} recipients.`
    return [
      { ...facts, event: 'RECEIVE' as const, recipient, detail: '' },
      { ...facts, event: 'EXPAND' as const, recipient, detail },
    ]
  })
  await trace.record([...groups, ...events])
}

interface Outcome {
  readonly event: MessageEventKind
  readonly detail: string
}

function outcomeOf(route: Route, failure: string | undefined, forwardedTo: string | undefined): Outcome | undefined {
  if (failure !== undefined) return { event: 'FAIL', detail: failure }
  if (forwardedTo !== undefined) return { event: 'REDIRECT', detail: `The message was forwarded to ${forwardedTo}.` }
  if (route.kind === 'mailbox')
    return { event: 'DELIVER', detail: 'The message was successfully delivered to the mailbox.' }
  if (route.kind === 'outside') return { event: 'SEND', detail: `Message transferred out to ${route.address}.` }
  return undefined
}

/** What the other place said of copies that were under way. */
export async function traceRelay(
  { trace, context }: { readonly trace: MessageTrace; readonly context: Pick<DeploymentContext, 'clock'> },
  message: TracedMessage,
  outcome: Outcome,
): Promise<void> {
  const facts = factsOf(message, context.clock.now())
  await trace.record(message.envelope.to.map((recipient) => ({ ...facts, ...outcome, recipient })))
}

const headBytes = 64 * 1024

function factsOf({ traceId, envelope, mime }: TracedMessage, at: Date): Facts {
  const head =
    mime
      .subarray(0, headBytes)
      .toString('utf8')
      .split(/\r?\n\r?\n/, 1)[0] ?? ''
  const header = (name: string) => new RegExp(`^${name}:[ \\t]*(.*(?:\\r?\\n[ \\t].*)*)`, 'im').exec(head)?.[1] ?? ''
  return {
    traceId,
    at,
    messageId: header('message-id').trim().slice(0, 998),
    sender: envelope.from,
    // As it is written: encoded words are decoded by who shows it.
    subject: header('subject')
      .replace(/\r?\n[ \t]/g, ' ')
      .trim()
      .slice(0, 998),
    size: mime.length,
    clientIp: envelope.clientIp ?? '',
  }
}
