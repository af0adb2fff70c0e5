import { expect, test } from 'vitest'
import { evaluateAutomaticReply, type ReplyFacts } from './automatic-reply.ts'

const facts: ReplyFacts = {
  replies: {
    state: 'Enabled',
    messages: {
      AppliesToInternal: { enabled: true, reply: 'in', bodyType: 'Text' },
      AppliesToExternalKnown: { enabled: true, reply: '<p>out</p>', bodyType: 'HTML' },
      AppliesToExternalUnknown: { enabled: false, reply: '<p>out</p>', bodyType: 'HTML' },
    },
    since: '2026-03-01T00:00:00.000Z',
  },
  now: new Date('2026-03-02T12:00:00Z'),
  sender: 'peggy@fabrikam.com',
  owner: 'alice@contoso.com',
  audience: 'AppliesToInternal',
  headers: new Map(),
}
const header = (name: string, value: string) => ({ headers: new Map([[name, value]]) })
const scheduled = (start: string, end: string) => ({
  replies: {
    ...facts.replies,
    state: 'Scheduled' as const,
    start: `2026-03-02T${start}:00.000Z`,
    end: `2026-03-02T${end}:00.000Z`,
  },
})

test.each<[Partial<ReplyFacts>, unknown]>([
  [{}, { reply: 'in', bodyType: 'Text' }],
  [{ audience: 'AppliesToExternalKnown' }, { reply: '<p>out</p>', bodyType: 'HTML' }],
  [{ audience: 'AppliesToExternalUnknown' }, { reason: 'nothing is written for AppliesToExternalUnknown' }],
  [{ sender: '' }, { reason: 'the message has no sender to answer' }],
  [{ sender: 'Alice@contoso.com' }, { reason: 'the owner wrote it' }],
  [{ sender: 'noreply@shop.example' }, { reason: 'the sender is no person' }],
  [{ sender: 'postmaster@shop.example' }, { reason: 'the sender is no person' }],
  [header('auto-submitted', 'auto-replied'), { reason: 'a machine sent it' }],
  [header('auto-submitted', 'no'), { reply: 'in', bodyType: 'Text' }],
  [header('x-auto-response-suppress', 'DR, OOF'), { reason: 'the sender wants no automatic reply' }],
  [header('x-auto-response-suppress', 'DR, RN'), { reply: 'in', bodyType: 'Text' }],
  [header('precedence', 'bulk'), { reason: 'it is bulk mail' }],
  [header('list-id', '<x.example>'), { reason: 'it comes from a mailing list' }],
  [scheduled('11:00', '13:00'), { reply: 'in', bodyType: 'Text' }],
  [scheduled('12:01', '13:00'), { reason: 'automatic replies are off' }],
  [scheduled('10:00', '12:00'), { reason: 'automatic replies are off' }],
  [{ replies: { ...facts.replies, state: 'Disabled' } }, { reason: 'automatic replies are off' }],
])('%j → %j', (changes, want) => {
  expect(evaluateAutomaticReply({ ...facts, ...changes })).toEqual(want)
})
