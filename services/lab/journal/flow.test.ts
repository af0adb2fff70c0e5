import { expect, test } from 'vitest'
import type { JournalEvent } from '#shared/journal.ts'
import { at, event } from './_events.ts'
import { flowsOf } from './flow.ts'

function inFlow(flowId: string, id: string, facts: Partial<JournalEvent> = {}) {
  return { ...event({ id, ...facts }), flowId }
}

test('a flow tells its title, people, deployments, steps and reasons', () => {
  const [flow] = flowsOf(
    [
      inFlow('f', 'a', { deployment: 'wap', steps: ['WEB-ONPREM-2'], time: at(2) }),
      inFlow('f', 'b', { deployment: 'adfs', steps: ['WEB-ONPREM-10', 'WEB-ONPREM-1'], reasons: ['wrong password'] }),
      inFlow('f', 'c', { deployment: 'adfs', user: 'bob@contoso.com', steps: ['WEB-ONLINE-2'], time: at(3) }),
    ],
    ['wap', 'adfs'],
  )
  expect(flow).toMatchObject({
    id: 'f',
    title: 'Outlook on the web, mailbox on-premises',
    startedAt: at(0),
    endedAt: at(3),
    users: ['bob@contoso.com'],
    deployments: ['wap', 'adfs'],
    steps: ['WEB-ONLINE-2', 'WEB-ONPREM-1', 'WEB-ONPREM-2', 'WEB-ONPREM-10'],
    reasons: ['wrong password'],
    background: false,
  })
})

test('without a documented step, the first request that nobody called for is the title', () => {
  const [flow] = flowsOf([inFlow('f', 'a', { parent: 'b' }), inFlow('f', 'b', { host: 'wap', path: '/x' })], [])
  expect(flow?.title).toBe('GET wap/x')
})

test('the flow in which something happened last stands last', () => {
  const events = [inFlow('old', 'a'), inFlow('new', 'b'), inFlow('old', 'c')]
  expect(flowsOf(events, []).map(({ id }) => id)).toEqual(['new', 'old'])
})

test.each<{ what: string; facts: Partial<JournalEvent>; background: boolean }>([
  { what: 'a browser', facts: {}, background: false },
  { what: 'a service', facts: { actor: 'directory' }, background: true },
  { what: 'a service for a person', facts: { actor: 'directory', user: 'a@b.c' }, background: false },
  { what: 'a style sheet', facts: { path: '/adfs/portal/css/style.css' }, background: true },
  { what: 'an open mailbox that waits', facts: { path: '/owa/ev.owa2', user: 'a@b.c' }, background: true },
  {
    what: 'an open mailbox that is turned away',
    facts: { path: '/owa/ev.owa2', user: 'a@b.c', status: 440 },
    background: false,
  },
  { what: 'an icon that is missing', facts: { path: '/favicon.ico', status: 404 }, background: true },
  { what: 'a documented step', facts: { actor: 'directory', steps: ['WEB-ONPREM-3'] }, background: false },
])('$what is background: $background', ({ facts, background }) => {
  expect(flowsOf([inFlow('f', 'a', facts)], ['directory'])[0]?.background).toBe(background)
})
