import { expect, test } from 'vitest'
import type { UnmetControl } from '../conditional-access/decision.ts'
import type { Progress } from './conversation.ts'
import type { SignInFacts } from './next-step.ts'
import { type RegistrationFacts, registrationStep, strengthStep } from './registration-step.ts'

const now = Date.parse('2026-03-02T09:00:00Z')
const minute = 60_000

interface Situation {
  readonly registration?: Partial<RegistrationFacts>
  /** Minutes since the second factor; none when left out. */
  readonly age?: number
  readonly progress?: Partial<Progress>
}

function facts({ registration, age, progress }: Situation): SignInFacts {
  const multifactor = age === undefined ? undefined : { at: now - age * minute, combination: 'x', details: [] }
  return {
    request: {},
    progress: { multifactor, ...progress },
    session: undefined,
    domain: undefined,
    nameKnown: true,
    hintedDomain: undefined,
    person: undefined,
    decision: undefined,
    asksToStaySignedIn: true,
    staySignedInAnswer: undefined,
    consentMissing: false,
    registration: registration && {
      securityInfo: false,
      hasMethods: false,
      strengthOutOfReach: false,
      ...registration,
    },
    now,
  }
}

const passkey = { registration: { stage: 'passkey' } } as const

test.each<Situation & { case: string; want: string | undefined }>([
  { case: 'nothing depends on methods', want: undefined },
  { case: 'the policy asks nothing', registration: {}, want: undefined },
  { case: 'the policy asks, and may be put off', registration: { daysLeft: 3 }, want: 'registerSecondFactor' },
  { case: 'the policy asks, and may not', registration: { daysLeft: 0 }, want: 'registerSecondFactor' },
  { case: 'it was put off', registration: { daysLeft: 3 }, progress: { registrationSkipped: true }, want: undefined },
  { case: 'a method is there', registration: { daysLeft: 3, hasMethods: true }, want: undefined },
  { case: 'security info, no method yet', registration: { securityInfo: true }, want: 'securityInfo' },
  {
    case: 'security info, a method unused',
    registration: { securityInfo: true, hasMethods: true },
    want: 'secondFactor',
  },
  {
    case: 'security info, used just now',
    registration: { securityInfo: true, hasMethods: true },
    age: 0,
    want: 'securityInfo',
  },
  { case: 'used an hour ago', registration: { securityInfo: true, hasMethods: true }, age: 60, want: 'securityInfo' },
  { case: 'used before that', registration: { securityInfo: true, hasMethods: true }, age: 61, want: 'secondFactor' },
  {
    case: 'a passkey, five minutes later',
    registration: { securityInfo: true, hasMethods: true },
    age: 5,
    progress: passkey,
    want: 'securityInfo',
  },
  {
    case: 'a passkey, later',
    registration: { securityInfo: true, hasMethods: true },
    age: 6,
    progress: passkey,
    want: 'secondFactor',
  },
])('$case → $want', ({ want, ...situation }) => {
  expect(registrationStep(facts(situation))?.step).toBe(want)
})

const strength: UnmetControl = {
  control: 'authenticationStrength',
  aadsts: 50_076,
  policyId: 'p',
  policyName: 'Strict',
}

test.each<Situation & { case: string; control?: UnmetControl; want: string | undefined }>([
  { case: 'a method can meet it', registration: { hasMethods: true }, want: undefined },
  {
    case: 'plain multifactor',
    registration: { strengthOutOfReach: true },
    control: { ...strength, control: 'mfa' },
    want: undefined,
  },
  { case: 'no method at all', registration: { strengthOutOfReach: true }, want: 'registerSecondFactor' },
  { case: 'other methods, unused', registration: { strengthOutOfReach: true, hasMethods: true }, want: 'secondFactor' },
  {
    case: 'other methods, used now',
    registration: { strengthOutOfReach: true, hasMethods: true },
    age: 1,
    want: 'registerSecondFactor',
  },
  {
    case: 'other methods, used earlier',
    registration: { strengthOutOfReach: true, hasMethods: true },
    age: 6,
    want: 'secondFactor',
  },
])('a strength: $case → $want', ({ want, control = strength, ...situation }) => {
  expect(strengthStep(facts(situation), control, 'unmet')?.step).toBe(want)
})
