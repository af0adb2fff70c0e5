import { expect, test } from 'vitest'
import { addBook, capacity, type EngineUnderTest, openLibrary, setCapacity, titles } from './library.ts'

export function rowsConformance(engine: EngineUnderTest): void {
  test('starts with what the seed put there', async () => {
    await using store = await openLibrary(engine.newPlace())
    expect(await titles(store)).toEqual(['Odes', 'Clouds'])
  })

  test('returns, updates, replaces and deletes rows, and counts them', async () => {
    await using store = await openLibrary(engine.newPlace())
    const number = await addBook(store, 'Elegies')
    const { numUpdatedRows } = await store.db
      .updateTable('book')
      .set({ note: 'damp' })
      .where('number', '=', number)
      .executeTakeFirst()
    expect(numUpdatedRows).toBe(1n)
    await store.db
      .insertInto('book')
      .values({ shelf: 'plays', title: 'Elegies', note: 'dry' })
      .onConflict((conflict) => conflict.column('title').doUpdateSet({ note: 'dry' }))
      .execute()
    const deleted = await store.db
      .deleteFrom('book')
      .where('title', '=', 'Elegies')
      .returning(['number', 'shelf', 'note'])
      .execute()
    expect(deleted).toEqual([{ number, shelf: 'poems', note: 'dry' }])
    expect(await titles(store)).toEqual(['Odes', 'Clouds'])
  })

  test('gives back bytes, text, null and large numbers as they were', async () => {
    await using store = await openLibrary(engine.newPlace())
    const cover = Uint8Array.of(0, 1, 127, 128, 255)
    const row = { shelf: 'poems', title: 'Ναί \u{1F4D6} "\'; --', note: null, cover }
    await store.db.insertInto('book').values(row).execute()
    await setCapacity(store, Number.MAX_SAFE_INTEGER)
    const found = await store.db
      .selectFrom('book')
      .select(['title', 'note', 'cover'])
      .where('title', '=', row.title)
      .executeTakeFirstOrThrow()
    expect(found).toMatchObject({ title: row.title, note: null })
    expect([...(found.cover ?? [])]).toEqual([...cover])
    expect(await capacity(store)).toBe(Number.MAX_SAFE_INTEGER)
  })
}

export function constraintsConformance(engine: EngineUnderTest): void {
  test('refuses to read a number that JavaScript cannot hold', async () => {
    await using store = await openLibrary(engine.newPlace())
    const beyond = (2n ** 60n) as unknown as number
    await setCapacity(store, beyond)
    await expect(capacity(store)).rejects.toThrow()
  })

  test('refuses a second row with a unique value, and a reference to nothing', async () => {
    await using store = await openLibrary(engine.newPlace())
    await expect(addBook(store, 'Odes')).rejects.toThrow()
    const orphan = store.db.insertInto('book').values({ shelf: 'none', title: 'Orphan' })
    await expect(orphan.execute()).rejects.toThrow()
    expect(await titles(store)).toEqual(['Odes', 'Clouds'])
  })

  test('never gives an automatic number twice', async () => {
    await using store = await openLibrary(engine.newPlace())
    const first = await addBook(store, 'Elegies')
    await store.db.deleteFrom('book').where('number', '=', first).execute()
    expect(await addBook(store, 'Elegies')).toBeGreaterThan(first)
  })

  test('keeps two stores in one process apart', async () => {
    await using one = await openLibrary(engine.newPlace())
    await using other = await openLibrary(engine.newPlace())
    await one.transaction(async () => {
      await addBook(one, 'Elegies')
      expect(await addBook(other, 'Satires')).toBe(3)
    })
    expect(await titles(one)).toEqual(['Odes', 'Clouds', 'Elegies'])
    expect(await titles(other)).toEqual(['Odes', 'Clouds', 'Satires'])
    await one.reset()
    expect(await titles(other)).toHaveLength(3)
  })

  test('says how large it is, and answers nothing once closed', async () => {
    const store = await openLibrary(engine.newPlace())
    expect(await store.sizeBytes()).toBeGreaterThan(1000)
    await store[Symbol.asyncDispose]()
    await expect(titles(store)).rejects.toThrow()
  })
}
