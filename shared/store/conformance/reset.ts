import { expect, test } from 'vitest'
import { addBook, capacity, type EngineUnderTest, openLibrary, seedLibrary, setCapacity, titles } from './library.ts'

const seeded = ['Odes', 'Clouds']

export function resetConformance(engine: EngineUnderTest): void {
  test('goes back to the seed, numbers included, as often as asked', async () => {
    await using store = await openLibrary(engine.newPlace())
    for (let round = 0; round < 3; round += 1) {
      expect(await addBook(store, 'Elegies')).toBe(3)
      await setCapacity(store, 1)
      await store.db.deleteFrom('book').where('title', '=', 'Odes').execute()
      await store.reset()
      expect(await titles(store)).toEqual(seeded)
      expect(await capacity(store)).toBe(10)
    }
  })

  test('still refuses references to nothing afterwards', async () => {
    await using store = await openLibrary(engine.newPlace())
    await store.reset()
    const orphan = store.db.insertInto('book').values({ shelf: 'none', title: 'Orphan' })
    await expect(orphan.execute()).rejects.toThrow()
  })

  test('does not run the seed', async () => {
    let runs = 0
    await using store = await openLibrary(engine.newPlace(), {
      seed: async (db) => {
        runs += 1
        await seedLibrary(db)
      },
    })
    await store.reset()
    expect(runs).toBe(1)
  })

  test('returns to empty tables without a seed', async () => {
    await using store = await openLibrary(engine.newPlace(), { seed: async () => {} })
    await seedLibrary(store.db)
    await store.reset()
    expect(await titles(store)).toEqual([])
  })
}

export function resetUnderLoadConformance(engine: EngineUnderTest): void {
  test('waits for the transactions that began before it', async () => {
    await using store = await openLibrary(engine.newPlace())
    const begun = Promise.withResolvers<void>()
    const work = store.transaction(async (db) => {
      await addBook({ db }, 'Elegies')
      begun.resolve()
      await addBook({ db }, 'Satires')
    })
    await begun.promise
    await Promise.all([store.reset(), work])
    expect(await titles(store)).toEqual(seeded)
  })

  test('falls between queries in flight, never into one', async () => {
    await using store = await openLibrary(engine.newPlace())
    const writes = Array.from({ length: 60 }, (_, index) =>
      index % 20 === 10
        ? store.reset().then(() => 0)
        : store.transaction(async () => {
            await addBook(store, `Volume ${index}, part 1`)
            return addBook(store, `Volume ${index}, part 2`)
          }),
    )
    await Promise.all(writes)
    const parts = (await titles(store)).slice(2)
    const volumes = new Set(parts.map((title) => title.replace(/, part \d$/, '')))
    expect(parts.toSorted()).toEqual([...volumes].flatMap((each) => [`${each}, part 1`, `${each}, part 2`]).toSorted())
    await store.reset()
    expect(await addBook(store, 'Elegies')).toBe(3)
  })

  test('refuses to run inside a transaction', async () => {
    await using store = await openLibrary(engine.newPlace())
    const work = store.transaction(() => store.reset())
    await expect(work).rejects.toThrow('inside')
  })
}

export function reseedConformance(engine: EngineUnderTest): void {
  test('runs the seed again on request and keeps its result as the new image', async () => {
    let favourite = 'Elegies'
    await using store = await openLibrary(engine.newPlace(), {
      seed: async (db) => {
        await seedLibrary(db)
        await addBook({ db }, favourite)
      },
    })
    favourite = 'Satires'
    await store.reset()
    expect(await titles(store)).toEqual([...seeded, 'Elegies'])
    await store.reset({ reseed: true })
    expect(await titles(store)).toEqual([...seeded, 'Satires'])
    expect(await addBook(store, 'Fables')).toBe(4)
    await store.reset()
    expect(await titles(store)).toEqual([...seeded, 'Satires'])
  })

  test('stays as it was when the seed fails', async () => {
    let broken = false
    await using store = await openLibrary(engine.newPlace(), {
      seed: async (db) => {
        await seedLibrary(db)
        if (broken) throw new Error('no such shelf')
      },
    })
    await addBook(store, 'Elegies')
    broken = true
    await expect(store.reset({ reseed: true })).rejects.toThrow('no such shelf')
    expect(await titles(store)).toEqual([...seeded, 'Elegies'])
    await store.reset()
    expect(await titles(store)).toEqual(seeded)
  })
}
