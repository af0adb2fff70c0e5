import { expect, test } from 'vitest'
import { evaluateLicence, type LicenceEffect } from './licence-changes.ts'

const mailbox = { type: 'UserMailbox', typeDetails: 'UserMailbox' } as const
const shared = { type: 'UserMailbox', typeDetails: 'SharedMailbox' } as const
const elsewhere = { type: 'MailUser', typeDetails: 'MailUser' } as const

test.each<[string, boolean, typeof mailbox | typeof shared | typeof elsewhere | undefined, boolean, LicenceEffect]>([
  ['a licence for somebody without a mailbox', true, undefined, false, 'make'],
  ['a licence within thirty days', true, undefined, true, 'reconnect'],
  ['a licence for somebody who has one', true, mailbox, false, 'none'],
  ['a licence for somebody whose mailbox is on-premises', true, elsewhere, false, 'none'],
  ['the licence goes', false, mailbox, false, 'disconnect'],
  ['the licence of a shared mailbox goes', false, shared, false, 'none'],
  ['the licence of somebody on-premises goes', false, elsewhere, false, 'none'],
  ['the licence of nobody goes', false, undefined, true, 'none'],
])('%s', (_, licensed, recipient, kept, effect) => {
  expect(evaluateLicence(licensed, recipient, kept)).toBe(effect)
})
