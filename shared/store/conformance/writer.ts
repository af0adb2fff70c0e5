import type { StoreEngine } from '../store.ts'
import { addBook, openLibrary } from './library.ts'

// Adds volumes of two parts, each in a transaction, and says which are committed, until killed.
const place = JSON.parse(process.argv[2] ?? '') as StoreEngine
await using store = await openLibrary(place)
for (let volume = 1; ; volume += 1) {
  await store.transaction(async () => {
    await addBook(store, `Volume ${volume}, part 1`)
    await addBook(store, `Volume ${volume}, part 2`)
  })
  process.stdout.write(`Volume ${volume}\n`)
}
