import { expect, test } from 'vitest'
import { addBook, capacity, type EngineUnderTest, openLibrary, setCapacity, titles } from './library.ts'

const seeded = ['Odes', 'Clouds']
const refused = new Error('refused')

async function refuse(): Promise<never> {
  throw refused
}

export function transactionsConformance(engine: EngineUnderTest): void {
  test('keeps what a transaction did and returns what it returned', async () => {
    await using store = await openLibrary(engine.newPlace())
    const number = await store.transaction((db) => addBook({ db }, 'Elegies'))
    expect(number).toBe(3)
    expect(await titles(store)).toEqual([...seeded, 'Elegies'])
  })

  test('undoes everything when a transaction throws', async () => {
    await using store = await openLibrary(engine.newPlace())
    const work = store.transaction(async (db) => {
      await addBook({ db }, 'Elegies')
      await setCapacity({ db }, 1)
      throw refused
    })
    await expect(work).rejects.toBe(refused)
    expect(await titles(store)).toEqual(seeded)
    expect(await capacity(store)).toBe(10)
  })

  test('shows nobody what is not committed', async () => {
    await using store = await openLibrary(engine.newPlace())
    const written = Promise.withResolvers<void>()
    const work = store.transaction(async (db) => {
      await addBook({ db }, 'Elegies')
      written.resolve()
      await addBook({ db }, 'Satires')
      throw refused
    })
    await written.promise
    const [, seen] = await Promise.all([expect(work).rejects.toBe(refused), titles(store)])
    expect(seen).toEqual(seeded)
  })
}

export function serialTransactionsConformance(engine: EngineUnderTest): void {
  test('gives the same result as one transaction after another', async () => {
    await using store = await openLibrary(engine.newPlace())
    const increments = Array.from({ length: 50 }, () =>
      store.transaction(async (db) => setCapacity({ db }, (await capacity({ db })) + 1)),
    )
    await Promise.all(increments)
    expect(await capacity(store)).toBe(60)
  })

  test('refuses a transaction that others could not join', async () => {
    await using store = await openLibrary(engine.newPlace())
    const work = store.db.transaction().execute((db) => addBook({ db }, 'Elegies'))
    await expect(work).rejects.toThrow('transaction() of the store')
    expect(await titles(store)).toEqual(seeded)
  })
}

export function nestedTransactionsConformance(engine: EngineUnderTest): void {
  test('lets the store itself join the transaction around it', async () => {
    await using store = await openLibrary(engine.newPlace())
    const work = store.transaction(async () => {
      await Promise.all([addBook(store, 'Elegies'), addBook(store, 'Satires')])
      expect(await titles(store)).toHaveLength(4)
      throw refused
    })
    await expect(work).rejects.toBe(refused)
    expect(await titles(store)).toEqual(seeded)
  })

  test('undoes a nested transaction alone', async () => {
    await using store = await openLibrary(engine.newPlace())
    await store.transaction(async (db) => {
      await addBook({ db }, 'Elegies')
      const nested = store.transaction(async () => {
        await addBook(store, 'Satires')
        await store.transaction(() => addBook(store, 'Fables'))
        await refuse()
      })
      await expect(nested).rejects.toBe(refused)
    })
    expect(await titles(store)).toEqual([...seeded, 'Elegies'])
  })

  test('runs nested transactions that start together one by one', async () => {
    await using store = await openLibrary(engine.newPlace())
    await store.transaction(async () => {
      const nested = ['Elegies', 'Satires', 'Fables'].map((title) =>
        store.transaction(async () => {
          await addBook(store, title)
          if (title === 'Satires') await refuse()
        }),
      )
      const outcomes = await Promise.allSettled(nested)
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    })
    expect(await titles(store)).toEqual([...seeded, 'Elegies', 'Fables'])
  })
}

export function abandonedWorkConformance(engine: EngineUnderTest): void {
  test('refuses work that a rolled-back transaction left behind', async () => {
    await using store = await openLibrary(engine.newPlace())
    const ended = Promise.withResolvers<void>()
    let leftBehind: Promise<unknown> = Promise.resolve()
    const work = store.transaction(async () => {
      leftBehind = ended.promise.then(() => addBook(store, 'Elegies'))
      await refuse()
    })
    await expect(work).rejects.toBe(refused)
    ended.resolve()
    await expect(leftBehind).rejects.toThrow('rolled back')
    expect(await titles(store)).toEqual(seeded)
  })

  test('lets work that outlives a commit go on by itself', async () => {
    await using store = await openLibrary(engine.newPlace())
    const ended = Promise.withResolvers<void>()
    let outliving: Promise<unknown> = Promise.resolve()
    await store.transaction(async () => {
      outliving = ended.promise.then(() => addBook(store, 'Elegies'))
    })
    ended.resolve()
    await outliving
    expect(await titles(store)).toEqual([...seeded, 'Elegies'])
  })
}
