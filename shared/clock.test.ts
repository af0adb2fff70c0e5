import { expect, test } from 'vitest'
import { clockStateAt, StackClock } from './clock.ts'

const start = new Date('2026-03-01T12:00:00Z')

test('runs from the given start', () => {
  using clock = new StackClock(start)
  expect(clock.now().getTime() - start.getTime()).toBeLessThan(60_000)
})

test('stands still when frozen, and moves when advanced', async () => {
  using clock = new StackClock(start)
  await clock.set(clockStateAt(start, true))
  await clock.advance(3_600_000)
  expect(clock.now().toISOString()).toBe('2026-03-01T13:00:00.000Z')
  expect(clock.seconds()).toBe(start.getTime() / 1000 + 3600)
})

test('two clocks an hour apart know nothing of each other', async () => {
  using early = new StackClock(start)
  using late = new StackClock(start)
  await late.advance(3_600_000)
  expect(Math.round((late.now().getTime() - early.now().getTime()) / 60_000)).toBe(60)
})

test('advancing past an appointment runs it before the call returns', async () => {
  using clock = new StackClock(start)
  await clock.freeze()
  const kept: string[] = []
  clock.at(new Date(clock.now().getTime() + 60_000), async () => {
    await Promise.resolve()
    kept.push('first')
  })
  clock.at(new Date(clock.now().getTime() + 120_000), () => void kept.push('second'))
  await clock.advance(60_000)
  expect(kept).toEqual(['first'])
})

test('an appointment that was missed already is kept at once, though the clock stands still', async () => {
  using clock = new StackClock(start)
  await clock.freeze()
  const due = new Date(clock.now().getTime() + 60_000)
  await clock.advance(61_000)
  await new Promise<void>((resolve) => void clock.at(due, resolve))
})

test('a cancelled appointment is not kept', async () => {
  using clock = new StackClock(start)
  await clock.freeze()
  let kept = false
  clock
    .at(clock.now(), () => {
      kept = true
    })
    [Symbol.dispose]()
  await clock.advance(1000)
  expect(kept).toBe(false)
})

test('an appointment that fails does not keep the others from theirs', async () => {
  using clock = new StackClock(start)
  await clock.freeze()
  let kept = false
  clock.at(clock.now(), () => {
    throw new Error('no')
  })
  clock.at(clock.now(), () => {
    kept = true
  })
  await clock.advance(0)
  expect(kept).toBe(true)
})

test('restart goes back to where the clock began', async () => {
  using clock = new StackClock(start)
  await clock.advance(86_400_000)
  await clock.freeze()
  await clock.restart()
  expect(clock.now().getTime() - start.getTime()).toBeLessThan(60_000)
})
