import type { UnmetControl } from '../conditional-access/decision.ts'
import type { RiskLevel } from '../conditional-access/signals.ts'
import type { NextStep, SignInFacts } from './next-step.ts'

/** What the directory demands before anything else is looked at. */
export function expiredPasswordStep({ progress }: SignInFacts): NextStep | undefined {
  if (!progress.passwordExpired) return undefined
  return { step: 'changePassword', because: 'expired', reason: 'the password is right, and must be changed' }
}

const atRisk: ReadonlySet<RiskLevel> = new Set(['medium', 'high'])

/** What the person can do about a policy on a page of its own: accept terms, change the password. */
export function demandStep(facts: SignInFacts, control: UnmetControl, reason: string): NextStep | undefined {
  const signals = facts.decision?.evaluated.signals
  // "Risk policies": whoever is at risk must have registered before.
  if (control.aadsts === 50_079 && [signals?.userRisk, signals?.signInRisk].some((risk) => atRisk.has(risk ?? 'none')))
    return {
      step: 'refuse',
      error: 'proofUpBlocked',
      control,
      reason: `${reason}; at risk, and no method is registered`,
    }
  if (control.control === 'termsOfUse') return { step: 'acceptTerms', control, reason }
  return control.control === 'passwordChange' ? passwordStep(facts, control, reason) : undefined
}

/** "Conditional Access: Grant", require password change: behind a second factor, and where Entra ID has the password. */
function passwordStep({ domain, decision }: SignInFacts, control: UnmetControl, reason: string): NextStep {
  const signals = decision?.evaluated.signals
  if (!signals?.satisfied.mfa) {
    if (!signals?.hasMfaMethods) {
      return { step: 'refuse', error: 'proofUpBlocked', control, reason: `${reason}; no method is registered for it` }
    }
    return { step: 'secondFactor', control, reason: `${reason}; it takes a second factor` }
  }
  if (domain?.authentication !== 'passwordHashSync') {
    const kept = `${domain?.name ?? 'the domain'} is ${domain?.authentication ?? 'unknown'}`
    return { step: 'refuse', error: 'passwordChangeRequired', control, reason: `${reason}; ${kept}` }
  }
  return { step: 'changePassword', because: 'risk', reason }
}
