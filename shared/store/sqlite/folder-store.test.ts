import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addBook, openLibrary, titles } from '../conformance/library.ts'
import type { StoreEngine } from '../store.ts'

const seeded = ['Odes', 'Clouds']
let directory = ''
let place: StoreEngine = { kind: 'memory' }

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'fauxchange-folder-'))
  place = { kind: 'folder', directory: join(directory, 'made'), name: 'library' }
})

afterEach(() => rmSync(directory, { recursive: true }))

function file(suffix: string): string {
  return join(directory, 'made', `library${suffix}`)
}

test('refuses a second opener while the first runs, and lets it in afterwards', async () => {
  const first = await openLibrary(place)
  await expect(openLibrary(place)).rejects.toThrow(/Another running program uses .*library.sqlite/)
  await first[Symbol.asyncDispose]()
  await using second = await openLibrary(place)
  expect(await titles(second)).toEqual(seeded)
})

test('starts anew when only the state was deleted, whatever log it left', async () => {
  const first = await openLibrary(place)
  await addBook(first, 'Elegies')
  await first[Symbol.asyncDispose]()
  rmSync(file('.sqlite'))
  writeFileSync(file('.sqlite-wal'), 'left behind')
  await using second = await openLibrary(place)
  expect(await titles(second)).toEqual(seeded)
})

test('keeps the state and makes a new image when only the image was deleted', async () => {
  const first = await openLibrary(place)
  await addBook(first, 'Elegies')
  await first[Symbol.asyncDispose]()
  rmSync(file('.seed.sqlite'))
  await using second = await openLibrary(place)
  expect(await titles(second)).toEqual([...seeded, 'Elegies'])
  await second.reset()
  expect(await titles(second)).toEqual(seeded)
})

test('leaves nothing behind when the seed of a new store fails', async () => {
  const seed = async () => Promise.reject(new Error('no such shelf'))
  await expect(openLibrary(place, { seed })).rejects.toThrow('no such shelf')
  expect([existsSync(file('.sqlite')), existsSync(file('.seed.sqlite'))]).toEqual([false, false])
})

test('keeps its files from other users', async () => {
  await using store = await openLibrary(place)
  await addBook(store, 'Elegies')
  // Windows keeps no such bits: there the folder's own access list decides.
  const others = process.platform === 'win32' ? 0 : 0o077
  for (const suffix of ['.sqlite', '.seed.sqlite', '.sqlite-wal']) {
    expect(statSync(file(suffix)).mode & others).toBe(0)
  }
})

test('refuses a name that leads out of the folder', async () => {
  const outside: StoreEngine = { kind: 'folder', directory, name: '../outside' }
  await expect(openLibrary(outside)).rejects.toThrow('cannot name')
})
