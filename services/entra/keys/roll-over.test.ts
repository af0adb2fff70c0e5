import { expect, test } from 'vitest'
import { keyRing, nextGeneration } from './roll-over.ts'

const day = 24 * 60 * 60 * 1000
const once = [{ generation: 3, signsFrom: 10 * day }]
const twice = [...once, { generation: 4, signsFrom: 11 * day }]

test.each([
  { case: 'no roll-over', rollOvers: [], now: 0, signing: 1, published: [1, 2] },
  { case: 'announced', rollOvers: once, now: 10 * day - 1, signing: 1, published: [1, 3, 2] },
  { case: 'its moment has come', rollOvers: once, now: 10 * day, signing: 3, published: [3, 1, 2] },
  { case: 'the old one is remembered', rollOvers: once, now: 24 * day - 1, signing: 3, published: [3, 1, 2] },
  { case: 'the old one is forgotten', rollOvers: once, now: 24 * day, signing: 3, published: [3, 2] },
  { case: 'two at once', rollOvers: twice, now: 10.5 * day, signing: 3, published: [3, 1, 4, 2] },
  { case: 'the clock went back', rollOvers: twice, now: 0, signing: 1, published: [1, 3, 4, 2] },
  {
    case: 'a later one signs at once',
    rollOvers: [...twice, { generation: 5, signsFrom: 5 * day }],
    now: 6 * day,
    signing: 5,
    published: [5, 1, 3, 4, 2],
  },
])('$case: key $signing signs', ({ rollOvers, now, signing, published }) => {
  expect(keyRing(rollOvers, now)).toEqual({ signing, published })
})

test('a number is never used twice', () => {
  expect([nextGeneration([]), nextGeneration(once), nextGeneration(twice)]).toEqual([3, 4, 5])
})
