import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '#shared/store/open.ts'
import type { StoreEngine } from '#shared/store/store.ts'
import { objectMigrations, seedObjects } from './object-schema.ts'
import { createObjectTable, derivedFrom } from './object-table.ts'
import type { ObjectTables } from './object-tables.ts'

interface Colour {
  readonly id: string
  readonly name: string
}

async function openColours(engine: StoreEngine = { kind: 'memory' }) {
  const store = await openStore<ObjectTables>({
    engine,
    migrations: objectMigrations,
    seed: (db) => seedObjects(db, 'colour', [{ id: 'a', name: 'red' } as Colour]),
  })
  const colours = createObjectTable<Colour>(store, 'colour')
  await colours.load()
  return { store, colours }
}

test('a change is there at once, in memory and for whoever reads the store again', async () => {
  const { store, colours } = await openColours()
  await using _closed = store
  await colours.insert({ id: 'b', name: 'green' })
  await colours.update('A', (current) => ({ ...current, name: 'blue' }))
  const elsewhere = createObjectTable<Colour>(store, 'colour')
  await elsewhere.load()
  for (const table of [colours, elsewhere]) {
    expect(table.all().map(({ id, name }) => `${id} ${name}`)).toEqual(['a blue', 'b green'])
    expect(table.byId('B')).toEqual({ id: 'b', name: 'green' })
  }
})

test('an update sees what was written last, and two at once both count', async () => {
  const { store, colours } = await openColours()
  await using _closed = store
  const add = (letter: string) => colours.update('a', (current) => ({ ...current, name: current.name + letter }))
  await Promise.all([add('1'), add('2'), add('3')])
  expect(colours.byId('a')?.name).toHaveLength('red123'.length)
})

test('what is not there can be neither updated nor removed', async () => {
  const { store, colours } = await openColours()
  await using _closed = store
  expect(await colours.update('z', (current) => current)).toBeUndefined()
  expect(await colours.remove('z')).toBe(false)
  expect(await colours.remove('a')).toBe(true)
  expect(colours.all()).toEqual([])
})

test('a reset brings the seed back', async () => {
  const { store, colours } = await openColours()
  await using _closed = store
  await colours.remove('a')
  await store.reset()
  await colours.load()
  expect(colours.all()).toEqual([{ id: 'a', name: 'red' }])
})

test('a store in a folder keeps what was written', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'objects-'))
  const engine = { kind: 'folder', directory, name: 'colours' } as const
  const first = await openColours(engine)
  await first.colours.insert({ id: 'b', name: 'green' })
  await first.store[Symbol.asyncDispose]()
  const second = await openColours(engine)
  expect(second.colours.all().map(({ id }) => id)).toEqual(['a', 'b'])
  await second.store[Symbol.asyncDispose]()
  await rm(directory, { recursive: true })
})

test('what is derived is worked out again after a change only', async () => {
  const { store, colours } = await openColours()
  await using _closed = store
  let times = 0
  const names = derivedFrom([colours], () => {
    times += 1
    return colours.all().map(({ name }) => name)
  })
  expect([names(), names(), times]).toEqual([['red'], ['red'], 1])
  await colours.insert({ id: 'b', name: 'green' })
  expect([names(), times]).toEqual([['red', 'green'], 2])
})
