import type { Generated } from 'kysely'
import type { Migration } from '#shared/store/store.ts'

export interface RevocationTables {
  /** How often something ended what was issued before; `subject` is an account's object id or a session's `sid`. */
  revocation: {
    subject: string
    /** All sign-ins ([Graph] revokeSignInSessions). */
    sessions: number
    /** Those by password, since it was changed. */
    passwords: number
    /** Critical events of every kind: access tokens tell how many there were when they were issued. */
    events: number
    /** Epoch milliseconds of the latest that ended sign-ins; 0 when none did. */
    valid_from: number
    /** Epoch milliseconds of the latest event. */
    event_at: number
  }
  /** The same events one by one, for whoever asks what happened. */
  critical_event: { position: Generated<number>; object_id: string; kind: string; at: number }
}

export const revocationMigration: Migration = {
  name: 'revocation',
  async up({ schema }, { autoNumberKey }) {
    await schema
      .createTable('revocation')
      .addColumn('subject', 'text', (column) => column.primaryKey())
      .addColumn('sessions', 'integer', (column) => column.notNull())
      .addColumn('passwords', 'integer', (column) => column.notNull())
      .addColumn('events', 'integer', (column) => column.notNull())
      .addColumn('valid_from', 'bigint', (column) => column.notNull())
      .addColumn('event_at', 'bigint', (column) => column.notNull())
      .execute()
    await schema
      .createTable('critical_event')
      .addColumn('position', autoNumberKey)
      .addColumn('object_id', 'text', (column) => column.notNull())
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('at', 'bigint', (column) => column.notNull())
      .execute()
  },
}
