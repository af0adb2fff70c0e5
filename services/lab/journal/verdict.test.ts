import { expect, test } from 'vitest'
import { event } from './_events.ts'
import { stopOf } from './stop.ts'
import { verdictOf, verdictOfFlow } from './verdict.ts'

test.each([
  { status: 200, decisions: ['signedIn'], verdict: 'allowed' },
  { status: 200, decisions: ['mailboxPage'], verdict: 'allowed' },
  { status: 302, decisions: ['mfaRequired', 'additionalAuthenticationPassed'], verdict: 'allowed' },
  { status: 200, decisions: ['formsPage'], verdict: 'challenged' },
  { status: 200, decisions: ['secondFactorAsked'], verdict: 'challenged' },
  { status: 200, decisions: ['assertionAccepted', 'secondFactorAsked'], verdict: 'challenged' },
  { status: 401, decisions: [], verdict: 'challenged' },
  { status: 401, decisions: ['AADSTS7000215'], verdict: 'refused' },
  { status: 401, decisions: ['AADSTS50097'], verdict: 'challenged' },
  { status: 401, decisions: ['unauthenticated'], verdict: 'challenged' },
  { status: 401, decisions: ['insufficient_claims'], verdict: 'challenged' },
  { status: 401, decisions: ['STATUS_WRONG_PASSWORD'], verdict: 'refused' },
  { status: 200, decisions: ['MSIS7007'], verdict: 'refused' },
  { status: 449, decisions: ['Sync'], verdict: 'challenged' },
  { status: 200, decisions: ['credentialsRefused', 'formsPage'], verdict: 'refused' },
  { status: 302, decisions: ['errorPage', 'tokenExpired'], verdict: 'refused' },
  { status: 200, decisions: ['AADSTS50126'], verdict: 'refused' },
  { status: 200, decisions: ['AADSTS50079', 'registration'], verdict: 'challenged' },
  { status: 403, decisions: [], verdict: 'refused' },
  { status: 550, decisions: ['unknownRecipient'], verdict: 'refused' },
  { status: 503, decisions: [], verdict: 'error' },
  { status: 500, decisions: ['crash'], verdict: 'error' },
  { status: 200, decisions: ['fault: slow'], verdict: 'error' },
  { status: 201, decisions: ['faultTurnedOn'], verdict: 'allowed' },
])('$status $decisions is $verdict', ({ status, decisions, verdict }) => {
  expect(verdictOf({ status, decisions })).toBe(verdict)
})

test('a conversation ends as the last visit that says something, judged by who answered behind the proxy', () => {
  const at = { method: 'POST', host: 'adfs.contoso.com', path: '/adfs/ls' }
  const visit = event({ id: 'visit', ...at })
  const answer = event({ id: 'answer', parent: 'visit', ...at, decisions: ['credentialsRefused'] })
  const styles = event({ id: 'styles', path: '/style.css' })
  expect(verdictOfFlow([answer, visit, styles])).toBe('refused')
  const passed = event({ id: 'passed', decisions: ['signedIn'] })
  expect(verdictOfFlow([answer, visit, styles, passed])).toBe('allowed')
})

test('what stopped a conversation is the last refusal that gives a reason, unless somebody went on after it', () => {
  const asked = event({ id: 'asked', decisions: ['formsPage'] })
  const refused = event({ id: 'refused', status: 302, decisions: ['noMailbox'], reasons: ['no recipient'] })
  const page = event({ id: 'page', status: 500, decisions: ['errorPage'] })
  const inside = event({
    id: 'inside',
    parent: 'page',
    path: '/logon',
    decisions: ['STATUS_WRONG_PASSWORD'],
    reasons: ['not told'],
  })
  expect(stopOf([asked, refused, page, inside])).toMatchObject({ event: { id: 'refused' }, because: 'no recipient' })
  expect(stopOf([asked, page])).toMatchObject({ event: { id: 'page' }, because: 'errorPage' })
  expect(stopOf([refused, asked])).toBeUndefined()
  expect(stopOf([])).toBeUndefined()
})
