import { expect, test } from 'vitest'
import type { Domain } from '#shared/scenario/world.ts'
import type { Decision, UnmetControl } from '../conditional-access/decision.ts'
import type { Person } from '../people/people.ts'
import type { Authentication, SessionAccount } from './browser-session.ts'
import type { FirstFactor } from './conversation.ts'
import { nextStep, type SignInFacts } from './next-step.ts'

const now = Date.UTC(2026, 2, 2, 9)
const hour = 60 * 60 * 1000

const managed: Domain = { name: 'fabrikam.com', authentication: 'passwordHashSync', isInitial: false }
const federation = { federatedIdpMfaBehavior: 'acceptIfMfaDoneByFederatedIdp' } as NonNullable<Domain['federation']>
const federated: Domain = { name: 'contoso.com', authentication: 'federated', isInitial: false, federation }
const enforcing: Domain = {
  ...federated,
  federation: { ...federation, federatedIdpMfaBehavior: 'enforceMfaByFederatedIdp' },
}

const authentication: Authentication = {
  amr: ['pwd'],
  authenticatedAt: now - hour,
  federated: false,
  keepSignedIn: false,
  combinations: ['password'],
}
const person = { objectId: 'p', userPrincipalName: 'peggy@fabrikam.com', accountEnabled: true } as Person
const account = (upn: string): SessionAccount => ({
  sid: upn,
  objectId: upn,
  userPrincipalName: upn,
  authentication,
  applications: [],
})
const peggy = account('peggy@fabrikam.com')
const alice = account('alice@contoso.com')
const first: FirstFactor = { objectId: 'p', userPrincipalName: person.userPrincipalName, authentication, details: [] }

const nothingJudged = {
  evaluated: {} as Decision['evaluated'],
  applied: [],
  policies: [],
}
const allow: Decision = {
  outcome: 'allow',
  reason: 'noPolicyApplies',
  requires: [],
  sessionControls: { applicationEnforcedRestrictions: false },
  ...nothingJudged,
}
const control = (name: UnmetControl['control'], aadsts: number): UnmetControl => ({
  control: name,
  aadsts,
  policyId: 'id',
  policyName: 'Policy',
})
const challenge = (unmet: UnmetControl): Decision => ({
  ...allow,
  outcome: 'challenge',
  reason: `unmet: ${unmet.control}`,
  requires: [unmet],
})
const mfa = challenge(control('mfa', 50076))
const within = (sessionControls: Partial<Decision['sessionControls']>): Decision => ({
  ...allow,
  sessionControls: { ...allow.sessionControls, ...sessionControls },
})

const facts: SignInFacts = {
  request: {},
  progress: {},
  session: undefined,
  domain: undefined,
  nameKnown: false,
  hintedDomain: undefined,
  person: undefined,
  decision: undefined,
  asksToStaySignedIn: true,
  staySignedInAnswer: undefined,
  consentMissing: false,
  now,
}
const signedIn: SignInFacts = {
  ...facts,
  progress: { username: person.userPrincipalName, firstFactor: first },
  person,
  domain: managed,
  nameKnown: true,
  decision: allow,
}
const one = { accounts: [peggy], persistent: false }
const two = { accounts: [peggy, alice], persistent: false }

test.each<{ case: string; facts: Partial<SignInFacts>; step: string; because: RegExp }>([
  { case: 'nobody known', facts: {}, step: 'identify', because: /nobody is named/ },
  {
    case: 'a foreign domain',
    facts: { progress: { username: 'a@b.example' } },
    step: 'identify',
    because: /no domain of the tenant/,
  },
  {
    case: 'an unknown name of a managed domain',
    facts: { progress: { username: 'x@fabrikam.com' }, domain: managed },
    step: 'identify',
    because: /not in the directory/,
  },
  {
    case: 'a managed name',
    facts: { progress: { username: 'peggy@fabrikam.com' }, domain: managed, nameKnown: true },
    step: 'password',
    because: /managed/,
  },
  {
    case: 'a federated name',
    facts: { progress: { username: 'alice@contoso.com' }, domain: federated },
    step: 'federate',
    because: /federated/,
  },
  {
    case: 'a domain_hint of a federated domain',
    facts: { request: { domainHint: 'contoso.com' }, hintedDomain: federated },
    step: 'federate',
    because: /domain_hint/,
  },
  { case: 'one session', facts: { session: one }, step: 'resumeSession', because: /one account/ },
  { case: 'two sessions', facts: { session: two }, step: 'chooseAccount', because: /several/ },
  {
    case: 'two sessions, one of the hinted domain',
    facts: { session: two, request: { domainHint: 'contoso.com' } },
    step: 'resumeSession',
    because: /one account/,
  },
  {
    case: 'two sessions and a name',
    facts: { session: two, progress: { username: 'ALICE@contoso.com' }, domain: federated },
    step: 'resumeSession',
    because: /this account/,
  },
  {
    case: 'a session and prompt=login',
    facts: { session: one, request: { prompt: 'login' } },
    step: 'identify',
    because: /nobody/,
  },
  {
    case: 'a session and prompt=select_account',
    facts: { session: one, request: { prompt: 'select_account' } },
    step: 'chooseAccount',
    because: /select_account/,
  },
  {
    case: 'the tile of a session',
    facts: {
      session: one,
      request: { prompt: 'select_account' },
      progress: { username: 'peggy@fabrikam.com', accountChosen: true },
      domain: managed,
      nameKnown: true,
    },
    step: 'resumeSession',
    because: /this account/,
  },
  {
    case: '"use another account"',
    facts: { session: one, progress: { ignoreSessions: true } },
    step: 'identify',
    because: /nobody/,
  },
])('$case → $step', ({ facts: given, step, because }) => {
  const next = nextStep({ ...facts, ...given })
  expect(next.step).toBe(step)
  expect(next.reason).toMatch(because)
})

test.each<{ case: string; facts: Partial<SignInFacts>; step: string; because: RegExp }>([
  { case: 'the account is gone', facts: { person: undefined }, step: 'refuse', because: /gone/ },
  {
    case: 'the account is disabled',
    facts: { person: { ...person, accountEnabled: false } },
    step: 'refuse',
    because: /accountEnabled/,
  },
  {
    case: 'blocked',
    facts: { decision: { ...challenge(control('block', 53003)), outcome: 'block' } },
    step: 'refuse',
    because: /block/,
  },
  {
    case: 'a compliant device is needed',
    facts: { decision: challenge(control('compliantDevice', 53000)) },
    step: 'refuse',
    because: /compliantDevice/,
  },
  { case: 'MFA', facts: { decision: mfa }, step: 'secondFactor', because: /unmet: mfa/ },
  {
    case: 'MFA without a method',
    facts: { decision: challenge(control('mfa', 50079)) },
    step: 'registerSecondFactor',
    because: /unmet: mfa/,
  },
  {
    case: 'MFA that the provider must do',
    facts: {
      decision: mfa,
      domain: enforcing,
      progress: { firstFactor: { ...first, authentication: { ...authentication, federated: true } } },
    },
    step: 'federate',
    because: /identity provider must/,
  },
  {
    case: 'MFA that the provider did not do',
    facts: {
      decision: mfa,
      domain: enforcing,
      progress: {
        mfaAskedOfProvider: true,
        firstFactor: { ...first, authentication: { ...authentication, federated: true } },
      },
    },
    step: 'refuse',
    because: /did no multifactor/,
  },
  { case: 'nobody decided about the session', facts: {}, step: 'staySignedIn', because: /nobody decided/ },
  { case: 'the tenant does not ask', facts: { asksToStaySignedIn: false }, step: 'answer', because: /noPolicyApplies/ },
  {
    case: 'a policy decides',
    facts: { decision: within({ persistentBrowser: 'never' }) },
    step: 'answer',
    because: /noPolicyApplies/,
  },
  {
    case: 'a session that was there',
    facts: { progress: { firstFactor: { ...first, sid: 's' } } },
    step: 'answer',
    because: /noPolicyApplies/,
  },
  {
    case: 'a session older than policy allows',
    facts: {
      progress: { firstFactor: { ...first, sid: 's' } },
      decision: within({ signInFrequency: { seconds: 600, authenticationType: 'primaryAndSecondaryAuthentication' } }),
    },
    step: 'signInAgain',
    because: /frequency of 600/,
  },
  {
    case: 'the same, silently',
    facts: {
      request: { prompt: 'none' },
      progress: { firstFactor: { ...first, sid: 's' } },
      decision: within({ signInFrequency: { seconds: 600, authenticationType: 'primaryAndSecondaryAuthentication' } }),
    },
    step: 'refuse',
    because: /frequency of 600/,
  },
  {
    case: 'consent is missing',
    facts: { asksToStaySignedIn: false, consentMissing: true },
    step: 'consent',
    because: /not consented/,
  },
  {
    case: 'prompt=consent',
    facts: { asksToStaySignedIn: false, request: { prompt: 'consent' } },
    step: 'consent',
    because: /prompt=consent/,
  },
  {
    case: 'a session older than max_age',
    facts: { request: { maxAge: 3599 }, progress: { firstFactor: { ...first, sid: 's' } } },
    step: 'signInAgain',
    because: /older than the max_age of 3599 s/,
  },
  {
    case: 'a session as old as max_age',
    facts: { request: { maxAge: 3600 }, progress: { firstFactor: { ...first, sid: 's' } } },
    step: 'answer',
    because: /noPolicyApplies/,
  },
  {
    case: 'max_age=0 and any session',
    facts: {
      request: { maxAge: 0 },
      progress: { firstFactor: { ...first, sid: 's', authentication: { ...authentication, authenticatedAt: now } } },
    },
    step: 'signInAgain',
    because: /max_age of 0 s/,
  },
  {
    case: 'max_age=0 and a sign-in of now',
    facts: { request: { maxAge: 0 }, asksToStaySignedIn: false },
    step: 'answer',
    because: /noPolicyApplies/,
  },
  {
    case: 'an administrator is needed, who the person is not',
    facts: { consentMissing: true, approvalMissing: 'only an administrator may grant x' },
    step: 'refuse',
    because: /only an administrator/,
  },
  {
    case: 'an administrator is asked for everybody',
    facts: { asksToStaySignedIn: false, request: { adminConsent: { permissions: [], roles: [] } } },
    step: 'consent',
    because: /an administrator is asked/,
  },
  {
    case: 'for another device',
    facts: { request: { deviceCode: 'd' } },
    step: 'confirmApplication',
    because: /go to another device/,
  },
  {
    case: 'for another device, a permission missing',
    facts: { request: { deviceCode: 'd' }, consentMissing: true },
    step: 'consent',
    because: /not consented/,
  },
  {
    case: 'for another device, confirmed',
    facts: { request: { deviceCode: 'd' }, progress: { firstFactor: first, applicationConfirmed: true } },
    step: 'answer',
    because: /noPolicyApplies/,
  },
])('signed in, $case → $step', ({ facts: given, step, because }) => {
  const next = nextStep({ ...signedIn, ...given })
  expect(next.step).toBe(step)
  expect(next.reason).toMatch(because)
})

test.each([
  { answer: true, controlled: undefined, persistent: true },
  { answer: false, controlled: undefined, persistent: false },
  { answer: true, controlled: 'never', persistent: false },
  { answer: false, controlled: 'always', persistent: true },
] as const)(
  'answered $answer, policy $controlled: the session outlives the browser = $persistent',
  ({ answer, controlled, persistent }) => {
    const decision = within({ persistentBrowser: controlled })
    const next = nextStep({ ...signedIn, decision, progress: { ...signedIn.progress, keepSignedIn: answer } })
    expect(next).toMatchObject({ step: 'answer', persistent })
  },
)
