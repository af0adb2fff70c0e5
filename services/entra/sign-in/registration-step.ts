import type { UnmetControl } from '../conditional-access/decision.ts'
import type { NextStep, SignInFacts } from './next-step.ts'

/** What is known of the methods of whoever passed the first factor; there where a step may depend on it. */
export interface RegistrationFacts {
  /** The sign-in leads to the security info page rather than to an application. */
  readonly securityInfo: boolean
  readonly hasMethods: boolean
  /** A policy wants an authentication strength that none of the person's methods can meet. */
  readonly strengthOutOfReach: boolean
  /** Days in which the registration policy may still be put off; undefined where it asks nothing. */
  readonly daysLeft?: number | undefined
}

/** "Register a passkey": the second factor must be of the last five minutes. */
const passkeyMilliseconds = 5 * 60_000
/** How long security info stays open after a second factor. */
const openMilliseconds = 60 * 60_000

/** Registering methods: the security info page, and the policy that asks for a first method. */
export function registrationStep(facts: SignInFacts): NextStep | undefined {
  const { registration, progress } = facts
  if (!registration) return undefined
  if (registration.securityInfo) return securityInfoStep(facts)
  if (registration.hasMethods || registration.daysLeft === undefined || progress.registrationSkipped) return undefined
  const reason = 'the registration policy requires a method, and none is registered'
  return { step: 'registerSecondFactor', control: ownControl(50_072), reason, daysLeft: registration.daysLeft }
}

function securityInfoStep(facts: SignInFacts): NextStep {
  const passkey = facts.progress.registration?.stage === 'passkey'
  const stale = isStale(facts, passkey ? passkeyMilliseconds : openMilliseconds)
  if (stale && facts.registration?.hasMethods) {
    const reason = passkey ? 'a passkey needs a second factor of the last five minutes' : 'security info is protected'
    return { step: 'secondFactor', control: ownControl(50_076), reason }
  }
  return { step: 'securityInfo', reason: 'the request was for the security info page' }
}

/** A method that a policy wants is registered only behind one that is there already ("Register a passkey"). */
export function strengthStep(facts: SignInFacts, control: UnmetControl, reason: string): NextStep | undefined {
  const { registration } = facts
  if (control.control !== 'authenticationStrength' || !registration?.strengthOutOfReach) return undefined
  if (registration.hasMethods && isStale(facts, passkeyMilliseconds)) return { step: 'secondFactor', control, reason }
  return { step: 'registerSecondFactor', control, reason: `${reason}; no registered method can meet it` }
}

function isStale({ progress, now }: SignInFacts, limit: number): boolean {
  const at = progress.multifactor?.at ?? progress.firstFactor?.authentication.mfaAt
  return at === undefined || now - at > limit
}

function ownControl(aadsts: number): UnmetControl {
  return { control: 'mfa', aadsts, policyId: '', policyName: 'security info' }
}
