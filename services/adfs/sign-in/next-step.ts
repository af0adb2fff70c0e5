import type { AccessDecision } from '../access-control/evaluate.ts'
import { additionalMethodUris, type RequestedMethod, satisfiesMethod } from '../claims/authentication-methods.ts'
import { hasSecondFactor, type Session } from '../sessions/session.ts'
import type { SignInRequest } from './sign-in-request.ts'

/** Why the user has to give credentials now; undefined when the session will do. */
export function primaryNeeded(
  session: Session | undefined,
  request: Pick<SignInRequest, 'freshness' | 'key' | 'sessionMismatch' | 'method'>,
  now: Date,
): string | undefined {
  if (!session) return 'there is no AD FS session'
  const { freshness, key } = request
  const mismatch = request.sessionMismatch?.(session)
  if (mismatch !== undefined) return mismatch
  // Somebody who has just signed in for this request has done what can be done here.
  if (session.freshFor !== key && !satisfiesMethod(request.method, [session.primary.method, ...session.methods])) {
    return `the session was proved by ${session.primary.method}, the request asks for another way`
  }
  if (freshness.kind === 'now' && session.freshFor !== key) return freshness.reason
  if (freshness.kind !== 'maximumAge') return undefined
  const age = (now.getTime() - Date.parse(session.primary.instant)) / 60_000
  return age > freshness.minutes ? `credentials are ${Math.floor(age)} minutes old, ${freshness.asked}` : undefined
}

export interface PolicyFacts {
  /** One decision for each trust that has a say. */
  readonly decisions: readonly AccessDecision[]
  /** Which additional authentication rules asked for a second factor. */
  readonly additionalRules: readonly string[]
  readonly method: RequestedMethod
  /** The only method of the Azure MFA adapter that will do. */
  readonly azureMethod?: string | undefined
  readonly insideCorporateNetwork: boolean
  /** `mfa_max_age`, in seconds. */
  readonly secondFactorMaximumAge?: number | undefined
  readonly now: Date
}

export interface PolicyStep {
  readonly outcome: 'deny' | 'additional' | 'issue'
  readonly reason: string
}

/** The policy step, the same for every protocol: deny wins, then whoever asks for a second factor. */
export function policyStep(session: Session, policy: PolicyFacts): PolicyStep {
  const denial = policy.decisions.find(({ outcome }) => outcome === 'deny')
  if (denial || policy.decisions.length === 0) {
    return { outcome: 'deny', reason: denial?.reason ?? 'no access control policy was evaluated' }
  }
  const why = secondFactorReasons(policy)
  const permitted = policy.decisions.map(({ reason }) => reason).join('; ')
  if (why.length === 0) return { outcome: 'issue', reason: permitted }
  if (hasSecondFactor(session) && hasRequestedMethod(session, policy) && !isTooOld(session, policy))
    return { outcome: 'issue', reason: `${why.join('; ')}: done in this session` }
  return { outcome: 'additional', reason: why.join('; ') }
}

function hasRequestedMethod({ methods }: Session, { azureMethod }: PolicyFacts): boolean {
  const uri = azureMethod && additionalMethodUris[azureMethod]
  return uri === undefined || uri === '' || methods.includes(uri)
}

/** From the second factor to the request that it was given for: without it `mfa_max_age=0` would ask for ever. */
const answering = 10_000

function isTooOld({ multifactorInstant }: Session, { secondFactorMaximumAge, now }: PolicyFacts): boolean {
  if (secondFactorMaximumAge === undefined) return false
  return now.getTime() - Date.parse(multifactorInstant ?? '') > secondFactorMaximumAge * 1000 + answering
}

function secondFactorReasons(policy: PolicyFacts): string[] {
  const { decisions, additionalRules, method, insideCorporateNetwork, secondFactorMaximumAge } = policy
  const byPolicy = decisions.filter(({ outcome }) => outcome === 'permitWithMfa').map(({ reason }) => reason)
  const byRequest =
    method === 'multiple' || (method === 'windowsInsideOrMultiple' && !insideCorporateNetwork)
      ? ['the request asks for multiple authentication']
      : []
  const byAge = secondFactorMaximumAge === undefined ? [] : [`mfa_max_age=${secondFactorMaximumAge}`]
  return [...byPolicy, ...additionalRules, ...byRequest, ...byAge]
}
