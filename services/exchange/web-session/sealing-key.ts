import type { Kysely } from 'kysely'
import type { Random } from '#shared/random.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Migration } from '#shared/store/store.ts'
import { SealingRoot } from './seal.ts'

export interface SealingKeyTables {
  sealing_key: { name: string; secret: Uint8Array }
}

export const sealingKeyMigration: Migration = {
  name: 'exchange-002-sealing-key',
  async up({ schema }, types) {
    await schema
      .createTable('sealing_key')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('secret', types.bytes as never, (column) => column.notNull())
      .execute()
  },
}

const name = 'sessions'

/** In the store, so that all servers of an array have it, and a reset can end every session. */
export interface SealingKey {
  read(): Promise<SealingRoot>
}

export function sealingKey<Schema extends SealingKeyTables>(schemaDb: Kysely<Schema>): SealingKey {
  const db = schemaDb as unknown as Kysely<SealingKeyTables>
  const secretOf = prepared(db, (values: { readonly name: string }) =>
    db.selectFrom('sealing_key').select('secret').where('name', '=', values.name),
  )
  let root: SealingRoot | undefined
  return {
    read: async () => {
      const [row] = (await secretOf({ name })).rows
      if (!row) throw new Error('the store has no sealing key')
      if (!root?.isOf(row.secret)) root = new SealingRoot(row.secret)
      return root
    },
  }
}

/** Sessions that were sealed with an earlier key end. */
export async function replaceSealingKey<Schema extends SealingKeyTables>(
  schemaDb: Kysely<Schema>,
  random: Random,
): Promise<void> {
  const db = schemaDb as unknown as Kysely<SealingKeyTables>
  const secret = random.bytes(32)
  await db
    .insertInto('sealing_key')
    .values({ name, secret })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ secret }))
    .execute()
}
