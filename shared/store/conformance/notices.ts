import { expect, test, vi } from 'vitest'
import type { Store } from '../store.ts'
import { addBook, type EngineUnderTest, type Library, openLibrary } from './library.ts'

function collect(store: Store<Library>, topic: string): (string | undefined)[] {
  const heard: (string | undefined)[] = []
  store.notices.listen(topic, (text) => heard.push(text))
  return heard
}

export function noticesConformance(engine: EngineUnderTest): void {
  test('tells those who listen for the topic, in order', async () => {
    await using store = await openLibrary(engine.newPlace())
    const [books, shelves] = [collect(store, 'book'), collect(store, 'shelf')]
    await store.notices.tell('hush', 'first of all')
    await store.notices.tell('book', 'Elegies')
    await store.notices.tell('shelf', 'poems')
    await store.notices.tell('book', 'Satires')
    await vi.waitFor(() => expect(books).toEqual(['Elegies', 'Satires']))
    expect(shelves).toEqual(['poems'])
  })

  test('tells those who listen for others nothing of their own', async () => {
    await using store = await openLibrary(engine.newPlace())
    const others: unknown[] = []
    store.notices.listen('book', (text) => others.push(text), { from: 'others' })
    const heard = collect(store, 'book')
    await store.notices.tell('book', 'Elegies')
    await vi.waitFor(() => expect(heard).toEqual(['Elegies']))
    expect(others).toEqual([])
  })

  test('is quiet for those who no longer listen', async () => {
    await using store = await openLibrary(engine.newPlace())
    const [early, late]: string[][] = [[], []]
    const listening = store.notices.listen('book', (text) => early?.push(text ?? ''))
    store.notices.listen('book', (text) => late?.push(text ?? ''))
    listening[Symbol.dispose]()
    await store.notices.tell('book', 'Elegies')
    await vi.waitFor(() => expect(late).toEqual(['Elegies']))
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
      expect(heard).toEqual([])
    })
    await vi.waitFor(() => expect(heard).toEqual(['outer', 'inner']))
  })
}
