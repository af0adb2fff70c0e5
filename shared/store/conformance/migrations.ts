import { expect, test } from 'vitest'
import type { Migration, StoreEngine } from '../store.ts'
import { addBook, type EngineUnderTest, libraryMigrations, openLibrary, titles } from './library.ts'

const shelve: Migration = {
  name: 'shelve-everything-with-the-plays',
  async up(db) {
    await db.schema.alterTable('shelf').addColumn('room', 'text').execute()
    await db.updateTable('book').set({ shelf: 'plays' }).execute()
  },
}

const failing: Migration = {
  name: 'fails-half-way',
  async up(db) {
    await db.deleteFrom('book').execute()
    throw new Error('half way')
  },
}

export function migrationsConformance(engine: EngineUnderTest): void {
  test('runs migrations in the order of the list, before the seed', async () => {
    await using store = await openLibrary(engine.newPlace(), {
      migrations: [...libraryMigrations, shelve],
    })
    const shelves = await store.db.selectFrom('book').select('shelf').orderBy('number').execute()
    expect(shelves).toEqual([{ shelf: 'poems' }, { shelf: 'plays' }])
  })

  test('does not open when a migration or the seed of a new store fails', async () => {
    const place = engine.newPlace()
    const migrations = [...libraryMigrations, failing]
    await expect(openLibrary(place, { migrations })).rejects.toThrow('half way')
    const seed = async () => Promise.reject(new Error('no such shelf'))
    await expect(openLibrary(place, { seed })).rejects.toThrow('no such shelf')
    await using store = await openLibrary(place)
    expect(await titles(store)).toEqual(['Odes', 'Clouds'])
  })
}

async function fillAndClose(place: StoreEngine): Promise<void> {
  await using store = await openLibrary(place)
  await addBook(store, 'Elegies')
}

export function laterMigrationsConformance(engine: EngineUnderTest): void {
  test('brings an older store up to date, and the state a reset goes back to', async () => {
    const place = engine.newPlace()
    await fillAndClose(place)
    await using store = await openLibrary(place, { migrations: [...libraryMigrations, shelve] })
    const onPlays = store.db.selectFrom('book').select('title').where('shelf', '=', 'plays')
    expect(await onPlays.execute()).toHaveLength(3)
    await store.reset()
    expect(await onPlays.execute()).toHaveLength(2)
  })

  test('leaves an older store as it was when a migration fails', async () => {
    const place = engine.newPlace()
    await fillAndClose(place)
    const migrations = [...libraryMigrations, shelve, failing]
    await expect(openLibrary(place, { migrations })).rejects.toThrow('half way')
    await using store = await openLibrary(place)
    expect(await titles(store)).toEqual(['Odes', 'Clouds', 'Elegies'])
    await store.reset()
    expect(await titles(store)).toEqual(['Odes', 'Clouds'])
  })

  test('refuses a store of a newer program, and one with another history', async () => {
    const place = engine.newPlace()
    const newer = { migrations: [...libraryMigrations, shelve] }
    await (await openLibrary(place, newer))[Symbol.asyncDispose]()
    await expect(openLibrary(place)).rejects.toThrow(/newer version.*"shelve-everything/)
    const shuffled = { migrations: [shelve, ...libraryMigrations] }
    await expect(openLibrary(place, shuffled)).rejects.toThrow('at another place')
    await using store = await openLibrary(place, newer)
    expect(await titles(store)).toHaveLength(2)
  })
}
