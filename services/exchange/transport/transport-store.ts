import type { Kysely } from 'kysely'
import type { Envelope } from './transport.ts'
import type { TransportTables } from './transport-tables.ts'

export interface KeptMessage extends Envelope {
  readonly id: string
  readonly at: Date
  readonly mime: Buffer
}

export interface QueuedMessage extends KeptMessage {
  readonly attempts: number
  readonly claimedUntil: Date
}

/** Messages on their way to the other place, and those that went to the internet. */
export interface TransportStore {
  enqueue(message: KeptMessage): Promise<void>
  /** The oldest first. */
  queued(): Promise<readonly QueuedMessage[]>
  /** False when another server, or an earlier attempt, has the message until later than `now`. */
  claim(id: string, now: Date, until: Date): Promise<boolean>
  /** After an attempt that failed: nobody tries again before `until`. */
  postpone(id: string, until: Date): Promise<void>
  dequeue(id: string): Promise<void>
  keepInOutbox(message: KeptMessage): Promise<void>
  /** The newest first. */
  outbox(): Promise<readonly KeptMessage[]>
  emptyOutbox(): Promise<void>
  /** False when the sender got an automatic reply of this mailbox since then already. */
  markReplied(objectGuid: string, sender: string, since: string): Promise<boolean>
}

export function relationalTransportStore<Schema extends TransportTables>(schemaDb: Kysely<Schema>): TransportStore {
  const db = schemaDb as unknown as Kysely<TransportTables>
  return {
    markReplied: (objectGuid, sender, since) => markReplied(db, { object_guid: objectGuid, sender, since }),
    enqueue: async (message) => {
      const row = { ...rowOf(message), accepted_at: message.at.getTime(), attempts: 0, claimed_until: null }
      await db.insertInto('queued_message').values(row).execute()
    },
    queued: async () => {
      const rows = await db.selectFrom('queued_message').selectAll().orderBy('number').execute()
      return rows.map((row) => ({
        ...messageOf(row, row.accepted_at),
        attempts: row.attempts,
        claimedUntil: new Date(row.claimed_until ?? 0),
      }))
    },
    claim: async (id, now, until) => {
      const claimed = await db
        .updateTable('queued_message')
        .set({ claimed_until: until.getTime() })
        .where('id', '=', id)
        .where((row) => row.or([row('claimed_until', 'is', null), row('claimed_until', '<=', now.getTime())]))
        .returning('id')
        .executeTakeFirst()
      return claimed !== undefined
    },
    postpone: async (id, until) => {
      await db
        .updateTable('queued_message')
        .set((value) => ({ attempts: value('attempts', '+', 1), claimed_until: until.getTime() }))
        .where('id', '=', id)
        .execute()
    },
    dequeue: async (id) => void (await db.deleteFrom('queued_message').where('id', '=', id).execute()),
    keepInOutbox: async (message) => {
      const row = { ...rowOf(message), sent_at: message.at.getTime() }
      await db.insertInto('outbox_message').values(row).execute()
    },
    outbox: async () => {
      const rows = await db.selectFrom('outbox_message').selectAll().orderBy('number', 'desc').execute()
      return rows.map((row) => messageOf(row, row.sent_at))
    },
    emptyOutbox: async () => void (await db.deleteFrom('outbox_message').execute()),
  }
}

function rowOf({ id, from, to, mime }: KeptMessage) {
  return { id, sender: from, recipients: JSON.stringify(to), mime }
}

interface Row {
  readonly id: string
  readonly sender: string
  readonly recipients: string
  readonly mime: Uint8Array
}

function messageOf({ id, sender, recipients, mime }: Row, at: number): KeptMessage {
  const to = JSON.parse(recipients) as string[]
  return { id, from: sender, to, mime: Buffer.from(mime), at: new Date(Number(at)) }
}

/** One statement, so that of two at once one sends. */
async function markReplied(db: Kysely<TransportTables>, row: TransportTables['automatic_reply']): Promise<boolean> {
  const marked = await db
    .insertInto('automatic_reply')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .columns(['object_guid', 'sender'])
        .doUpdateSet({ since: row.since })
        .where('automatic_reply.since', '<', row.since),
    )
    .returning('sender')
    .executeTakeFirst()
  return marked !== undefined
}
