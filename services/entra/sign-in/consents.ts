import type { Kysely } from 'kysely'
import type { Migration } from '#shared/store/store.ts'

export interface ConsentTables {
  consent: { object_id: string; client_id: string; scope: string }
}

export const consentMigration: Migration = {
  name: 'consent',
  async up({ schema }) {
    await schema
      .createTable('consent')
      .addColumn('object_id', 'text', (column) => column.notNull())
      .addColumn('client_id', 'text', (column) => column.notNull())
      .addColumn('scope', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('consent_key', ['object_id', 'client_id', 'scope'])
      .execute()
  },
}

/** Delegated permissions that people granted to applications ([Graph] oauth2PermissionGrant). */
export interface ConsentStore {
  of(objectId: string, clientId: string): Promise<ReadonlySet<string>>
  add(objectId: string, clientId: string, scopes: readonly string[]): Promise<void>
}

export function createConsents<Schema extends ConsentTables>(schemaDb: Kysely<Schema>): ConsentStore {
  const db = schemaDb as unknown as Kysely<ConsentTables>
  return {
    async of(objectId, clientId) {
      const rows = await db
        .selectFrom('consent')
        .select('scope')
        .where('object_id', '=', objectId)
        .where('client_id', '=', clientId)
        .execute()
      return new Set(rows.map((row) => row.scope))
    },
    async add(objectId, clientId, scopes) {
      if (scopes.length === 0) return
      const rows = scopes.map((scope) => ({ object_id: objectId, client_id: clientId, scope }))
      await db
        .insertInto('consent')
        .values(rows)
        .onConflict((conflict) => conflict.columns(['object_id', 'client_id', 'scope']).doNothing())
        .execute()
    },
  }
}
