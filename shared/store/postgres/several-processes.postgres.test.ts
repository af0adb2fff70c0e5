import { Client } from 'pg'
import { beforeAll, expect, inject, test } from 'vitest'
import { eventually } from '#test/actors/eventually.ts'
import { createDatabase } from '#test/postgres/server.ts'
import { addBook, capacity, openLibrary, seedLibrary, setCapacity, titles } from '../conformance/library.ts'
import { singleUseStore } from '../single-use.ts'
import type { StoreEngine } from '../store.ts'

let url = ''
let places = 0

beforeAll(async () => {
  url = await createDatabase(inject('postgres'), 'several')
})

function newPlace(): StoreEngine {
  places += 1
  return { kind: 'postgres', url, schema: `library_${places}` }
}

const seeded = ['Odes', 'Clouds']

test('is made and seeded once, however many open it at once', async () => {
  const place = newPlace()
  let runs = 0
  const seed: typeof seedLibrary = async (db) => {
    runs += 1
    await seedLibrary(db)
  }
  const stores = await Promise.all([1, 2, 3, 4].map(() => openLibrary(place, { seed })))
  for (const store of stores) expect(await titles(store)).toEqual(seeded)
  expect(runs).toBe(1)
  await addBook(stores[0] as (typeof stores)[0], 'Elegies')
  expect(await titles(stores[3] as (typeof stores)[0])).toEqual([...seeded, 'Elegies'])
  for (const store of stores) await store[Symbol.asyncDispose]()
})

test('loses no update of transactions that meet, and lets one take what may be used once', async () => {
  const place = newPlace()
  await using one = await openLibrary(place)
  await using other = await openLibrary(place)
  const increments = Array.from({ length: 40 }, (_, index) => {
    const store = index % 2 === 0 ? one : other
    return store.transaction(async (db) => setCapacity({ db }, (await capacity({ db })) + 1))
  })
  await Promise.all(increments)
  expect(await capacity(one)).toBe(50)
  const claims = Array.from({ length: 40 }, (_, index) =>
    singleUseStore((index % 2 === 0 ? one : other).db).claim('assertion', 'a1', new Date('2030-01-01')),
  )
  expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1)
})

test('lets no decision rest on what another transaction changes meanwhile (write skew)', async () => {
  const place = newPlace()
  await using one = await openLibrary(place)
  await using other = await openLibrary(place)
  const room = async (store: typeof one, title: string) =>
    store.transaction(async () => {
      if ((await titles(store)).length > 2) return false
      await addBook(store, title)
      return true
    })
  const added = await Promise.all([room(one, 'Elegies'), room(other, 'Satires')])
  expect(added.filter(Boolean)).toHaveLength(1)
  expect(await titles(one)).toHaveLength(3)
})

test('tells the others, and resets for all', async () => {
  const place = newPlace()
  await using one = await openLibrary(place)
  await using other = await openLibrary(place)
  const heard = Promise.withResolvers<string | undefined>()
  other.notices.listen('book', heard.resolve)
  const [own, foreign]: (string | undefined)[][] = [[], []]
  one.notices.listen('book', (text) => own?.push(text), { from: 'others' })
  other.notices.listen('book', (text) => foreign?.push(text), { from: 'others' })
  await one.transaction(async () => {
    await addBook(one, 'Elegies')
    await one.notices.tell('book', 'Elegies')
  })
  expect(await heard.promise).toBe('Elegies')
  await other.reset()
  expect(await titles(one)).toEqual(seeded)
  // Of a reset, the others hear that they have to look again.
  await eventually(() => expect(own).toEqual([undefined]))
  expect(foreign).toEqual(['Elegies'])
})

test('tells that something may have been missed once a lost connection is there again', async () => {
  const place = newPlace()
  await using store = await openLibrary(place)
  const heard: (string | undefined)[] = []
  store.notices.listen('book', (text) => heard.push(text))
  const administrator = new Client({ connectionString: url })
  await administrator.connect()
  // Only the one that hears notices: others may end a moment later, under the next question.
  await administrator.query(
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1 and query like 'listen %'`,
    [`fauxchange library_${places}`],
  )
  await administrator.end()
  await eventually(() => expect(heard).toEqual([undefined]))
  await store.notices.tell('book', 'Elegies')
  await eventually(() => expect(heard).toEqual([undefined, 'Elegies']))
})
