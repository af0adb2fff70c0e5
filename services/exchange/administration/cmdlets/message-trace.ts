import { decodeWords } from 'postal-mime'
import type { MessageEvent, TraceFilter } from '../../transport/message-trace.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'

const dayMs = 86_400_000
const statuses = [
  'Delivered',
  'Failed',
  'Pending',
  'None',
  'GettingStatus',
  'Expanded',
  'FilteredAsSpam',
  'Quarantined',
]

const filters = {
  StartDate: 'text',
  EndDate: 'text',
  MessageId: 'texts',
  MessageTraceId: 'identity',
  SenderAddress: 'texts',
  RecipientAddress: 'texts',
  Status: 'texts',
  FromIP: 'text',
  ToIP: 'text',
} as const

const detailFilters = {
  MessageTraceId: 'identity',
  RecipientAddress: 'identity',
  MessageId: 'identity',
  SenderAddress: 'identity',
  StartDate: 'text',
  EndDate: 'text',
  Event: 'texts',
  Action: 'texts',
} as const

/** How far back a search goes, and how many days it may span ("Get-MessageTrace", "Get-MessageTraceV2"). */
const versions = {
  one: { days: 10, span: 10 },
  two: { days: 90, span: 10 },
} as const
type Version = (typeof versions)[keyof typeof versions]

/** Exchange Online's: what became of messages, one row a recipient. */
export const messageTraceCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-MessageTrace',
    parameters: { ...filters, Page: 'number', PageSize: 'number' },
    run: async (parts, parameters) => {
      const size = whole(parameters.PageSize, 'PageSize', 1000, 5000)
      const page = whole(parameters.Page, 'Page', 1, 1000)
      const found = await traced(parts, parameters, versions.one)
      return found
        .slice((page - 1) * size, page * size)
        .map((each, index) => ({ ...each, Index: (page - 1) * size + index }))
    },
  },
  {
    name: 'Get-MessageTraceV2',
    parameters: {
      ...filters,
      ResultSize: 'number',
      StartingRecipientAddress: 'identity',
      Subject: 'text',
      SubjectFilterType: 'text',
    },
    run: async (parts, parameters) => {
      const most = whole(parameters.ResultSize, 'ResultSize', 1000, 5000)
      const found = (await traced(parts, parameters, versions.two)).filter(subjectFilter(parameters))
      const start = parameters.StartingRecipientAddress
      const rest = found.filter(
        ({ RecipientAddress }) => start === undefined || String(RecipientAddress) >= String(start).toLowerCase(),
      )
      return rest.slice(0, most)
    },
  },
  {
    name: 'Get-MessageTraceDetail',
    parameters: detailFilters,
    mandatory: ['MessageTraceId', 'RecipientAddress'],
    run: details(versions.one),
  },
  {
    name: 'Get-MessageTraceDetailV2',
    parameters: detailFilters,
    mandatory: ['MessageTraceId', 'RecipientAddress'],
    run: details(versions.two),
  },
]

/** The log of the organization's own servers: one row an event. */
export const trackingLogCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-MessageTrackingLog',
    parameters: {
      Start: 'text',
      End: 'text',
      EventId: 'text',
      MessageId: 'identity',
      MessageSubject: 'text',
      NetworkMessageId: 'identity',
      Recipients: 'texts',
      Sender: 'identity',
      Server: 'identity',
      Source: 'text',
      ResultSize: 'number',
    },
    run: trackingLog,
  },
]

async function traced(
  parts: CmdletParts,
  parameters: Parameters,
  version: Version,
): Promise<readonly ExchangeObject[]> {
  const wanted = listIn(parameters.Status)?.map((each) =>
    statuses.find((one) => one.toLowerCase() === each.toLowerCase()),
  )
  if (wanted?.includes(undefined))
    throw new CmdletError('badValue', `Invalid Status. Valid values are: ${statuses.join(', ')}.`)
  const filter = filterOf(parts, parameters, version)
  const found = await parts.trace.search(filter)
  const { FromIP } = parameters
  return found
    .map((events) => describe(parts, events, filter))
    .filter(({ Status }) => wanted === undefined || wanted.includes(String(Status)))
    .filter((each) => FromIP === undefined || each.FromIP === FromIP)
    .filter(({ ToIP }) => parameters.ToIP === undefined || ToIP === parameters.ToIP)
}

const mostCopies = 20_000

function filterOf({ context }: CmdletParts, parameters: Parameters, { days, span }: Version): TraceFilter {
  const now = context.clock.now()
  const to = instantIn(parameters.EndDate, 'EndDate') ?? now
  const from = instantIn(parameters.StartDate, 'StartDate') ?? new Date(to.getTime() - 2 * dayMs)
  if (from.getTime() < now.getTime() - days * dayMs - 1000)
    throw new CmdletError(
      'badValue',
      `Invalid StartDate value. The StartDate can't be older than ${days} days from today.`,
    )
  if (from > to) throw new CmdletError('badValue', 'Invalid date range: the StartDate is later than the EndDate.')
  if (to.getTime() - from.getTime() > span * dayMs)
    throw new CmdletError('badValue', `Invalid date range: a query returns at most ${span} days of data.`)
  const lower = (value: Parameters[string]) => listIn(value)?.map((each) => each.toLowerCase())
  return {
    ...{ from, to, limit: mostCopies },
    traceId: textIn(parameters.MessageTraceId),
    messageIds: listIn(parameters.MessageId),
    senders: lower(parameters.SenderAddress),
    recipients: lower(parameters.RecipientAddress),
  }
}

const textIn = (value: Parameters[string]) => (typeof value === 'string' ? value : undefined)

function listIn(value: Parameters[string]): readonly string[] | undefined {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.length > 0 ? (value as readonly string[]) : undefined
}

function instantIn(value: Parameters[string], name: string): Date | undefined {
  if (value === undefined) return undefined
  const instant = new Date(/[zZ]|[+-]\d\d:?\d\d$/.test(String(value)) ? String(value) : `${String(value)} UTC`)
  if (!Number.isNaN(instant.getTime())) return instant
  const other = new Date(String(value))
  if (!Number.isNaN(other.getTime())) return other
  throw new CmdletError(
    'badParameter',
    `Cannot process argument transformation on parameter '${name}'. Cannot convert value "${String(value)}" to type "System.DateTime".`,
  )
}

function whole(value: Parameters[string], name: string, usual: number, most: number): number {
  if (value === undefined) return usual
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new CmdletError('badValue', `Invalid ${name} value. It must be between 1 and ${most}.`)
}

function subjectFilter({ Subject, SubjectFilterType }: Parameters): (object: ExchangeObject) => boolean {
  if (Subject === undefined) return () => true
  const wanted = String(Subject).toLowerCase()
  const how = String(SubjectFilterType ?? 'Contains').toLowerCase()
  const tests: Readonly<Record<string, (text: string) => boolean>> = {
    contains: (text) => text.includes(wanted),
    startswith: (text) => text.startsWith(wanted),
    endswith: (text) => text.endsWith(wanted),
  }
  const fits = Object.hasOwn(tests, how) ? tests[how] : undefined
  if (!fits)
    throw new CmdletError('badValue', 'Invalid SubjectFilterType. Valid values are: Contains, StartsWith, EndsWith.')
  return (object) => fits(String(object.Subject).toLowerCase())
}

/** What the last event of a copy means for the one who asks. */
const meanings: Readonly<Record<MessageEvent['event'], string>> = {
  RECEIVE: 'Pending',
  EXPAND: 'Expanded',
  DEFER: 'Pending',
  DELIVER: 'Delivered',
  SEND: 'Delivered',
  REDIRECT: 'None',
  FAIL: 'Failed',
}

function describe({ config }: CmdletParts, events: readonly MessageEvent[], filter: TraceFilter): ExchangeObject {
  const [first] = events
  const last = events.at(-1)
  return {
    Organization: config.organizationName,
    MessageId: first?.messageId ?? '',
    Received: first?.at.toISOString() ?? '',
    SenderAddress: first?.sender ?? '',
    RecipientAddress: first?.recipient ?? '',
    Subject: decodeWords(first?.subject ?? ''),
    Status: last ? meanings[last.event] : 'GettingStatus',
    FromIP: first?.clientIp || null,
    ToIP: null,
    Size: first?.size ?? 0,
    MessageTraceId: first?.traceId ?? '',
    StartDate: filter.from.toISOString(),
    EndDate: filter.to.toISOString(),
  }
}

const eventNames: Readonly<Record<MessageEvent['event'], string>> = {
  RECEIVE: 'Receive',
  EXPAND: 'Expand',
  DEFER: 'Defer',
  DELIVER: 'Deliver',
  SEND: 'Send external',
  REDIRECT: 'Redirect',
  FAIL: 'Fail',
}

function details(version: Version): Cmdlet['run'] {
  return async (parts, { Event, Action: _, ...parameters }) => {
    // One instant for both ends: a millisecond between them would make the span too long.
    const now = parts.context.clock.now()
    const days = {
      StartDate: new Date(now.getTime() - version.span * dayMs).toISOString(),
      EndDate: now.toISOString(),
    }
    const found = await parts.trace.search(filterOf(parts, { ...days, ...parameters }, version))
    const wanted = listIn(Event)?.map((each) => each.toLowerCase())
    return found
      .flat()
      .filter(({ event }) => wanted === undefined || wanted.includes(eventNames[event].toLowerCase()))
      .map((event) => ({
        Organization: parts.config.organizationName,
        MessageId: event.messageId,
        MessageTraceId: event.traceId,
        Date: event.at.toISOString(),
        Event: eventNames[event.event],
        Action: null,
        Detail: event.detail || `Message received by: ${parts.config.servers[0]}`,
        Data: null,
        SenderAddress: event.sender,
        RecipientAddress: event.recipient,
      }))
  }
}

const sources: Readonly<Record<MessageEvent['event'], string>> = {
  RECEIVE: 'SMTP',
  EXPAND: 'ROUTING',
  DEFER: 'SMTP',
  DELIVER: 'STOREDRIVER',
  SEND: 'SMTP',
  REDIRECT: 'ROUTING',
  FAIL: 'ROUTING',
}

async function trackingLog(parts: CmdletParts, parameters: Parameters): Promise<readonly ExchangeObject[]> {
  const { EventId, Source, MessageSubject, Sender, Recipients, MessageId, NetworkMessageId } = parameters
  const now = parts.context.clock.now()
  const found = await parts.trace.search({
    from: instantIn(parameters.Start, 'Start') ?? new Date(now.getTime() - 30 * dayMs),
    to: instantIn(parameters.End, 'End') ?? now,
    traceId: textIn(NetworkMessageId),
    messageIds: listIn(MessageId),
    senders: listIn(Sender)?.map((each) => each.toLowerCase()),
    recipients: listIn(Recipients)?.map((each) => each.toLowerCase()),
    limit: mostCopies,
  })
  const isLike = (value: Parameters[string], text: string) =>
    value === undefined || text.toLowerCase().includes(String(value).toLowerCase())
  const rows = found
    .flat()
    .filter(({ event }) => EventId === undefined || event === String(EventId).toUpperCase())
    .map((event) => logRow(parts, event))
    .filter(({ Source: source, MessageSubject: subject }) => isLike(Source, source) && isLike(MessageSubject, subject))
    .toSorted((a, b) => a.Timestamp.localeCompare(b.Timestamp))
  const most = typeof parameters.ResultSize === 'number' ? parameters.ResultSize : usualRows
  return parameters.ResultSize === 'Unlimited' ? rows : rows.slice(0, most)
}

const usualRows = 1000

function logRow({ config }: CmdletParts, event: MessageEvent) {
  return {
    Timestamp: event.at.toISOString(),
    ClientIp: event.clientIp,
    ServerHostname: config.servers[0] ?? '',
    EventId: event.event,
    Source: sources[event.event],
    InternalMessageId: event.traceId,
    MessageId: event.messageId,
    NetworkMessageId: event.traceId,
    Recipients: [event.recipient],
    RecipientStatus: [event.event === 'RECEIVE' ? '' : event.detail],
    TotalBytes: event.size,
    RecipientCount: 1,
    MessageSubject: decodeWords(event.subject),
    Sender: event.sender,
    ReturnPath: event.sender,
    Directionality: 'Incoming',
    OriginalClientIp: event.clientIp,
  }
}
