import { expect, test } from 'vitest'
import { addDuration, readDuration } from './duration.ts'

const start = new Date('2026-01-31T12:00:00Z')

test.each([
  { text: 'PT1H', want: '2026-01-31T13:00:00.000Z' },
  { text: 'PT90S', want: '2026-01-31T12:01:30.000Z' },
  { text: 'PT0.25S', want: '2026-01-31T12:00:00.250Z' },
  { text: 'PT0,5S', want: '2026-01-31T12:00:00.500Z' },
  { text: 'P1DT12H', want: '2026-02-02T00:00:00.000Z' },
  { text: 'P2W', want: '2026-02-14T12:00:00.000Z' },
  { text: 'P1M', want: '2026-02-28T12:00:00.000Z' },
  { text: 'P1Y', want: '2027-01-31T12:00:00.000Z' },
  { text: 'P1Y1MT1M', want: '2027-02-28T12:01:00.000Z' },
  { text: '-PT5M', want: '2026-01-31T11:55:00.000Z' },
  { text: '-P2M', want: '2025-11-30T12:00:00.000Z' },
  { text: '+PT5M', want: '2026-01-31T12:05:00.000Z' },
])('$text after 31 January noon is $want', ({ text, want }) => {
  const duration = readDuration(text)
  expect(duration && addDuration(start, duration).toISOString()).toBe(want)
})

test.each(['', 'P', 'PT', '1H', 'PT1', 'P1H', 'PT1D', 'P1.5D', 'PT1H30', 'pt1h', 'PT1H ', 'P-1D', 'P1DT'])(
  '"%s" is no duration (ISO 8601-1 §5.5.2)',
  (text) => {
    expect(readDuration(text)).toBeUndefined()
  },
)
