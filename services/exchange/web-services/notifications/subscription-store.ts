import type { Kysely } from 'kysely'
import type { Migration } from '#shared/store/store.ts'

export type SubscriptionKind = 'pull' | 'streaming'

/** What a program wants to hear of ("Notification subscriptions, mailbox events, and EWS in Exchange"). */
export interface Subscription {
  readonly id: string
  readonly kind: SubscriptionKind
  readonly mailboxId: string
  /** objectGuid of whoever subscribed. */
  readonly subscriberGuid: string
  /** Every folder of the mailbox when absent. */
  readonly folderIds?: readonly string[]
  readonly eventTypes: readonly string[]
  readonly timeoutMinutes: number
  /** After that nobody asked for too long. */
  readonly expiresAt: Date
  /** Streaming: the change of the mailbox up to which was told. */
  readonly told: number
}

/** Kept in the store that all servers of an array share, so that any of them answers. */
export interface SubscriptionStore {
  keep(subscription: Subscription): Promise<void>
  find(id: string): Promise<Subscription | undefined>
  /** It was asked for, or told of changes up to a number. */
  touch(id: string, changes: Pick<Subscription, 'expiresAt'> & Partial<Pick<Subscription, 'told'>>): Promise<void>
  remove(id: string): Promise<void>
  /** Those that nobody asked for. */
  removeExpired(now: Date): Promise<void>
}

export interface SubscriptionTables {
  ews_subscription: SubscriptionRow
}

interface SubscriptionRow {
  id: string
  expires_at: number
  told: number
  facts: string
}

export const subscriptionMigration: Migration = {
  name: 'exchange-051-ews-subscriptions',
  async up({ schema }) {
    await schema
      .createTable('ews_subscription')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .addColumn('told', 'bigint', (column) => column.notNull())
      .addColumn('facts', 'text', (column) => column.notNull())
      .execute()
    await schema.createIndex('ews_subscription_by_end').on('ews_subscription').column('expires_at').execute()
  },
}

export function relationalSubscriptionStore<Schema extends SubscriptionTables>(
  schemaDb: Kysely<Schema>,
): SubscriptionStore {
  const db = schemaDb as unknown as Kysely<SubscriptionTables>
  return {
    keep: async ({ id, expiresAt, told, ...facts }) => {
      const row = { id, expires_at: expiresAt.getTime(), told, facts: JSON.stringify(facts) }
      await db.insertInto('ews_subscription').values(row).execute()
    },
    find: async (id) => {
      const row = await db.selectFrom('ews_subscription').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) return undefined
      const { expires_at, told, facts } = row
      return { ...JSON.parse(facts), id, expiresAt: new Date(Number(expires_at)), told: Number(told) } as Subscription
    },
    touch: async (id, { expiresAt, told }) => {
      const changes = { expires_at: expiresAt.getTime(), ...(told !== undefined && { told }) }
      await db.updateTable('ews_subscription').set(changes).where('id', '=', id).execute()
    },
    remove: async (id) => {
      await db.deleteFrom('ews_subscription').where('id', '=', id).execute()
    },
    removeExpired: async (now) => {
      await db.deleteFrom('ews_subscription').where('expires_at', '<=', now.getTime()).execute()
    },
  }
}
