import { requireAssignment } from '../applications/require-assignment.ts'
import type { RequestedAccess } from '../authorize/requested-access.ts'
import type { RequestedClaims } from '../authorize/requested-claims.ts'
import { requestedContexts } from '../circumstances/requested-contexts.ts'
import type { Decision, SignInFrequency, UnmetControl } from '../conditional-access/decision.ts'
import { policyAskingForDevice } from '../conditional-access/device-demand.ts'
import { EntraError, type EntraErrorKey, errorKeyOf } from '../errors.ts'
import { atResource } from '../evaluation/split-path.ts'
import { refuseWhereForced } from '../outcomes/forced-token.ts'
import type { Person } from '../people/people.ts'
import { accessDecision } from '../sign-in/access-decision.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { grantedDevice } from './bound-device.ts'
import type { Grant } from './grant-store.ts'
import type { TokenRequest } from './token-request.ts'
import { tokenSignIn } from './token-sign-in.ts'

type Services = Pick<
  SignInServices,
  | 'config'
  | 'people'
  | 'mfa'
  | 'conditionalAccess'
  | 'circumstances'
  | 'clock'
  | 'devices'
  | 'revocations'
  | 'signIns'
  | 'outcomes'
>

/** The person a grant is for, if the account may still be signed in. */
export async function grantedPerson(
  { people, config }: Pick<Services, 'people' | 'config'>,
  objectId: string,
): Promise<Person> {
  const person = await people.byObjectId(objectId)
  if (!person) {
    const values = { user: objectId, tenant: config.tenant.displayName }
    throw new EntraError('userNotFound', { values, reason: 'the account of this grant is gone from the directory' })
  }
  if (!person.accountEnabled)
    throw new EntraError('accountDisabled', { reason: `${person.userPrincipalName} is disabled in the directory` })
  return person
}

/** @throws EntraError 50173 when the sign-in that the grant comes of was revoked. */
export function checkNotRevoked(
  { revocations }: Pick<Services, 'revocations'>,
  { proof }: Pick<TokenRequest, 'proof'>,
  grant: Pick<Grant, 'objectId' | 'sid' | 'authentication'>,
  issuedAt: number,
): Promise<void> {
  const { objectId, sid, authentication } = grant
  return revocations.check({ objectId, sid, authentication, issuedAt, confidential: proof !== '0' })
}

export interface AccessCheck {
  readonly request: TokenRequest
  readonly grant: Pick<Grant, 'redirectKind' | 'usedThrough' | 'usedBy' | 'authentication' | 'flow'>
  readonly person: Person
  readonly access: RequestedAccess
  readonly claims?: RequestedClaims | undefined
  /** A refresh token is told when its sign-in is older than policy allows. */
  readonly refreshedFrom?: { readonly issuedAt: number } | undefined
}

/** Conditional Access is asked at every issuance, for the resource of this token; a refusal is in the sign-in log. */
export async function checkAccess(services: Services, check: AccessCheck): Promise<Decision> {
  const { grant, person, request, access } = check
  const contexts = requestedContexts(check.claims)
  const resourceId = access.resource?.appId ?? request.client.appId
  requireAssignment(services.config.applications, person, [request.client.appId, resourceId])
  await refuseWhereForced(services, { client: request.client, user: person.userPrincipalName, resourceId })
  const device = await grantedDevice(services, request, grant, person)
  const seen = await accessDecision(services, {
    person,
    device,
    clientId: grant.usedBy ?? request.client.appId,
    resourceId,
    redirectKind: grant.usedThrough ?? grant.redirectKind,
    address: request.address,
    userAgent: request.userAgent,
    authentication: grant.authentication,
    authenticationContexts: contexts,
    authenticationFlow: grant.flow,
  })
  const decision = atResource(services, seen, check.claims)
  if (device.state === 'unidentified' && grant.flow === undefined) await challengeDevice(request, decision)
  const error =
    decision.outcome === 'allow' ? frequencyError(services, check, decision) : unmetError(decision, access, contexts)
  if (!error) return decision
  await services.signIns.add(tokenSignIn(services.config, { request, person, access, decision, error }))
  throw error
}

/** A grant without a device is completed here by clients that can: the product asks before it decides. */
async function challengeDevice({ presented }: TokenRequest, { evaluated }: Decision): Promise<void> {
  if (!presented?.answersChallenges || presented.answered) return
  const policy = policyAskingForDevice(evaluated.policySet, evaluated.signals)
  if (policy)
    throw await presented.challenge(`"${policy.displayName}" is about devices, and this client can prove its own`)
}

function unmetError(decision: Decision, access: RequestedAccess, contexts: readonly string[]): EntraError {
  const [unmet] = decision.requires
  const key = unmet ? (numberedKey(unmet) ?? keyOf[unmet.control] ?? 'blocked') : 'blocked'
  const registration = key === 'mfaRequired' && unmet?.aadsts === 50079
  return new EntraError(registration ? 'mfaRegistrationRequired' : key, {
    values: { resource: access.resource?.appId ?? '' },
    reason: decision.reason,
    claims: challenge(decision, contexts),
  })
}

/** Several numbers stand for one control of devices and apps. */
function numberedKey({ control, aadsts }: UnmetControl): EntraErrorKey | undefined {
  return numberedControls.has(control) ? errorKeyOf(aadsts) : undefined
}

const numberedControls: ReadonlySet<string> = new Set([
  'block',
  'compliantDevice',
  'domainJoinedDevice',
  'approvedApplication',
  'compliantApplication',
])

/** What the client hands to the authorize endpoint so that the person can do what is missing. */
function challenge({ requires }: Decision, contexts: readonly string[]): string {
  const policies = { essential: true, values: [...new Set(requires.map(({ policyId }) => policyId))] }
  const [context] = contexts
  const demanded = context !== undefined && { acrs: { essential: true, value: context } }
  return JSON.stringify({ access_token: { capolids: policies, ...demanded } })
}

const keyOf: Partial<Record<UnmetControl['control'], EntraErrorKey>> = {
  mfa: 'mfaRequired',
  authenticationStrength: 'mfaRequired',
  compliantDevice: 'deviceNotCompliant',
  domainJoinedDevice: 'deviceNotJoined',
  approvedApplication: 'appNotApproved',
  compliantApplication: 'appProtectionRequired',
  passwordChange: 'passwordChangeRequired',
  termsOfUse: 'externalChallenge',
  customAuthenticationFactor: 'externalChallenge',
}

function frequencyError(
  { clock }: Services,
  { grant, refreshedFrom, access }: AccessCheck,
  { sessionControls }: Decision,
): EntraError | undefined {
  const { signInFrequency, multifactorFrequency } = sessionControls
  const { authenticatedAt, mfaAt = authenticatedAt } = grant.authentication
  const isOlder = (at: number, { seconds }: SignInFrequency) =>
    clock.now().getTime() - at > Math.max(seconds, 300) * 1000
  if (!refreshedFrom) return undefined
  if (multifactorFrequency && isOlder(mfaAt, multifactorFrequency) && grant.authentication.mfaAt !== undefined) {
    const reason = `the second factor is older than the ${multifactorFrequency.seconds} s that a policy allows`
    return new EntraError('mfaExpired', { values: { resource: access.resource?.appId ?? '' }, reason })
  }
  if (!signInFrequency || !isOlder(authenticatedAt, signInFrequency)) return undefined
  const { seconds } = signInFrequency
  const issuedAt = new Date(refreshedFrom.issuedAt).toISOString()
  return new EntraError('signInFrequencyExceeded', {
    values: { issuedAt, seconds: String(seconds) },
    reason: `the sign-in is older than the ${seconds} s that a policy allows`,
  })
}
