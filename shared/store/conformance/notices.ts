import { expect, test } from 'vitest'
import type { Store } from '../store.ts'
import { addBook, type EngineUnderTest, type Library, openLibrary } from './library.ts'

interface Heard {
  readonly texts: (string | undefined)[]
  /** Resolves with them when there are so many: a store may tell a moment later. */
  first(count: number): Promise<readonly (string | undefined)[]>
}

function collect(store: Store<Library>, topic: string): Heard {
  const texts: (string | undefined)[] = []
  const waiting: (() => void)[] = []
  store.notices.listen(topic, (text) => {
    texts.push(text)
    for (const look of waiting) look()
  })
  const first = (count: number) =>
    new Promise<readonly (string | undefined)[]>((resolve) => {
      const look = () => texts.length >= count && resolve([...texts])
      waiting.push(look)
      look()
    })
  return { texts, first }
}

export function noticesConformance(engine: EngineUnderTest): void {
  test('tells those who listen for the topic, in order', async () => {
    await using store = await openLibrary(engine.newPlace())
    const [books, shelves] = [collect(store, 'book'), collect(store, 'shelf')]
    await store.notices.tell('hush', 'first of all')
    await store.notices.tell('book', 'Elegies')
    await store.notices.tell('shelf', 'poems')
    await store.notices.tell('book', 'Satires')
    expect(await books.first(2)).toEqual(['Elegies', 'Satires'])
    expect(shelves.texts).toEqual(['poems'])
  })

  test('tells those who listen for others nothing of their own', async () => {
    await using store = await openLibrary(engine.newPlace())
    const others: unknown[] = []
    store.notices.listen('book', (text) => others.push(text), { from: 'others' })
    const heard = collect(store, 'book')
    await store.notices.tell('book', 'Elegies')
    expect(await heard.first(1)).toEqual(['Elegies'])
    expect(others).toEqual([])
  })

  test('is quiet for those who no longer listen', async () => {
    await using store = await openLibrary(engine.newPlace())
    const early: unknown[] = []
    const listening = store.notices.listen('book', (text) => early.push(text))
    const late = collect(store, 'book')
    listening[Symbol.dispose]()
    await store.notices.tell('book', 'Elegies')
    expect(await late.first(1)).toEqual(['Elegies'])
    expect(early).toEqual([])
  })
}

export function committedNoticesConformance(engine: EngineUnderTest): void {
  test('tells of what was committed when it was, and of nothing that was undone', async () => {
    await using store = await openLibrary(engine.newPlace())
    const heard = collect(store, 'book')
    const undone = store.transaction(async () => {
      await store.notices.tell('book', 'undone')
      throw new Error('no')
    })
    await expect(undone).rejects.toThrow('no')
    await store.transaction(async () => {
      await store.notices.tell('book', 'outer')
      const nested = store.transaction(async () => {
        await store.notices.tell('book', 'undone inside')
        throw new Error('no')
      })
      await expect(nested).rejects.toThrow('no')
      await store.transaction(() => store.notices.tell('book', 'inner'))
      await addBook(store, 'Elegies')
      expect(heard.texts).toEqual([])
    })
    expect(await heard.first(2)).toEqual(['outer', 'inner'])
  })
}
