import { expect, test } from 'vitest'
import { expiringStore } from '../expiring.ts'
import { leases } from '../lease.ts'
import { singleUseStore } from '../single-use.ts'
import { type EngineUnderTest, openLibrary } from './library.ts'

const noon = new Date('2026-01-01T12:00:00Z')
const one = new Date('2026-01-01T13:00:00Z')
const two = new Date('2026-01-01T14:00:00Z')

export function singleUseConformance(engine: EngineUnderTest): void {
  test('gives a value to one taker only', async () => {
    await using store = await openLibrary(engine.newPlace())
    const codes = singleUseStore(store.db)
    await codes.put('code', 'c1', { user: 'megan', scopes: ['openid'] }, one)
    const takes = await Promise.all(Array.from({ length: 200 }, () => codes.take<object>('code', 'c1', noon)))
    expect(takes.filter((value) => value !== undefined)).toEqual([{ user: 'megan', scopes: ['openid'] }])
  })

  test('lets one of 200 claim an id, and nobody again', async () => {
    await using store = await openLibrary(engine.newPlace())
    const ids = singleUseStore(store.db)
    const claims = await Promise.all(Array.from({ length: 200 }, () => ids.claim('assertion', 'a1', one)))
    expect(claims.filter((claimed) => claimed)).toHaveLength(1)
    expect(await ids.claim('assertion', 'a1', two)).toBe(false)
    expect(await ids.claim('assertion', 'a2', two)).toBe(true)
    expect(await ids.claim('nonce', 'a1', two)).toBe(true)
  })
}

export function singleUseExpiryConformance(engine: EngineUnderTest): void {
  test('treats the expired as absent, keeps kinds apart, replaces and sweeps', async () => {
    await using store = await openLibrary(engine.newPlace())
    const codes = singleUseStore(store.db)
    await codes.put('code', 'late', 1, one)
    expect(await codes.take('code', 'late', one)).toBeUndefined()
    await codes.put('code', 'same', 'first', one)
    await codes.put('code', 'same', 'second', two)
    expect(await codes.take('nonce', 'same', noon)).toBeUndefined()
    expect(await codes.take('code', 'same', one)).toBe('second')
    await codes.put('code', 'old', null, one)
    await codes.claim('assertion', 'a1', one)
    await codes.claim('assertion', 'a2', two)
    expect(await codes.sweep(one)).toBe(2)
    expect(await codes.claim('assertion', 'a1', two)).toBe(true)
    expect(await codes.claim('assertion', 'a2', two)).toBe(false)
  })

  test('gives back a claim that was made in a transaction that failed', async () => {
    await using store = await openLibrary(engine.newPlace())
    const ids = singleUseStore(store.db)
    const work = store.transaction(async () => {
      await ids.claim('assertion', 'a1', one)
      throw new Error('refused')
    })
    await expect(work).rejects.toThrow('refused')
    expect(await ids.claim('assertion', 'a1', one)).toBe(true)
  })
}

export function expiringConformance(engine: EngineUnderTest): void {
  test('finds an entry until it expires or is deleted', async () => {
    await using store = await openLibrary(engine.newPlace())
    const sessions = expiringStore(store.db)
    await sessions.put('session', 's1', { value: { name: 'Zoë' }, expiresAt: one })
    expect(await sessions.get('session', 's1', noon)).toEqual({ name: 'Zoë' })
    expect(await sessions.get('session', 's1', one)).toBeUndefined()
    expect(await sessions.get('token', 's1', noon)).toBeUndefined()
    expect(await sessions.delete('session', 's1')).toBe(true)
    expect(await sessions.delete('session', 's1')).toBe(false)
    expect(await sessions.get('session', 's1', noon)).toBeUndefined()
  })

  test('updates what is named and revives nothing', async () => {
    await using store = await openLibrary(engine.newPlace())
    const sessions = expiringStore(store.db)
    await sessions.put('session', 's1', { value: 1, owner: 'megan', expiresAt: one })
    expect(await sessions.update('session', 's1', { value: 2 }, noon)).toBe(true)
    expect(await sessions.update('session', 's1', { expiresAt: two }, noon)).toBe(true)
    expect(await sessions.update('session', 's1', {}, noon)).toBe(true)
    expect(await sessions.listByOwner('session', 'megan', one)).toEqual([{ id: 's1', value: 2, expiresAt: two }])
    expect(await sessions.update('session', 's1', { expiresAt: two }, two)).toBe(false)
    expect(await sessions.update('session', 's2', { value: 1 }, noon)).toBe(false)
    expect(await sessions.get('session', 's2', noon)).toBeUndefined()
  })

  test('lists and deletes by owner, sweeps by time', async () => {
    await using store = await openLibrary(engine.newPlace())
    const sessions = expiringStore(store.db)
    await sessions.put('session', 's1', { value: 1, owner: 'megan', expiresAt: two })
    await sessions.put('session', 's2', { value: 2, owner: 'megan', expiresAt: one })
    await sessions.put('session', 's3', { value: 3, owner: 'alex', expiresAt: one })
    await sessions.put('token', 't1', { value: 4, owner: 'megan', expiresAt: two })
    const listed = await sessions.listByOwner('session', 'megan', noon)
    expect(listed.map(({ id }) => id)).toEqual(['s2', 's1'])
    expect(await sessions.deleteByOwner('session', 'megan')).toBe(2)
    expect(await sessions.sweep(one)).toBe(1)
    expect(await sessions.get('token', 't1', noon)).toBe(4)
  })
}

export function leasesConformance(engine: EngineUnderTest): void {
  test('are taken by one of 50, go on for the holder, and are another’s once time is over or they were given back', async () => {
    await using store = await openLibrary(engine.newPlace())
    const held = leases(store.db)
    const take = (holder: string, now: Date, until: Date) => held.take({ name: 'visit', holder, now, until })
    const takes = await Promise.all(Array.from({ length: 50 }, (_, index) => take(`h${index}`, noon, one)))
    expect(takes.filter(Boolean)).toHaveLength(1)
    const holder = `h${takes.indexOf(true)}`
    expect([await take(holder, noon, one), await held.isTaken('visit', noon), await take('x', noon, one)]).toEqual([
      true,
      true,
      false,
    ])
    expect([await held.isTaken('visit', one), await take('x', one, two)]).toEqual([false, true])
    await held.release('visit', holder)
    expect(await held.isTaken('visit', one)).toBe(true)
    await held.release('visit', 'x')
    expect(await take(holder, one, two)).toBe(true)
  })
}
