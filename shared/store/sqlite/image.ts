import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/*
 * A database as the bytes of its file. SQLite makes and takes them itself; Node lets it from 24.16 on (and 26). Under
 * an older one the rows are copied, through a file that is gone afterwards.
 */

/** What `node:sqlite` may not have. */
type Serializing = Partial<Pick<DatabaseSync, 'serialize' | 'deserialize'>>

export function imageOf(database: DatabaseSync): Uint8Array {
  return (database as Serializing).serialize ? database.serialize() : copiedImage(database)
}

/** A database in memory with the state of an image. */
export function openImage(bytes: Uint8Array): DatabaseSync {
  const database = new DatabaseSync(':memory:')
  const image = withoutLog(bytes)
  if ((database as Serializing).deserialize) database.deserialize(image)
  else copyImage(image, database)
  return database
}

/** Every image that SQLite writes of a database in a file says that it has a log beside it; in memory there is none. */
const journalVersions = { from: 18, to: 20, rollback: 1 }

function withoutLog(bytes: Uint8Array): Uint8Array {
  const { from, to, rollback } = journalVersions
  return Uint8Array.from(bytes).fill(rollback, from, to)
}

/** What is not committed yet is in it. */
export function copiedImage(database: DatabaseSync): Uint8Array {
  return besideFile((path) => {
    const file = new DatabaseSync(path)
    try {
      copyDatabase(database, file)
    } finally {
      file.close()
    }
    return readFileSync(path)
  })
}

export function copyImage(image: Uint8Array, target: DatabaseSync): void {
  besideFile((path) => {
    writeFileSync(path, image, { mode: 0o600 })
    const file = new DatabaseSync(path, { readOnly: true })
    try {
      copyDatabase(file, target)
    } finally {
      file.close()
    }
  })
}

function besideFile<T>(work: (path: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'fauxchange-image-'))
  try {
    return work(join(folder, 'image.sqlite'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Tables with their rows first: an index is built faster at the end, and no trigger runs. */
function copyDatabase(source: DatabaseSync, target: DatabaseSync): void {
  const objects = source.prepare('select name, type, sql from sqlite_schema where sql is not null').all()
  const own = objects.filter(({ name }) => !String(name).startsWith('sqlite_'))
  const tables = own.filter(({ type }) => type === 'table')
  target.exec('pragma foreign_keys = off; begin')
  for (const { sql } of tables) target.exec(String(sql))
  for (const { name } of tables) copyRows(source, target, String(name))
  if (objects.some(({ name }) => name === 'sqlite_sequence')) {
    target.exec('delete from sqlite_sequence')
    copyRows(source, target, 'sqlite_sequence')
  }
  for (const { sql, type } of own) if (type !== 'table') target.exec(String(sql))
  target.exec('commit; pragma foreign_keys = on')
}

function copyRows(source: DatabaseSync, target: DatabaseSync, table: string): void {
  const name = `"${table.replaceAll('"', '""')}"`
  // In the order of rowid, which is told by the table alone.
  const all = source.prepare(`select * from ${name} not indexed`)
  all.setReadBigInts(true)
  let insert: ReturnType<DatabaseSync['prepare']> | undefined
  for (const row of all.iterate()) {
    const values = Object.values(row)
    insert ??= target.prepare(`insert into ${name} values (${values.map(() => '?').join(', ')})`)
    insert.run(...values)
  }
}
