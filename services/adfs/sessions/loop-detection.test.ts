import { expect, test } from 'vitest'
import { countToken, readTokenCount, type TokenCount, writeTokenCount } from './loop-detection.ts'

const since = new Date('2026-03-02T09:00:00Z')
const after = (seconds: number) => new Date(since.getTime() + seconds * 1000)

test.each([
  { previous: undefined, now: after(0), outcome: 'issue', tokens: 1 },
  { previous: { since, tokens: 4 }, now: after(19), outcome: 'issue', tokens: 5 },
  { previous: { since, tokens: 5 }, now: after(19), outcome: 'loop', tokens: 6 },
  { previous: { since, tokens: 9 }, now: after(20), outcome: 'issue', tokens: 1 },
  { previous: { since, tokens: 9 }, now: after(-1), outcome: 'issue', tokens: 1 },
])('after $previous.tokens tokens: $outcome', ({ previous, now, outcome, tokens }) => {
  expect(countToken(previous, now)).toMatchObject({ outcome, count: { tokens } })
})

test('the cookie carries the start of the interval and the count', () => {
  const count: TokenCount = { since, tokens: 3 }
  expect(writeTokenCount(count)).toBe('2026-03-02:09:00:00Z\\3')
  expect(readTokenCount(writeTokenCount(count))).toEqual(count)
})

test.each(['', 'x', '2026-13-02:09:00:00Z\\3', '2026-03-02:09:00:00Z\\-3'])('ignores the forged count "%s"', (text) => {
  expect(readTokenCount(text)).toBeUndefined()
})
