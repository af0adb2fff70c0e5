import type { DatabaseSync } from 'node:sqlite'
import { migrationTable } from '../migrate.ts'

/** Replaces the rows of every table by those of another file with the same tables, all or nothing. */
export function restoreRows(database: DatabaseSync, imagePath: string): void {
  // Off, rows may arrive in any order, and SQLite copies whole pages of records unparsed.
  database.exec('pragma foreign_keys = off')
  database.prepare('attach ? as seeded').run(imagePath)
  try {
    database.exec('begin immediate')
    for (const table of tablesOf(database)) {
      database.exec(`delete from main.${table}; insert into main.${table} select * from seeded.${table}`)
    }
    database.exec('commit')
  } finally {
    if (database.isTransaction) database.exec('rollback')
    database.exec('detach seeded; pragma foreign_keys = on')
  }
}

/** Includes `sqlite_sequence`, from which automatic numbers go on. */
function tablesOf(database: DatabaseSync): readonly string[] {
  return database
    .prepare(
      `select name from seeded.sqlite_schema
        where type = 'table' and name <> ? and (name not like 'sqlite_%' or name = 'sqlite_sequence')`,
    )
    .all(migrationTable)
    .map(({ name }) => `"${String(name).replaceAll('"', '""')}"`)
}
