import { expect, test } from 'vitest'
import { instantOf } from './instants.ts'

const start = new Date('2026-03-02T09:00:00Z')

test.each([
  { value: '-PT2H', want: '2026-03-02T07:00:00.000Z' },
  { value: '-P1DT2H30M', want: '2026-03-01T06:30:00.000Z' },
  { value: '-PT90S', want: '2026-03-02T08:58:30.000Z' },
  { value: '-P7D', want: '2026-02-23T09:00:00.000Z' },
  { value: '2026-01-31T12:00:00+01:00', want: '2026-01-31T11:00:00.000Z' },
  { value: '2026-01-31', want: '2026-01-31T00:00:00.000Z' },
])('$value is $want', ({ value, want }) => {
  expect(instantOf(value, start).toISOString()).toBe(want)
})
