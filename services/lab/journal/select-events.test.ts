import { describe, expect, test } from 'vitest'
import { at, event } from './_events.ts'
import { readCursor, writeCursor } from './cursor.ts'
import { type EventFilter, latestSequences, selectEvents } from './select-events.ts'
import type { StitchedEvent } from './stitch.ts'

const events: readonly StitchedEvent[] = [
  { ...event({ id: 'a', sequence: 1, time: at(1), deployment: 'wap' }), flowId: 'f1' },
  {
    ...event({
      id: 'b',
      sequence: 1,
      time: at(2),
      deployment: 'adfs',
      user: 'Bob@contoso.com',
      steps: ['WEB-ONPREM-3'],
    }),
    flowId: 'f1',
  },
  {
    ...event({
      id: 'c',
      sequence: 2,
      time: at(3),
      deployment: 'wap',
      user: 'alice@contoso.com',
      reasons: ['code is wrong'],
    }),
    flowId: 'f1',
  },
  { ...event({ id: 'd', sequence: 3, time: at(4), deployment: 'wap', path: '/owa/' }), flowId: 'f2' },
]

test.each<{ what: string; filter: EventFilter; ids: string }>([
  { what: 'everything', filter: {}, ids: 'a b c d' },
  { what: 'a person, with the hops before sign-in', filter: { user: 'bob@CONTOSO.com' }, ids: 'a b' },
  { what: 'an unknown person', filter: { user: 'nobody@contoso.com' }, ids: '' },
  { what: 'a flow', filter: { flow: 'f2' }, ids: 'd' },
  { what: 'a deployment', filter: { deployment: 'wap' }, ids: 'a c d' },
  { what: 'a step', filter: { text: 'web-onprem-3' }, ids: 'b' },
  { what: 'a reason', filter: { text: 'wrong' }, ids: 'c' },
  { what: 'a path', filter: { text: '/OWA' }, ids: 'd' },
  { what: 'an instant', filter: { since: new Date(at(3)) }, ids: 'c d' },
  { what: 'the newest', filter: { limit: 2 }, ids: 'c d' },
  { what: 'none', filter: { limit: 0 }, ids: '' },
  {
    what: 'what the reader does not have',
    filter: {
      after: new Map([
        ['wap', 2],
        ['adfs', 1],
      ]),
    },
    ids: 'd',
  },
  { what: 'a deployment the reader never saw', filter: { after: new Map([['wap', 3]]) }, ids: 'b' },
  {
    what: 'a deployment that began anew',
    filter: {
      after: new Map([
        ['wap', 70],
        ['adfs', 1],
      ]),
    },
    ids: 'a c d',
  },
  { what: 'all at once', filter: { user: 'bob@contoso.com', deployment: 'adfs', limit: 5 }, ids: 'b' },
])('selects $what', ({ filter, ids }) => {
  expect(
    selectEvents(events, filter)
      .map(({ id }) => id)
      .join(' '),
  ).toBe(ids)
})

describe('a cursor', () => {
  test('comes back as it was written', () => {
    const positions = latestSequences(events)
    expect(readCursor(writeCursor(positions))).toEqual(
      new Map([
        ['wap', 3],
        ['adfs', 1],
      ]),
    )
  })

  test.each(['', '12', 'yesterday', 'e30=', '!', Buffer.from('{"wap":-1}').toString('base64url')])(
    'is not "%s"',
    (text) => {
      expect(readCursor(text)).toBeUndefined()
    },
  )
})
