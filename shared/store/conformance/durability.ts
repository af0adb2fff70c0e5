import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { StoreEngine } from '../store.ts'
import { addBook, type EngineUnderTest, openLibrary, seedLibrary, titles } from './library.ts'

const seeded = ['Odes', 'Clouds']

export function restartConformance(engine: EngineUnderTest): void {
  test('keeps its state over a restart, does not seed again, and still knows the seed', async () => {
    const place = engine.newPlace()
    const first = await openLibrary(place)
    await addBook(first, 'Elegies')
    await first[Symbol.asyncDispose]()

    let runs = 0
    const seed: typeof seedLibrary = async (db) => {
      runs += 1
      await seedLibrary(db)
    }
    await using second = await openLibrary(place, { seed })
    expect(await titles(second)).toEqual([...seeded, 'Elegies'])
    expect(await addBook(second, 'Satires')).toBe(4)
    await second.reset()
    expect(await titles(second)).toEqual(seeded)
    expect(await addBook(second, 'Fables')).toBe(3)
    expect(runs).toBe(0)
  })

  test('keeps a reset over a restart', async () => {
    const place = engine.newPlace()
    const first = await openLibrary(place)
    await addBook(first, 'Elegies')
    await first.reset({ reseed: true })
    await first[Symbol.asyncDispose]()
    await using second = await openLibrary(place)
    expect(await titles(second)).toEqual(seeded)
  })
}

export function killConformance(engine: EngineUnderTest): void {
  test.each([1, 40, 250])('has everything it acknowledged before kill -9, after %i transactions', async (count) => {
    const place = engine.newPlace()
    const acknowledged = await writeUntilKilled(place, count)
    await using store = await openLibrary(place)
    const found = await titles(store)
    expect(acknowledged.length).toBeGreaterThanOrEqual(count)
    for (const volume of acknowledged) {
      expect(found).toContain(`${volume}, part 1`)
      expect(found).toContain(`${volume}, part 2`)
    }
    // The transaction that the kill met is there as a whole or not at all.
    expect(found.length % 2).toBe(0)
  })
}

/** What the writer said it had committed, up to the kill. */
async function writeUntilKilled(place: StoreEngine, count: number): Promise<readonly string[]> {
  const program = fileURLToPath(new URL('./writer.ts', import.meta.url))
  const writer = spawn(process.execPath, [program, JSON.stringify(place)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exited = once(writer, 'exit')
  const acknowledged: string[] = []
  for await (const volume of createInterface({ input: writer.stdout })) {
    acknowledged.push(volume)
    if (acknowledged.length === count) writer.kill('SIGKILL')
  }
  const [, signal] = await exited
  expect(signal).toBe('SIGKILL')
  return acknowledged
}
