import type { Generated, Insertable, Kysely, Selectable } from 'kysely'
import type { Migration } from '#shared/store/store.ts'

export interface TraceTables {
  message_event: MessageEventRow
}

/** One thing that happened to one recipient's copy of a message. */
export interface MessageEventRow {
  number: Generated<number>
  trace_id: string
  at: number
  event: string
  message_id: string
  sender: string
  recipient: string
  subject: string
  size: number
  client_ip: string
  detail: string
}

/** As the message tracking log names them ("Event types in the message tracking log"). */
export type MessageEventKind = 'RECEIVE' | 'EXPAND' | 'DELIVER' | 'SEND' | 'REDIRECT' | 'DEFER' | 'FAIL'

export interface MessageEvent {
  /** The same for all that happens to a message in one place: the network message id. */
  readonly traceId: string
  readonly at: Date
  readonly event: MessageEventKind
  readonly messageId: string
  readonly sender: string
  readonly recipient: string
  readonly subject: string
  readonly size: number
  /** Of the server or program that brought it by SMTP. */
  readonly clientIp: string
  readonly detail: string
}

export interface TraceFilter {
  readonly from: Date
  readonly to: Date
  readonly traceId?: string | undefined
  readonly messageIds?: readonly string[] | undefined
  readonly senders?: readonly string[] | undefined
  readonly recipients?: readonly string[] | undefined
  readonly limit: number
}

/** What became of every message, for message trace and the tracking log. Kept until the stack is reset. */
export interface MessageTrace {
  record(events: readonly MessageEvent[]): Promise<void>
  /** Messages, by recipient, that came in the time, the newest first; each with all of its events, the oldest first. */
  search(filter: TraceFilter): Promise<readonly (readonly MessageEvent[])[]>
}

const rowsAStatement = 100

export function relationalMessageTrace<Schema extends TraceTables>(schemaDb: Kysely<Schema>): MessageTrace {
  const db = schemaDb as unknown as Kysely<TraceTables>
  return {
    record: async (events) => {
      const rows = events.map(rowOf)
      for (let first = 0; first < rows.length; first += rowsAStatement)
        await db
          .insertInto('message_event')
          .values(rows.slice(first, first + rowsAStatement))
          .execute()
    },
    search: async (filter) => {
      const found = await receivedBy(db, filter)
      const ids = [...new Set(found.map(({ trace_id }) => trace_id))]
      const rows = await eventsOf(db, ids)
      const byCopy = Map.groupBy(rows, keyOf)
      return found.map((row) => (byCopy.get(keyOf(row)) ?? []).map(eventOf))
    },
  }
}

const keyOf = ({ trace_id, recipient }: Pick<MessageEventRow, 'trace_id' | 'recipient'>) => `${trace_id} ${recipient}`

function receivedBy(db: Kysely<TraceTables>, filter: TraceFilter) {
  const { from, to, traceId, messageIds, senders, recipients, limit } = filter
  let query = db
    .selectFrom('message_event')
    .select(['trace_id', 'recipient'])
    .where('event', '=', 'RECEIVE')
    .where('at', '>=', from.getTime())
    .where('at', '<=', to.getTime())
  if (traceId !== undefined) query = query.where('trace_id', '=', traceId.toLowerCase())
  const lists = { message_id: messageIds, sender: senders, recipient: recipients } as const
  for (const [column, values] of Object.entries(lists))
    if (values !== undefined) query = query.where(column as keyof typeof lists, 'in', [...values])
  return query.orderBy('number', 'desc').limit(limit).execute()
}

async function eventsOf(db: Kysely<TraceTables>, traceIds: readonly string[]) {
  const rows: Selectable<MessageEventRow>[] = []
  for (let first = 0; first < traceIds.length; first += rowsAStatement)
    rows.push(
      ...(await db
        .selectFrom('message_event')
        .selectAll()
        .where('trace_id', 'in', traceIds.slice(first, first + rowsAStatement))
        .orderBy('number')
        .execute()),
    )
  return rows
}

function rowOf(event: MessageEvent): Insertable<MessageEventRow> {
  const { traceId, at, messageId, clientIp, sender, recipient, ...rest } = event
  return {
    ...rest,
    trace_id: traceId,
    at: at.getTime(),
    message_id: messageId,
    client_ip: clientIp,
    sender: sender.toLowerCase(),
    recipient: recipient.toLowerCase(),
  }
}

function eventOf(row: Selectable<MessageEventRow>): MessageEvent {
  return {
    traceId: row.trace_id,
    at: new Date(Number(row.at)),
    event: row.event as MessageEventKind,
    messageId: row.message_id,
    sender: row.sender,
    recipient: row.recipient,
    subject: row.subject,
    size: row.size,
    clientIp: row.client_ip,
    detail: row.detail,
  }
}

export const traceMigration: Migration = {
  name: 'exchange-032-message-trace',
  async up({ schema }, types) {
    let table = schema.createTable('message_event').addColumn('number', types.autoNumberKey as never)
    for (const name of ['trace_id', 'event', 'message_id', 'sender', 'recipient', 'subject', 'client_ip', 'detail'])
      table = table.addColumn(name, 'text', (column) => column.notNull())
    table = table.addColumn('at', 'bigint', (column) => column.notNull())
    await table.addColumn('size', 'integer', (column) => column.notNull()).execute()
    await schema.createIndex('message_event_by_trace').on('message_event').column('trace_id').execute()
    await schema.createIndex('message_event_by_time').on('message_event').columns(['event', 'at']).execute()
  },
}
