import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { JoiningDriver } from '../joining-driver.ts'
import { migrate, pendingMigrations } from '../migrate.ts'
import type { Migration, Store, StoreOptions } from '../store.ts'
import { sqliteColumnTypes, sqliteOver } from './dialect.ts'
import { SqliteDriver } from './driver.ts'
import { writeDurably } from './durable-file.ts'
import { imageOf } from './image.ts'
import { restoreRows } from './restore-rows.ts'
import { makeSeededDatabase } from './seeded-database.ts'
import { type SeededImage, SqliteStore } from './sqlite-store.ts'

interface Folder {
  readonly directory: string
  readonly name: string
}

/**
 * `<name>.sqlite` is the state, `<name>.seed.sqlite` the image that a reset goes back to. Both appear
 * by renaming finished files, so a crash while seeding leaves a new store, never half of one.
 */
export async function openFolderStore<Schema>(options: StoreOptions<Schema>, folder: Folder): Promise<Store<Schema>> {
  const files = filesOf(folder)
  mkdirSync(folder.directory, { recursive: true, mode: 0o700 })
  await createMissing(options, files)
  const database = openFile(files.state)
  try {
    await migrateBoth(database, files.image, options.migrations)
    return new SqliteStore<Schema>(database, folderImage(options, files.image))
  } catch (error) {
    database.close()
    throw error
  }
}

interface StoreFiles {
  readonly state: string
  readonly image: string
}

function filesOf({ directory, name }: Folder): StoreFiles {
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) throw new Error(`"${name}" cannot name a store's file.`)
  return {
    state: join(directory, `${name}.sqlite`),
    image: join(directory, `${name}.seed.sqlite`),
  }
}

async function createMissing<Schema>(options: StoreOptions<Schema>, files: StoreFiles): Promise<void> {
  const isNew = !existsSync(files.state)
  if (!isNew && existsSync(files.image)) return
  const bytes = await seededBytes(options)
  writeDurably(files.image, bytes)
  if (!isNew) return
  // A log left behind by a deleted database must not be replayed onto the new one.
  for (const suffix of ['-wal', '-shm']) rmSync(files.state + suffix, { force: true })
  writeDurably(files.state, bytes)
}

async function seededBytes<Schema>(options: StoreOptions<Schema>): Promise<Uint8Array> {
  if (options.from) return options.from.bytes
  const database = await makeSeededDatabase(options)
  try {
    return imageOf(database)
  } finally {
    database.close()
  }
}

/** Long enough for an earlier run that is just ending. */
const busyTimeout = 500
const sqliteBusy = 5

/**
 * `full` flushes the log at each commit (0.13 ms here, 0.014 with `normal`), so that what was
 * acknowledged survives a power cut as well as a killed process.
 */
function openFile(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: busyTimeout })
  try {
    database.exec('pragma main.locking_mode = exclusive; pragma main.journal_mode = wal')
    database.exec('pragma main.synchronous = full')
    return database
  } catch (error) {
    database.close()
    if (error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy) {
      throw new Error(`Another running program uses ${path}: stop it, or choose another folder.`)
    }
    throw error
  }
}

/** The image first: if that is interrupted, the state still says that there is something to do. */
async function migrateBoth(state: DatabaseSync, imagePath: string, migrations: readonly Migration[]): Promise<void> {
  const db = sqliteOver<unknown>(new JoiningDriver(new SqliteDriver(state)))
  if ((await pendingMigrations(db, migrations)).length === 0) return
  const image = new DatabaseSync(imagePath)
  try {
    const imageDb = sqliteOver<unknown>(new JoiningDriver(new SqliteDriver(image)))
    await migrate(imageDb, migrations, sqliteColumnTypes)
  } finally {
    image.close()
  }
  await migrate(db, migrations, sqliteColumnTypes)
}

function folderImage<Schema>(options: StoreOptions<Schema>, imagePath: string): SeededImage {
  return {
    restore: ({ database }) => restoreRows(database, imagePath),
    renew: async () => {
      const bytes = await seededBytes(options)
      return ({ database }) => {
        writeDurably(imagePath, bytes)
        restoreRows(database, imagePath)
      }
    },
    snapshot: ({ database }) => ({ bytes: imageOf(database) }),
    load: ({ database }, { bytes }) => {
      const path = `${imagePath}.loading`
      writeFileSync(path, bytes, { mode: 0o600 })
      try {
        restoreRows(database, path)
      } finally {
        for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
      }
    },
  }
}
