import type { Kysely } from 'kysely'
import type { Migration } from '#shared/store/store.ts'
import type { NewRecipient } from '../mailbox/recipient-store.ts'

/** Why a mailbox has no owner: its licence, its account or its recipient went. */
export type DisconnectReason = 'SoftDeleted' | 'Disabled'

/** A mailbox without an owner, as it was. */
export interface DisconnectedMailbox {
  readonly mailboxId: string
  readonly reason: DisconnectReason
  readonly at: Date
  /** With all addresses that it had. */
  readonly owner: NewRecipient
}

export interface DisconnectedMailboxes {
  list(): Promise<readonly DisconnectedMailbox[]>
  keep(mailbox: DisconnectedMailbox): Promise<void>
  forget(mailboxId: string): Promise<void>
}

/** "MailboxRetention" of a database, and how long Exchange Online keeps soft-deleted mailboxes. */
export const retentionDays = 30

export interface DisconnectedTables {
  disconnected_mailbox: { mailbox_id: string; reason: string; at: number; owner: string }
}

export const disconnectedMigration: Migration = {
  name: 'exchange-043-disconnected-mailboxes',
  async up({ schema }) {
    await schema
      .createTable('disconnected_mailbox')
      .addColumn('mailbox_id', 'text', (column) => column.primaryKey())
      .addColumn('reason', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .addColumn('owner', 'text', (column) => column.notNull())
      .execute()
  },
}

export function relationalDisconnected<Schema extends DisconnectedTables>(
  schemaDb: Kysely<Schema>,
): DisconnectedMailboxes {
  const db = schemaDb as unknown as Kysely<DisconnectedTables>
  return {
    list: async () => {
      const rows = await db.selectFrom('disconnected_mailbox').selectAll().orderBy('at').execute()
      return rows.map(({ mailbox_id, reason, at, owner }) => ({
        mailboxId: mailbox_id,
        reason: reason as DisconnectReason,
        at: new Date(Number(at)),
        owner: ownerOf(owner),
      }))
    },
    keep: async ({ mailboxId, reason, at, owner }) => {
      const row = { reason, at: at.getTime(), owner: JSON.stringify(owner) }
      await db
        .insertInto('disconnected_mailbox')
        .values({ mailbox_id: mailboxId, ...row })
        .onConflict((conflict) => conflict.column('mailbox_id').doUpdateSet(row))
        .execute()
    },
    forget: async (mailboxId) =>
      void (await db.deleteFrom('disconnected_mailbox').where('mailbox_id', '=', mailboxId).execute()),
  }
}

/** Moments are text in JSON. */
function ownerOf(text: string): NewRecipient {
  return JSON.parse(text, (key, value) => {
    return key === 'createdAt' || key === 'mailboxCreatedAt' ? new Date(value as string) : value
  }) as NewRecipient
}
