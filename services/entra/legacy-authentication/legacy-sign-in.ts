import type { Decision } from '../conditional-access/decision.ts'
import { EntraError, errorKeyOf } from '../errors.ts'
import { acceptedBearerAssertion } from '../federation/accepted-assertion.ts'
import { federatedIdentity } from '../federation/assertion-claims.ts'
import { believedSignIn, type FederationServices } from '../federation/login-return.ts'
import type { Person } from '../people/people.ts'
import { accessDecision } from '../sign-in/access-decision.ts'
import type { Authentication } from '../sign-in/browser-session.ts'
import { conditionalAccessStatus, needsMultifactor } from '../sign-in/sign-in-record.ts'
import { passwordDetail } from '../sign-in/steps/password.ts'
import type { AuthenticationDetail, NewSignIn } from '../sign-in-log/sign-in-log.ts'
import { grantedPerson } from '../token/check-user.ts'

/*
 * Somebody's name and password that a protocol without sign-in pages handed to a service of Microsoft 365.
 * Owns checking them (or what AD FS said of them), Conditional Access for such clients, and the sign-in log's row.
 * URL: /legacyauthentication/{tenantId}, with a machine token of Exchange Online.
 */

export interface LegacyAttempt {
  readonly userPrincipalName: string
  /** Of a managed domain; of a federated one `assertion`, which AD FS issued for the password. */
  readonly password?: string | undefined
  readonly assertion?: string | undefined
  readonly clientAppType: 'exchangeActiveSync' | 'other'
  /** As the sign-in log names the client, such as `Exchange ActiveSync`. */
  readonly clientAppUsed: string
  readonly resourceId: string
  readonly address: string
  readonly userAgent: string
  readonly correlationId: string
  readonly traceId: string
}

/** @throws EntraError with the code of the sign-in log: 50126, 53003 and their kin. */
export async function legacySignIn(services: FederationServices, attempt: LegacyAttempt): Promise<Person> {
  let seen: Seen = { details: [] }
  try {
    seen = await firstFactor(services, attempt)
    const person = await grantedPerson(services, seen.objectId ?? '')
    seen = { ...seen, person }
    const decision = await decide(services, attempt, person, seen.authentication)
    seen = { ...seen, decision }
    if (decision.outcome !== 'allow') throw unmet(decision)
    await services.signIns.add(record(services, attempt, seen))
    return person
  } catch (error) {
    if (error instanceof EntraError) await services.signIns.add(record(services, attempt, { ...seen, error }))
    throw error
  }
}

interface Seen {
  readonly objectId?: string
  readonly authentication?: Authentication
  readonly details: readonly AuthenticationDetail[]
  readonly person?: Person
  readonly decision?: Decision
  readonly error?: EntraError
}

function firstFactor(services: FederationServices, attempt: LegacyAttempt): Promise<Seen> {
  return attempt.assertion === undefined
    ? byPassword(services, attempt)
    : byAssertion(services, attempt, attempt.assertion)
}

async function byPassword(
  { passwords, clock, config }: FederationServices,
  { userPrincipalName, password = '' }: LegacyAttempt,
): Promise<Seen> {
  const check = await passwords.check(userPrincipalName, password)
  const at = clock.now().getTime()
  if (check.outcome === 'refused') {
    const { aadsts, reason } = check
    const values = { user: userPrincipalName, tenant: config.tenant.displayName }
    throw new EntraError(errorKeyOf(aadsts) ?? 'wrongPassword', { values, reason })
  }
  const authentication: Authentication = {
    amr: ['pwd'],
    authenticatedAt: at,
    federated: false,
    keepSignedIn: false,
    combinations: ['password'],
  }
  return { objectId: check.person.objectId, authentication, details: [passwordDetail(at, check.by)] }
}

async function byAssertion(
  services: FederationServices,
  { userPrincipalName }: LegacyAttempt,
  xml: string,
): Promise<Seen> {
  const { domains, certificates, clock } = services
  const accepted = await acceptedBearerAssertion({ domains, certificates, now: clock.now() }, xml)
  const identity = federatedIdentity(accepted.assertion, accepted.domain, accepted.federation)
  const factor = await believedSignIn(services, accepted, identity)
  if (factor.userPrincipalName.toLowerCase() === userPrincipalName.toLowerCase()) return factor
  const reason = `the assertion is about ${factor.userPrincipalName}, the attempt about ${userPrincipalName}`
  throw new EntraError('samlTokenInvalid', { reason })
}

function decide(
  services: FederationServices,
  { resourceId, address, userAgent, clientAppType }: LegacyAttempt,
  person: Person,
  authentication: Authentication | undefined,
): Promise<Decision> {
  if (!authentication) throw new Error('a first factor without its authentication')
  const facts = { person, resourceId, address, userAgent, authentication, clientAppType }
  return accessDecision(services, { ...facts, redirectKind: 'publicClient' })
}

/** Nothing can be asked of such a client, so every demand is a refusal ("Conditions: legacy authentication clients"). */
function unmet(decision: Decision): EntraError {
  const [first] = decision.requires
  const key = first?.control === 'mfa' ? 'mfaRequired' : 'blocked'
  return new EntraError(key, { values: { resource: '' }, reason: decision.reason })
}

function record({ config }: FederationServices, attempt: LegacyAttempt, seen: Seen): NewSignIn {
  const { person, decision, error, details } = seen
  const name = config.applications.byId(attempt.resourceId)?.displayName ?? ''
  return {
    id: attempt.traceId,
    userDisplayName: person?.displayName ?? '',
    userPrincipalName: (person?.userPrincipalName ?? attempt.userPrincipalName).toLowerCase(),
    userId: person?.objectId ?? '00000000-0000-0000-0000-000000000000',
    appId: attempt.resourceId,
    appDisplayName: name,
    resourceId: attempt.resourceId,
    resourceDisplayName: name,
    ipAddress: attempt.address,
    clientAppUsed: attempt.clientAppUsed,
    userAgent: attempt.userAgent,
    correlationId: attempt.correlationId,
    isInteractive: true,
    conditionalAccessStatus: conditionalAccessStatus(decision),
    evaluated: decision?.evaluated,
    authenticationRequirement: needsMultifactor(decision) ? 'multiFactorAuthentication' : 'singleFactorAuthentication',
    authenticationDetails: details,
    status: error
      ? { errorCode: error.facts.aadsts, failureReason: error.message, additionalDetails: error.reason }
      : { errorCode: 0, failureReason: 'Other.' },
  }
}
