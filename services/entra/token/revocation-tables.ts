import type { Migration } from '#shared/store/store.ts'

export interface RevocationTables {
  /** How often sign-ins were revoked; `subject` is an account's object id or a session's `sid`. */
  revocation: {
    subject: string
    /** All sign-ins ([Graph] revokeSignInSessions). */
    sessions: number
    /** Those by password, since it was changed. */
    passwords: number
    /** Epoch milliseconds of the latest. */
    valid_from: number
  }
}

export const revocationMigration: Migration = {
  name: 'revocation',
  async up({ schema }) {
    await schema
      .createTable('revocation')
      .addColumn('subject', 'text', (column) => column.primaryKey())
      .addColumn('sessions', 'integer', (column) => column.notNull())
      .addColumn('passwords', 'integer', (column) => column.notNull())
      .addColumn('valid_from', 'bigint', (column) => column.notNull())
      .execute()
  },
}
