import { expect, test } from 'vitest'
import { readSearch } from './search-query.ts'

const none = { words: '', from: [], to: [], subject: [], category: [] }

test.each([
  ['launch plan', { words: 'launch plan' }],
  ['from:erin launch', { words: 'launch', from: ['erin'] }],
  ['FROM:"Erin Ek" to:alice@contoso.com', { from: ['Erin Ek'], to: ['alice@contoso.com'] }],
  ['subject:"launch plan" has:attachment', { subject: ['launch plan'], hasAttachment: true }],
  ['hasattachments:no isread:no', { hasAttachment: false, unread: true }],
  ['is:unread is:flagged', { unread: true, flagged: true }],
  ['category:"Red category"', { category: ['Red category'] }],
  ['received:2026-03-01', { since: '2026-03-01', until: '2026-03-02' }],
  ['received:2026-03-01..2026-03-05', { since: '2026-03-01', until: '2026-03-06' }],
  ['received>=2026-03-01 received<2026-03-05', { since: '2026-03-01', until: '2026-03-05' }],
  ['received>2026-02-28 received<=2026-03-05', { since: '2026-03-01', until: '2026-03-06' }],
  ['hasflag:true received:today', { flagged: true, since: '2026-03-04', until: '2026-03-05' }],
  ['received:Yesterday', { since: '2026-03-03', until: '2026-03-04' }],
  ['received:"this week"', { since: '2026-03-01', until: '2026-03-08' }],
  ['received:"last week"', { since: '2026-02-22', until: '2026-03-01' }],
  ['received:"last month"', { since: '2026-02-01', until: '2026-03-01' }],
  ['received<="this month"', { until: '2026-04-01' }],
  ['received:constructor', { words: 'received:constructor' }],
  ['received:yesterdayish', { words: 'received:yesterdayish' }],
  ['https://x.example constructor:x is:nothing', { words: 'https://x.example constructor:x is:nothing' }],
  ['"two words', { words: 'two words' }],
  ['from:', { words: 'from:' }],
  ['', {}],
])('%s', (text, read) => {
  expect(readSearch(text, '2026-03-04')).toEqual({ ...none, ...read })
})
