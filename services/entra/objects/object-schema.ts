import type { Kysely } from 'kysely'
import type { Migration } from '#shared/store/store.ts'
import type { TenantObject } from './object-table.ts'
import type { ObjectTables } from './object-tables.ts'

export const objectMigrations: readonly Migration[] = [
  {
    name: 'tenant-objects',
    async up({ schema }, { autoNumberKey }) {
      await schema
        .createTable('tenant_object')
        .addColumn('position', autoNumberKey)
        .addColumn('kind', 'text', (column) => column.notNull())
        .addColumn('id', 'text', (column) => column.notNull())
        .addColumn('body', 'text', (column) => column.notNull())
        .addUniqueConstraint('tenant_object_id', ['kind', 'id'])
        .execute()
    },
  },
]

/** In pieces that stay under the engines' limits of bound values. */
export async function seedObjects<Tables extends ObjectTables>(
  tables: Kysely<Tables>,
  kind: string,
  objects: readonly TenantObject[],
): Promise<void> {
  const db = tables as unknown as Kysely<ObjectTables>
  for (let from = 0; from < objects.length; from += 500) {
    const rows = objects
      .slice(from, from + 500)
      .map((object) => ({ kind, id: object.id, body: JSON.stringify(object) }))
    await db.insertInto('tenant_object').values(rows).execute()
  }
}
