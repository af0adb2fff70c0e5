import { expect, test } from 'vitest'
import { event } from '../journal/_events.ts'
import { mermaidText } from './mermaid-text.ts'
import { sequenceOf } from './sequence.ts'
import { withPhone } from './with-phone.ts'

const user = 'alice@contoso.com'
const hop = (id: string, flowId: string, more = {}) => ({ ...event({ id, ...more }), flowId })
const events = [
  hop('login', 'f', { user, decisions: ['secondFactorAsked'], steps: ['WEB-ONLINE-4'] }),
  hop('other', 'lab', {
    deployment: 'lab',
    method: 'POST',
    path: '/api/mfa/bob@contoso.com/approve',
    user: 'bob@contoso.com',
  }),
  hop('approve', 'lab', { deployment: 'lab', method: 'POST', path: `/api/mfa/${user}/approve`, user }),
  hop('logon', 'f', { deployment: 'directory', actor: 'adfs', parent: 'ls', path: '/logon' }),
  hop('ls', 'f', { deployment: 'adfs', path: '/adfs/ls;a#b' }),
  hop('poll', 'f', { actor: 'directory', path: '/provisioning/t/passthrough/poll', status: 503 }),
]

test('who talks to whom: the boxes of the documented diagrams, the phone among them', () => {
  const { participants, hops } = sequenceOf(withPhone(events, 'f'))
  expect(participants.map(({ name }) => name)).toEqual([
    'Browser',
    'Phone',
    'Entra ID',
    'AD FS',
    'Pass-through agent',
    'Active Directory',
  ])
  expect(hops.map(({ from, to, verdict, depth }) => [from.id, to.id, verdict, depth])).toEqual([
    ['visitor', 'entra', 'challenged', 0],
    ['phone', 'entra', 'allowed', 0],
    ['visitor', 'adfs', 'allowed', 0],
    ['adfs', 'directory', 'allowed', 1],
    ['agent', 'entra', 'error', 0],
  ])
})

test('the text of Mermaid has no character that would end a statement', () => {
  const lines = mermaidText(sequenceOf(withPhone(events, 'f')), 'A; title').split('\n')
  expect(lines.slice(0, 5)).toEqual([
    'sequenceDiagram',
    '  accTitle: A#59; title',
    '  autonumber',
    '  participant p_visitor as Browser',
    '  participant p_phone as Phone',
  ])
  expect(lines).toContain('  p_visitor->>p_entra: GET / · 200<br/>WEB-ONLINE-4')
  expect(lines).toContain('  p_visitor->>p_adfs: GET /adfs/ls#59;a#35;b · 200')
  const stop = { event: events[0] as (typeof events)[number], steps: [], because: `a; ${'long '.repeat(30)}#reason` }
  const stopped = sequenceOf(events, stop)
  const note =
    mermaidText(stopped, 'A')
      .split('\n')
      .find((line) => line.includes('Note over')) ?? ''
  expect(note).toMatch(/^ {2}Note over p_visitor,p_\w+: Stopped here, because a#59; long .*<br\/>.*#35;reason$/)
  expect(note.split('<br/>').every((line) => line.length < 100)).toBe(true)
  expect(lines).toContain('  p_agent-xp_entra: GET /provisioning/t/passthrough/poll · 503')
})
