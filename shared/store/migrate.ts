import type { Kysely } from 'kysely'
import { joinedIsolation } from './joining-driver.ts'
import type { ColumnTypes, MigratedSchema, Migration } from './store.ts'

interface AppliedMigrations {
  applied_migration: { position: number; name: string }
}

export const migrationTable = 'applied_migration'

class StoreVersionError extends Error {
  override readonly name = 'StoreVersionError'
}

/** The migrations this database has yet to see, in order. */
export async function pendingMigrations<Schema>(
  db: Kysely<Schema>,
  migrations: readonly Migration[],
): Promise<readonly Migration[]> {
  const own = db as unknown as Kysely<AppliedMigrations>
  await own.schema
    .createTable(migrationTable)
    .ifNotExists()
    .addColumn('position', 'integer', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .execute()
  const applied = await own.selectFrom(migrationTable).select('name').orderBy('position').execute()
  refuseUnknown(
    applied.map((row) => row.name),
    migrations.map((migration) => migration.name),
  )
  return migrations.slice(applied.length)
}

/** All or nothing: a failing migration leaves the database as it was. */
export async function migrate<Schema>(
  db: Kysely<Schema>,
  migrations: readonly Migration[],
  types: ColumnTypes,
): Promise<void> {
  const pending = await pendingMigrations(db, migrations)
  if (pending.length === 0) return
  const first = migrations.length - pending.length
  await db
    .transaction()
    .setIsolationLevel(joinedIsolation)
    .execute(async (transaction) => {
      const own = transaction as unknown as Kysely<AppliedMigrations>
      for (const migration of pending) {
        await migration.up(transaction as unknown as Kysely<MigratedSchema>, types)
      }
      const rows = pending.map(({ name }, index) => ({ position: first + index, name }))
      await own.insertInto(migrationTable).values(rows).execute()
    })
}

function refuseUnknown(applied: readonly string[], known: readonly string[]): void {
  const unknown = applied.find((name) => !known.includes(name))
  if (unknown !== undefined) {
    throw new StoreVersionError(
      `The database was written by a newer version of this program: its migration "${unknown}" is unknown here. Start that version, or choose another data folder.`,
    )
  }
  const misplaced = applied.find((name, position) => known[position] !== name)
  if (misplaced !== undefined) {
    throw new StoreVersionError(
      `The database has migration "${misplaced}" at another place than this program: migrations may only be added at the end of the list.`,
    )
  }
}
