import { expect, test } from 'vitest'
import { gate, type Ratios } from './gate.ts'

const good: Ratios = { 'client credentials': 1.7, keys: 3.1, 'warm start of the whole stack': 9 }
const slow: Ratios = { ...good, 'client credentials': 2.1 }

test.each([
  { looks: [good], passed: true, because: 'nothing is a quarter worse than recorded' },
  { looks: [slow, good], passed: true, because: 'what was slow once may have been the machine' },
  { looks: [slow, slow], passed: false, because: 'the same figure was too bad twice in a row' },
  { looks: [slow, { ...good, keys: 9 }], passed: true, because: 'no figure was too bad twice' },
  {
    looks: [
      { ...good, keys: Number.NaN },
      { ...good, keys: Number.NaN },
    ],
    passed: false,
    because: 'what cannot be measured passes nothing',
  },
])('passed $passed: $because', async ({ looks, passed }) => {
  const left = [...looks]
  const look = async () => left.shift() ?? Promise.reject(new Error('looked once more than needed'))
  const verdict = await gate(look, () => {})
  expect(verdict.passed).toBe(passed)
  expect(left).toEqual([])
  expect(verdict.report).toContain('| client credentials |')
})
