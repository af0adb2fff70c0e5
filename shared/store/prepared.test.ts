import { expect, test } from 'vitest'
import { type ExpiringTables, expiringMigration } from './expiring.ts'
import { openStore } from './open.ts'
import { changedRows, prepared, preparedFor } from './prepared.ts'

type Entry = ExpiringTables['expiring_entry']

async function openEntries() {
  const store = await openStore<ExpiringTables>({ engine: { kind: 'memory' }, migrations: [expiringMigration] })
  const { db } = store
  let built = 0
  const insert = prepared(db, ({ kind, id, owner, value, expires_at }: Entry) => {
    built += 1
    return db.insertInto('expiring_entry').values({ kind, id, owner, value, expires_at })
  })
  const select = prepared(
    db,
    ({ kind, ids: [first, second] }: { readonly kind: string; readonly ids: readonly string[] }) =>
      db
        .selectFrom('expiring_entry')
        .select('id')
        .where('kind', '=', kind)
        .where('id', 'in', [first ?? '', second ?? ''])
        .orderBy('id'),
  )
  return { store, insert, select, times: () => built }
}

const entry = { kind: 'a', owner: null, value: '1', expires_at: 1 }

test('is built once, and runs with the values of each call', async () => {
  const { store, insert, times } = await openEntries()
  await using _closed = store
  for (const id of ['x', 'y']) expect(changedRows(await insert({ ...entry, id }))).toBe(1)
  expect(times()).toBe(1)
  const rows = await store.db.selectFrom('expiring_entry').select(['id', 'owner']).orderBy('id').execute()
  expect(rows).toEqual([
    { id: 'x', owner: null },
    { id: 'y', owner: null },
  ])
})

test('joins the transaction around it', async () => {
  const { store, insert } = await openEntries()
  await using _closed = store
  const failing = store.transaction(async () => {
    await insert({ ...entry, id: 'x' })
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  expect(await store.db.selectFrom('expiring_entry').select('id').execute()).toEqual([])
})

test('refuses a query that looks into a value', async () => {
  const { store, select } = await openEntries()
  await using _closed = store
  expect(() => select({ kind: 'a', ids: ['x', 'y'] })).toThrow(TypeError)
})

test('a query that is given its database is compiled once for each', async () => {
  const [one, other] = await Promise.all([openEntries(), openEntries()])
  let built = 0
  const idsOf = preparedFor((db: typeof one.store.db, { kind }: { readonly kind: string }) => {
    built += 1
    return db.selectFrom('expiring_entry').select('id').where('kind', '=', kind)
  })
  await one.insert({ ...entry, id: 'first' })
  await other.insert({ ...entry, id: 'second' })
  const found = [await idsOf(one.store.db, { kind: 'a' }), await idsOf(one.store.db, { kind: 'b' })]
  expect([...found, await idsOf(other.store.db, { kind: 'a' })]).toEqual([[{ id: 'first' }], [], [{ id: 'second' }]])
  expect(built).toBe(2)
  await Promise.all([one, other].map(({ store }) => store[Symbol.asyncDispose]()))
})
