import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { changeClock, clockChangeSchema } from './change-clock.ts'

const machine = Date.UTC(2026, 4, 1, 12)
const hour = 3_600_000

beforeEach(() => {
  vi.useFakeTimers({ now: machine, toFake: ['Date'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const running = { now: new Date(machine + 1000), state: { offset: 1000, frozenAt: null } }
const frozen = { now: new Date(machine - hour), state: { offset: 0, frozenAt: machine - hour } }

test.each([
  { what: 'advance, running', from: running, change: { advance: 'PT1H' }, to: { offset: hour + 1000, frozenAt: null } },
  { what: 'freeze', from: running, change: { freeze: true }, to: { offset: 1000, frozenAt: machine + 1000 } },
  { what: 'keep running', from: running, change: { freeze: false }, to: running.state },
  {
    what: 'advance, frozen',
    from: frozen,
    change: { advance: 'PT2H' },
    to: { offset: hour, frozenAt: machine + hour },
  },
  {
    what: 'run on from the frozen time',
    from: frozen,
    change: { freeze: false },
    to: { offset: -hour, frozenAt: null },
  },
  { what: 'stay frozen', from: frozen, change: { freeze: true }, to: frozen.state },
  {
    what: 'set, running',
    from: running,
    change: { now: '2026-05-01T15:00:00Z' },
    to: { offset: 3 * hour, frozenAt: null },
  },
  {
    what: 'set, stays frozen',
    from: frozen,
    change: { now: '2026-05-01T17:00:00+02:00' },
    to: { offset: 3 * hour, frozenAt: machine + 3 * hour },
  },
  {
    what: 'set, advance and freeze at once',
    from: running,
    change: { now: '2026-05-01T15:00:00Z', advance: 'PT1H', freeze: true },
    to: { offset: 4 * hour, frozenAt: machine + 4 * hour },
  },
  {
    what: 'advance and run on',
    from: frozen,
    change: { advance: 'PT2H', freeze: false },
    to: { offset: hour, frozenAt: null },
  },
])('$what', ({ from, change, to }) => {
  expect(changeClock(from, clockChangeSchema.parse(change))).toEqual(to)
})

test('refuses a time that no date can express', () => {
  expect(changeClock(running, { advance: 'P9000Y' })).toBeUndefined()
  expect(changeClock(running, { advance: '-P100Y' })).toBeUndefined()
})

test.each([{}, { advance: 'an hour' }, { now: 'yesterday' }, { freeze: 'yes' }, { speed: 2 }])(
  '%o is no change',
  (body) => {
    expect(clockChangeSchema.safeParse(body).success).toBe(false)
  },
)
