import { expect, test } from 'vitest'
import { addBook, type EngineUnderTest, openLibrary, titles } from './library.ts'

const seeded = ['Odes', 'Clouds']

export function snapshotConformance(engine: EngineUnderTest): void {
  test('goes back to any of its snapshots, in any order, numbers included', async () => {
    await using store = await openLibrary(engine.newPlace())
    await addBook(store, 'Elegies')
    const first = await store.snapshot()
    await addBook(store, 'Satires')
    const second = await store.snapshot()
    for (const _round of [1, 2]) {
      await store.restore(first)
      expect(await titles(store)).toEqual([...seeded, 'Elegies'])
      expect(await addBook(store, 'Epodes')).toBe(4)
      await store.restore(first)
      expect(await titles(store)).toEqual([...seeded, 'Elegies'])
      await store.restore(second)
      expect(await titles(store)).toEqual([...seeded, 'Elegies', 'Satires'])
    }
  })

  test('copies what came after a restored snapshot, too', async () => {
    await using store = await openLibrary(engine.newPlace())
    const seed = await store.snapshot()
    await store.restore(seed)
    await addBook(store, 'Elegies')
    const first = await store.snapshot()
    await addBook(store, 'Satires')
    const second = await store.snapshot()
    await store.reset()
    expect(await titles(store)).toEqual(seeded)
    await store.restore(second)
    expect(await titles(store)).toEqual([...seeded, 'Elegies', 'Satires'])
    await store.restore(first)
    expect(await titles(store)).toEqual([...seeded, 'Elegies'])
  })
}

export function afterSnapshotConformance(engine: EngineUnderTest): void {
  test('a reset leads to the seed all the same, and a snapshot outlives it', async () => {
    await using store = await openLibrary(engine.newPlace())
    const empty = await store.snapshot()
    await addBook(store, 'Elegies')
    const more = await store.snapshot()
    await store.restore(more)
    await store.reset()
    expect(await titles(store)).toEqual(seeded)
    await store.restore(more)
    await store.restore(empty)
    expect(await titles(store)).toEqual(seeded)
    await store.restore(more)
    await store.reset({ reseed: true })
    expect(await titles(store)).toEqual(seeded)
    await addBook(store, 'Satires')
    await store.restore(more)
    expect(await titles(store)).toEqual([...seeded, 'Elegies'])
    await store.reset()
    expect(await titles(store)).toEqual(seeded)
  })
}

export function copyingConformance(engine: EngineUnderTest): void {
  test('still refuses references to nothing afterwards, and rolls back', async () => {
    await using store = await openLibrary(engine.newPlace())
    await store.restore(await store.snapshot())
    const orphan = store.db.insertInto('book').values({ shelf: 'none', title: 'Orphan' })
    await expect(orphan.execute()).rejects.toThrow()
    const work = store.transaction(async (db) => {
      await addBook({ db }, 'Elegies')
      throw new Error('no')
    })
    await expect(work).rejects.toThrow('no')
    expect(await titles(store)).toEqual(seeded)
  })

  test('is refused from inside a transaction, and waits for those of others', async () => {
    await using store = await openLibrary(engine.newPlace())
    await expect(store.transaction(() => store.snapshot())).rejects.toThrow('inside')
    const begun = Promise.withResolvers<void>()
    const work = store.transaction(async (db) => {
      await addBook({ db }, 'Elegies')
      begun.resolve()
      await addBook({ db }, 'Satires')
    })
    await begun.promise
    const [snapshot] = await Promise.all([store.snapshot(), work])
    await store.reset()
    await store.restore(snapshot)
    expect(await titles(store)).toEqual([...seeded, 'Elegies', 'Satires'])
  })
}

export function beginConformance(engine: EngineUnderTest): void {
  test('a store begins where another one was; each goes its own way, and back to its own start', async () => {
    await using store = await openLibrary(engine.newPlace())
    await addBook(store, 'Elegies')
    const from = await store.snapshot()
    await using other = await openLibrary(engine.newPlace(), { from })
    await addBook(other, 'Satires')
    const third = await other.snapshot()
    await other.reset()
    expect(await titles(other)).toEqual([...seeded, 'Elegies'])
    await other.restore(third)
    await addBook(store, 'Epodes')
    expect(await titles(other)).toEqual([...seeded, 'Elegies', 'Satires'])
    expect(await titles(store)).toEqual([...seeded, 'Elegies', 'Epodes'])
    await other.reset()
    expect(await titles(other)).toEqual([...seeded, 'Elegies'])
    await store.reset()
    expect(await titles(store)).toEqual(seeded)
  })
}
