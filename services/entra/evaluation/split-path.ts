import type { RequestedClaims } from '../authorize/requested-claims.ts'
import { demandedResourceAddress } from '../authorize/requested-claims.ts'
import type { Decision } from '../conditional-access/decision.ts'
import { evaluateConditionalAccess } from '../conditional-access/evaluate.ts'
import type { SignInServices } from '../sign-in/services.ts'
import type { TokenWatch } from '../token/session-note.ts'

type Services = Pick<SignInServices, 'conditionalAccess' | 'circumstances'>

/**
 * "Strictly enforce location policies": where a policy says so, the address that the resource saw must be allowed,
 * too. @returns the decision that counts.
 */
export function atResource(services: Services, decision: Decision, claims: RequestedClaims | undefined): Decision {
  const there = decisionThere(services, decision, claims)
  return there && there.outcome !== 'allow' && isStrict(there) ? there : decision
}

/**
 * What a token says to the resource that saw another address than Entra ID does ("Continuous access evaluation", IP
 * address variation): allowed there, it is good there; otherwise the resource is to leave locations alone for an hour.
 */
export function watchOfAddresses(
  services: Services,
  decision: Decision | undefined,
  claims: RequestedClaims | undefined,
): Omit<TokenWatch, 'events'> {
  const there = decision && decisionThere(services, decision, claims)
  if (!there) return {}
  if (there.outcome !== 'allow') return { locationsSuspended: true }
  return { resourceAddress: there.evaluated.signals.location.address }
}

function decisionThere(
  { conditionalAccess, circumstances }: Services,
  { evaluated: { signals } }: Decision,
  claims: RequestedClaims | undefined,
): Decision | undefined {
  const address = demandedResourceAddress(claims)
  if (address === undefined || address === signals.location.address) return undefined
  const location = conditionalAccess.locate(address, circumstances.countries.of(address))
  return evaluateConditionalAccess(conditionalAccess.current(), { ...signals, location })
}

function isStrict({ sessionControls }: Decision): boolean {
  return sessionControls.continuousAccessEvaluation === 'strictLocation'
}
