import { expect, test } from 'vitest'
import { firstRing, nextChange, promote, published, ringAt, rollOver } from './certificate-ring.ts'

const settings = { autoRollover: true, durationDays: 365, generationThresholdDays: 20, promotionThresholdDays: 5 }
const day = 24 * 60 * 60 * 1000
const first = firstRing(0, settings)
const generations = (ring: typeof first) => published(ring).map(({ generation }) => generation)

test.each([
  { days: 0, want: [1] },
  { days: 344.9, want: [1] },
  { days: 345, want: [1, 2] },
  { days: 349.9, want: [1, 2] },
  { days: 350, want: [2, 1] },
  { days: 689.9, want: [2, 1] },
  { days: 690, want: [2, 3] },
  { days: 695, want: [3, 2] },
  { days: 2000, want: [6, 5] },
])('after $days days the published certificates are $want, the primary first', ({ days, want }) => {
  expect(generations(ringAt(first, settings, days * day))).toEqual(want)
})

test('without AutoCertificateRollover nothing happens by itself', () => {
  const off = { ...settings, autoRollover: false }
  expect(nextChange(first, off)).toBeUndefined()
  expect(generations(ringAt(first, off, 4000 * day))).toEqual([1])
})

test('an administrator makes a new one, promotes it, or changes at once', () => {
  const waiting = rollOver(first, day, settings, false)
  expect(generations(waiting)).toEqual([1, 2])
  expect(generations(ringAt(waiting, settings, 6 * day))).toEqual([2, 1])
  expect(generations(promote(waiting))).toEqual([2, 1])
  expect(generations(promote(first))).toEqual([1])
  const urgent = rollOver(waiting, day, settings, true)
  expect(generations(urgent)).toEqual([3])
  expect(urgent.latest).toBe(3)
})
