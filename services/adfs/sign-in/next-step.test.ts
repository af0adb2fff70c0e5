import { expect, test } from 'vitest'
import type { AccessDecision } from '../access-control/evaluate.ts'
import { primaryMethods } from '../claims/authentication-methods.ts'
import { sessionAfterPrimary, sessionAfterSecondFactor, sessionAfterToken } from '../sessions/session.ts'
import { policyStep, primaryNeeded } from './next-step.ts'

const now = new Date('2026-03-02T09:00:00Z')
const signedInAt = (minutesAgo: number) =>
  sessionAfterPrimary({
    id: 's1',
    by: primaryMethods.FormsAuthentication,
    user: { sid: 'S-1-5-21-1-2-3-1101', userPrincipalName: 'alice@contoso.com' },
    now: new Date(now.getTime() - minutesAgo * 60_000),
    lifetimeMinutes: 480,
    insideCorporateNetwork: false,
    keepSignedIn: false,
    freshFor: 'request-1',
  })
const fresh = { kind: 'now', reason: 'wfresh=0' } as const

test.each([
  { session: undefined, freshness: { kind: 'any' }, key: 'request-1', want: 'there is no AD FS session' },
  { session: signedInAt(400), freshness: { kind: 'any' }, key: 'request-2', want: undefined },
  { session: signedInAt(0), freshness: fresh, key: 'request-1', want: undefined },
  { session: signedInAt(0), freshness: fresh, key: 'request-2', want: 'wfresh=0' },
  { session: sessionAfterToken(signedInAt(0)), freshness: fresh, key: 'request-1', want: 'wfresh=0' },
  {
    session: signedInAt(30),
    freshness: { kind: 'maximumAge', minutes: 30, asked: 'wfresh=30' },
    key: 'request-2',
    want: undefined,
  },
  {
    session: signedInAt(31),
    freshness: { kind: 'maximumAge', minutes: 30, asked: 'wfresh=30' },
    key: 'request-2',
    want: 'credentials are 31 minutes old, wfresh=30',
  },
] as const)('$freshness for $key needs credentials: $want', ({ session, freshness, key, want }) => {
  expect(primaryNeeded(session, { freshness, key, method: 'any' }, now)).toBe(want)
})

const permit: AccessDecision = { outcome: 'permit', reason: 'permitted' }
const permitWithMfa: AccessDecision = { outcome: 'permitWithMfa', reason: 'second factor by policy' }
const deny: AccessDecision = { outcome: 'deny', reason: 'denied' }
const password = signedInAt(0)
const both = sessionAfterSecondFactor(password, undefined, now)
const plain = { additionalRules: [], method: 'any', insideCorporateNetwork: false, now } as const

test.each([
  { session: password, policy: { ...plain, decisions: [permit] }, outcome: 'issue', reason: 'permitted' },
  {
    session: password,
    policy: { ...plain, decisions: [permit, permitWithMfa] },
    outcome: 'additional',
    reason: 'second factor by policy',
  },
  {
    session: both,
    policy: { ...plain, decisions: [permitWithMfa] },
    outcome: 'issue',
    reason: 'second factor by policy: done in this session',
  },
  { session: both, policy: { ...plain, decisions: [permitWithMfa, deny] }, outcome: 'deny', reason: 'denied' },
  {
    session: both,
    policy: { ...plain, decisions: [permit], secondFactorMaximumAge: 60 },
    outcome: 'issue',
    reason: 'mfa_max_age=60: done in this session',
  },
  {
    session: sessionAfterSecondFactor(password, undefined, new Date(now.getTime() - 120_000)),
    policy: { ...plain, decisions: [permit], secondFactorMaximumAge: 60 },
    outcome: 'additional',
    reason: 'mfa_max_age=60',
  },
  {
    session: password,
    policy: { ...plain, decisions: [permit], secondFactorMaximumAge: 3600 },
    outcome: 'additional',
    reason: 'mfa_max_age=3600',
  },
  {
    session: both,
    policy: { ...plain, decisions: [] },
    outcome: 'deny',
    reason: 'no access control policy was evaluated',
  },
  {
    session: password,
    policy: { ...plain, decisions: [permit], additionalRules: ['global rules'] },
    outcome: 'additional',
    reason: 'global rules',
  },
  {
    session: password,
    policy: { ...plain, decisions: [permit], method: 'multiple' },
    outcome: 'additional',
    reason: 'the request asks for multiple authentication',
  },
  {
    session: password,
    policy: { ...plain, decisions: [permit], method: 'windowsInsideOrMultiple' },
    outcome: 'additional',
    reason: 'the request asks for multiple authentication',
  },
  {
    session: password,
    policy: { ...plain, decisions: [permit], method: 'windowsInsideOrMultiple', insideCorporateNetwork: true },
    outcome: 'issue',
    reason: 'permitted',
  },
] as const)('$policy → $outcome because $reason', ({ session, policy, outcome, reason }) => {
  expect(policyStep(session, policy)).toEqual({ outcome, reason })
})
