import { expect, test } from 'vitest'
import { event } from '../journal/_events.ts'
import { callersFirst } from './callers-first.ts'

test('a call stands below its caller, however deep, and nothing is lost', () => {
  const events = [
    { id: 'logon', parent: 'adfs' },
    { id: 'adfs', parent: 'wap' },
    { id: 'wap' },
    { id: 'elsewhere', parent: 'of another flow' },
    { id: 'odd', parent: 'odd' },
  ].map((facts) => ({ ...event(facts), flowId: 'f' }))
  const placed = callersFirst(events).map(({ event: { id }, depth }) => `${id} ${depth}`)
  expect(placed).toEqual(['wap 0', 'adfs 1', 'logon 2', 'elsewhere 0', 'odd 0'])
})
