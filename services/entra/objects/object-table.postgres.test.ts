import { expect, inject, test } from 'vitest'
import { openStore } from '#shared/store/open.ts'
import { eventually } from '#test/actors/eventually.ts'
import { createDatabase } from '#test/postgres/server.ts'
import { objectMigrations, seedObjects } from './object-schema.ts'
import { createObjectTable } from './object-table.ts'
import type { ObjectTables } from './object-tables.ts'

interface Colour {
  readonly id: string
  readonly name: string
}

async function openColours(url: string) {
  const store = await openStore<ObjectTables>({
    engine: { kind: 'postgres', url, schema: 'colours' },
    migrations: objectMigrations,
    seed: (db) => seedObjects(db, 'colour', [{ id: 'a', name: 'red' } as Colour]),
  })
  const colours = createObjectTable<Colour>(store, 'colour')
  await colours.load()
  return { store, colours }
}

test('what one server changes, the copies of the others follow; a reset too', async () => {
  const url = await createDatabase(inject('postgres'), 'colours')
  const here = await openColours(url)
  await using _here = here.store
  const there = await openColours(url)
  await using _there = there.store
  const names = () => there.colours.all().map(({ name }) => name)
  await here.colours.insert({ id: 'b', name: 'green' })
  await eventually(() => expect(names()).toEqual(['red', 'green']))
  await here.colours.update('a', (colour) => ({ ...colour, name: 'blue' }))
  await eventually(() => expect(names()).toEqual(['blue', 'green']))
  await here.colours.remove('b')
  await eventually(() => expect(names()).toEqual(['blue']))
  await here.store.reset()
  await eventually(() => expect(names()).toEqual(['red']))
})
