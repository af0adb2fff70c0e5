import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LeaseTables, leaseMigration } from '#shared/store/lease.ts'
import { openStore } from '#shared/store/open.ts'
import type { Store } from '#shared/store/store.ts'
import { VisitLost, visitLease } from './visit-lease.ts'

let store: Store<LeaseTables>
let time: number

beforeEach(async () => {
  time = Date.parse('2026-03-02T09:00:00Z')
  store = await openStore<LeaseTables>({ engine: { kind: 'memory' }, migrations: [leaseMigration] })
})

afterEach(() => store[Symbol.asyncDispose]())

function server(holder: string) {
  return visitLease(store, { holder, now: () => new Date(time) })
}

test('of servers that come at once one makes the visit, and the others wait for its end', async () => {
  const log: string[] = []
  const [begun, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const made = server('one').alone('bob', async () => {
    log.push('one begins')
    begun.resolve()
    await end.promise
    log.push('one ends')
  })
  await begun.promise
  const others = ['two', 'three'].map((name) =>
    server(name)
      .alone('bob', async () => void log.push(`${name} visits`))
      .then((isOurs) => {
        log.push(`${name} goes on`)
        return isOurs
      }),
  )
  const another = await server('two').alone('juergen', async () => void log.push('another mailbox'))
  end.resolve()
  expect([await made, another, ...(await Promise.all(others))]).toEqual([true, true, false, false])
  expect(log.slice(0, 3)).toEqual(['one begins', 'another mailbox', 'one ends'])
  expect(log).not.toContain('two visits')
})

test('after a visit that failed the next server may come', async () => {
  const failed = server('one').alone('bob', () => Promise.reject(new Error('no way')))
  await expect(failed).rejects.toThrow('no way')
  expect(await server('two').alone('bob', async () => undefined)).toBe(true)
})

test('a server that was away for too long finds that another took over, and stops', async () => {
  const begun = Promise.withResolvers<() => Promise<void>>()
  const over = Promise.withResolvers<void>()
  const slow = server('one').alone('bob', async (goOn) => {
    await goOn()
    begun.resolve(goOn)
    await over.promise
    await goOn()
  })
  await begun.promise
  time += 61_000
  const taken = server('two').alone('bob', async (goOn) => {
    await goOn()
    over.resolve()
    await expect(slow).rejects.toThrow(VisitLost)
    // The one that lost it gives nothing back.
    await goOn()
  })
  expect(await taken).toBe(true)
})
