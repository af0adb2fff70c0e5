import { expect, test } from 'vitest'
import type { SessionAccount } from './browser-session.ts'
import { type SignOutHint, signOutChoice } from './sign-out-choice.ts'

const account = (name: string) =>
  ({ sid: `sid-${name}`, objectId: `id-${name}`, userPrincipalName: `${name}@contoso.com` }) as SessionAccount
const [alice, bob] = [account('alice'), account('bob')]

test.each<{ who: SessionAccount[]; hint?: SignOutHint; want: 'ask' | SessionAccount[]; because: string }>([
  { who: [], want: [], because: 'nobody is signed in' },
  { who: [alice], want: [alice], because: 'there is only one' },
  { who: [alice, bob], want: 'ask', because: 'nobody was hinted at' },
  { who: [alice, bob], hint: { userPrincipalName: 'BOB@contoso.com' }, want: [bob], because: 'the name is meant' },
  { who: [alice, bob], hint: { sid: 'sid-alice' }, want: [alice], because: 'the session is meant' },
  { who: [alice, bob], hint: { objectId: 'id-bob', sid: 'of before' }, want: [bob], because: 'the person is meant' },
  { who: [alice], hint: { userPrincipalName: 'bob@contoso.com' }, want: [], because: 'somebody else is meant' },
])('of $who.length, $because', ({ who, hint, want }) => {
  const choice = signOutChoice(who, hint)
  expect(choice).toEqual(want === 'ask' ? { outcome: 'ask', accounts: who } : { outcome: 'end', ending: want })
})
