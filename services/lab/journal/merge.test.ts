import { expect, test } from 'vitest'
import type { JournalEvent } from '#shared/journal.ts'
import { at, event } from './_events.ts'
import { mergeJournals } from './merge.ts'

function order(...journals: JournalEvent[][]): string {
  return mergeJournals(journals)
    .map(({ id }) => id)
    .join(' ')
}

test('events are ordered by time', () => {
  const entra = [event({ id: 'a', time: at(1) }), event({ id: 'c', time: at(3) })]
  const adfs = [event({ id: 'b', time: at(2) }), event({ id: 'd', time: at(4) })]
  expect(order(entra, adfs)).toBe('a b c d')
})

test('the order of one journal stays, also where the clock was set back', () => {
  const entra = [event({ id: 'a', time: at(100) }), event({ id: 'b', time: at(1) })]
  const adfs = [event({ id: 'c', time: at(50) })]
  expect(order(entra, adfs)).toBe('c a b')
})

test('while the clock stands still, a hop comes before the hop that it leads to', () => {
  const exchange = [event({ id: 'open', linksOut: ['wctx:1'] }), event({ id: 'owa', linksIn: ['wctx:1'] })]
  const adfs = [
    event({ id: 'page', linksIn: ['wctx:1'] }),
    event({ id: 'token', linksIn: ['wctx:1'], linksOut: ['wctx:1'] }),
  ]
  expect(order(adfs, exchange)).toBe('open page token owa')
})

test('while the clock stands still, a call comes before its caller’s answer', () => {
  const wap = [event({ id: 'wap' })]
  const adfs = [event({ id: 'adfs', parent: 'wap' })]
  const directory = [event({ id: 'logon', parent: 'adfs' })]
  expect(order(wap, adfs, directory)).toBe('logon adfs wap')
})

test('hops that wait for each other at one instant are still all there', () => {
  const one = [event({ id: 'a', linksIn: ['state:2'], linksOut: ['state:1'] })]
  const other = [event({ id: 'b', linksIn: ['state:1'], linksOut: ['state:2'] })]
  expect(order(one, other)).toBe('a b')
})

test('nothing is nothing', () => {
  expect(mergeJournals([])).toEqual([])
  expect(mergeJournals([[], []])).toEqual([])
})

test('what many events of one instant cost grows with their number, not with its square', () => {
  const cost = (each: number) => {
    const journals = Array.from({ length: 8 }, (_, j) =>
      Array.from({ length: each }, (_, i) => event({ id: `${j}-${i}` })),
    )
    const begun = process.cpuUsage()
    expect(mergeJournals(journals)).toHaveLength(8 * each)
    return process.cpuUsage(begun).user
  }
  // Microseconds of the processor, which are counted in ticks: a few may be none.
  const [few, sixteenTimes] = [Math.max(cost(500), 10_000), cost(8000)]
  expect(sixteenTimes / few).toBeLessThan(100)
})
