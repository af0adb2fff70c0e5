import type { Kysely } from 'kysely'
import type { Migration } from './store.ts'

/** Work that one of several processes does at a time; whoever ends without giving it back loses it by time. */
export interface Leases {
  /** True for one holder until `until`, and for the same holder again; for another once that has passed. */
  take(lease: {
    readonly name: string
    readonly holder: string
    readonly now: Date
    readonly until: Date
  }): Promise<boolean>
  release(name: string, holder: string): Promise<void>
  isTaken(name: string, now: Date): Promise<boolean>
}

export interface LeaseTables {
  lease: { name: string; holder: string; expires_at: number }
}

export const leaseMigration: Migration = {
  name: 'lease',
  async up({ schema }) {
    await schema
      .createTable('lease')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('holder', 'text', (column) => column.notNull())
      .addColumn('expires_at', 'bigint', (column) => column.notNull())
      .execute()
  },
}

export function leases<Schema extends LeaseTables>(schemaDb: Kysely<Schema>): Leases {
  const db = schemaDb as unknown as Kysely<LeaseTables>
  return {
    async take({ name, holder, now, until }) {
      const row = { holder, expires_at: until.getTime() }
      const taken = await db
        .insertInto('lease')
        .values({ name, ...row })
        .onConflict((conflict) =>
          conflict
            .column('name')
            .doUpdateSet(row)
            .where((lease) =>
              lease.or([lease('lease.expires_at', '<=', now.getTime()), lease('lease.holder', '=', holder)]),
            ),
        )
        .returning('name')
        .execute()
      return taken.length === 1
    },
    release: async (name, holder) =>
      void (await db.deleteFrom('lease').where('name', '=', name).where('holder', '=', holder).execute()),
    async isTaken(name, now) {
      const held = db.selectFrom('lease').select('name').where('name', '=', name)
      return (await held.where('expires_at', '>', now.getTime()).executeTakeFirst()) !== undefined
    },
  }
}
