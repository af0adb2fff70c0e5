import { expect, test } from 'vitest'
import type { JournalEvent } from '#shared/journal.ts'
import { at, event } from './_events.ts'
import { stitch } from './stitch.ts'

function flowsOf(events: readonly JournalEvent[]): Record<string, string> {
  return Object.fromEntries(stitch(events).map(({ id, flowId }) => [id, flowId]))
}

const opened = event({ id: 'open', linksIn: ['url:owa'], linksOut: ['url:authorize', 'state:1'] })

test.each<{ what: string; next: Partial<JournalEvent>; joins: boolean }>([
  { what: 'the target of a redirect', next: { linksIn: ['url:authorize'] }, joins: true },
  { what: 'a value that the redirect carried', next: { linksIn: ['url:other', 'state:1'] }, joins: true },
  {
    what: 'such a value from another address (WAP, a service)',
    next: { linksIn: ['state:1'], clientAddress: '10.20.0.10' },
    joins: true,
  },
  {
    what: 'the same page from another address',
    next: { linksIn: ['url:authorize'], clientAddress: '10.20.0.10' },
    joins: false,
  },
  { what: 'another page', next: { linksIn: ['url:elsewhere'] }, joins: false },
  { what: 'another state', next: { linksIn: ['state:2'] }, joins: false },
  { what: 'nothing in common', next: {}, joins: false },
  { what: 'ten minutes later', next: { linksIn: ['state:1'], time: at(600) }, joins: true },
  { what: 'more than ten minutes later', next: { linksIn: ['state:1'], time: at(601) }, joins: false },
])('$what joins: $joins', ({ next, joins }) => {
  expect(flowsOf([opened, event({ id: 'next', ...next })]).next).toBe(joins ? 'open' : 'next')
})

test('the latest of several flows with the same link is joined (a relying party may send a constant wctx)', () => {
  const events = [
    event({ id: 'alice', linksOut: ['wctx:rm=0'] }),
    event({ id: 'alice adfs', linksIn: ['wctx:rm=0'] }),
    event({ id: 'bob', linksOut: ['wctx:rm=0'] }),
    event({ id: 'bob adfs', linksIn: ['wctx:rm=0'] }),
  ]
  expect(flowsOf(events)).toEqual({ alice: 'alice', 'alice adfs': 'alice', bob: 'bob', 'bob adfs': 'bob' })
})

test('a program that sends the same state each time begins another conversation with each sign-in', () => {
  const asked = (id: string, user?: string) => event({ id, linksIn: ['state:1'], ...(user && { user }) })
  const events = [
    asked('alice', 'alice@contoso.com'),
    asked('reload', 'Alice@contoso.com'),
    asked('bob', 'bob@contoso.com'),
    event({ id: 'signed in', linksIn: ['state:1'], linksOut: ['state:1', 'code:1'] }),
    event({ id: 'callback', linksIn: ['state:1', 'code:1'] }),
    asked('later'),
    event({ id: 'signed in later', linksIn: ['state:1'] }),
  ]
  expect(flowsOf(events)).toEqual({
    ...{ alice: 'alice', reload: 'alice', bob: 'bob', 'signed in': 'bob', callback: 'bob' },
    ...{ later: 'later', 'signed in later': 'later' },
  })
})

test('a specific link wins over a later page link', () => {
  const events = [
    event({ id: 'a', linksOut: ['state:1'] }),
    event({ id: 'b', linksOut: ['url:callback'] }),
    event({ id: 'c', linksIn: ['url:callback', 'state:1'] }),
  ]
  expect(flowsOf(events).c).toBe('a')
})

test('a redirect is followed once: the next visit to the page begins a flow', () => {
  const events = [
    event({ id: 'signed in', linksOut: ['url:owa'] }),
    event({ id: 'followed', linksIn: ['url:owa'] }),
    event({ id: 'somebody else', linksIn: ['url:owa'] }),
  ]
  expect(flowsOf(events)).toMatchObject({ followed: 'signed in', 'somebody else': 'somebody else' })
})

test('a page and the form that it posts belong together by what both carry', () => {
  const events = [event({ id: 'page', linksIn: ['ctx:1'] }), event({ id: 'post', method: 'POST', linksIn: ['ctx:1'] })]
  expect(flowsOf(events).post).toBe('page')
})

test('a call between services belongs to its caller, whose answer comes later', () => {
  const events = [
    event({ id: 'open', deployment: 'wap', linksOut: ['url:adfs'] }),
    event({ id: 'directory', deployment: 'directory', parent: 'adfs', actor: 'adfs', clientAddress: '127.0.0.1' }),
    event({ id: 'adfs', deployment: 'adfs', parent: 'wap', linksOut: ['wctx:9'], clientAddress: '127.0.0.1' }),
    event({ id: 'wap', deployment: 'wap', linksIn: ['url:adfs'] }),
    event({ id: 'posted', deployment: 'entra', linksIn: ['wctx:9'] }),
  ]
  expect(flowsOf(events)).toEqual({ open: 'open', directory: 'open', adfs: 'open', wap: 'open', posted: 'open' })
})

test('a relayed hop is followed by what the service behind it read from the body', () => {
  const events = [
    event({ id: 'page', linksOut: ['wctx:7'] }),
    event({ id: 'adfs', parent: 'wap', linksIn: ['wctx:7'] }),
    event({ id: 'wap' }),
  ]
  expect(flowsOf(events)).toEqual({ page: 'page', adfs: 'page', wap: 'page' })
})

test('a call whose caller has not answered yet has the flow that its caller will begin', () => {
  const early = event({ id: 'logon', parent: 'slow' })
  expect(flowsOf([early]).logon).toBe('slow')
  expect(flowsOf([early, event({ id: 'slow' })])).toEqual({ logon: 'slow', slow: 'slow' })
})

test('a long chain of hops is one flow', () => {
  const hops = Array.from({ length: 200 }, (_, index) =>
    event({ id: `${index}`, time: at(index * 60), linksIn: [`state:${index}`], linksOut: [`state:${index + 1}`] }),
  )
  expect(new Set(Object.values(flowsOf(hops)))).toEqual(new Set(['0']))
})

test('an event that names itself as its caller is not lost', () => {
  expect(flowsOf([event({ id: 'odd', parent: 'odd' })]).odd).toBe('odd')
})
