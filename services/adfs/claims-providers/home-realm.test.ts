import { expect, test } from 'vitest'
import { adAuthority, homeRealm, type RealmFacts } from './home-realm.ts'

const fabrikam = 'http://sts.fabrikam.example/adfs/services/trust'
const wingtip = 'https://idp.wingtip.example/metadata'
const local = { identifier: adAuthority, name: 'Contoso', suffixes: ['contoso.com'] }
const candidates = [
  local,
  { identifier: fabrikam, name: 'Fabrikam', suffixes: ['fabrikam.com', '@fabrikam.example'] },
  { identifier: wingtip, name: 'Wingtip', suffixes: [] },
]
const nothing: RealmFacts = {
  candidates,
  excluded: [],
  named: [],
  hints: [],
  signedInAt: undefined,
  preferActiveDirectory: false,
  remembered: undefined,
}
const whr = (value: string) => [{ name: 'whr', value }]
const username = (value: string) => [{ name: 'username', value }]

test.each<{ case: string; facts: Partial<RealmFacts>; want: string }>([
  { case: 'nothing said', facts: {}, want: 'choose' },
  { case: 'whr', facts: { named: whr(fabrikam) }, want: fabrikam },
  { case: 'whr in another case', facts: { named: whr(fabrikam.toUpperCase()) }, want: fabrikam },
  { case: 'whr of Active Directory', facts: { named: whr(adAuthority) }, want: adAuthority },
  { case: 'whr that nobody has', facts: { named: whr('urn:nobody') }, want: 'choose' },
  {
    case: 'whr before the user name',
    facts: { named: whr(wingtip), hints: username('a@fabrikam.com') },
    want: wingtip,
  },
  { case: 'whr before the session', facts: { named: whr(wingtip), signedInAt: fabrikam }, want: wingtip },
  { case: 'whr of one that is excluded', facts: { named: whr('urn:other'), excluded: ['urn:other'] }, want: 'refuse' },
  { case: 'the suffix of a user name', facts: { hints: username('Erin@FABRIKAM.com') }, want: fabrikam },
  { case: 'a domain', facts: { hints: [{ name: 'domain_hint', value: 'fabrikam.example' }] }, want: fabrikam },
  { case: 'a domain below the suffix', facts: { hints: username('erin@sub.fabrikam.com') }, want: 'choose' },
  { case: 'the suffix of Active Directory', facts: { hints: username('alice@contoso.com') }, want: adAuthority },
  {
    case: 'a suffix before the session',
    facts: { hints: username('a@fabrikam.com'), signedInAt: wingtip },
    want: fabrikam,
  },
  { case: 'a session', facts: { signedInAt: wingtip }, want: wingtip },
  { case: 'a session before the memory', facts: { signedInAt: wingtip, remembered: fabrikam }, want: wingtip },
  { case: 'the intranet', facts: { preferActiveDirectory: true, remembered: fabrikam }, want: adAuthority },
  { case: 'the memory', facts: { remembered: fabrikam }, want: fabrikam },
  { case: 'a memory of one that is gone', facts: { remembered: 'urn:gone' }, want: 'choose' },
  { case: 'a single one', facts: { candidates: candidates.slice(1, 2) }, want: fabrikam },
  {
    case: 'a single one, and a session elsewhere',
    facts: { candidates: [local], signedInAt: fabrikam },
    want: adAuthority,
  },
  { case: 'none', facts: { candidates: [] }, want: 'refuse' },
])('$case → $want', ({ facts, want }) => {
  const decided = homeRealm({ ...nothing, ...facts })
  expect(decided.kind === 'provider' ? decided.identifier : decided.kind).toBe(want)
  expect(decided.reason).not.toBe('')
})
