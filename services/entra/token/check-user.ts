import type { RequestedAccess } from '../authorize/requested-access.ts'
import type { Decision, UnmetControl } from '../conditional-access/decision.ts'
import { policyAskingForDevice } from '../conditional-access/device-demand.ts'
import { EntraError, type EntraErrorKey, errorKeyOf } from '../errors.ts'
import type { Person } from '../people/people.ts'
import { accessDecision } from '../sign-in/access-decision.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { grantedDevice } from './bound-device.ts'
import type { Grant } from './grant-store.ts'
import type { TokenRequest } from './token-request.ts'

type Services = Pick<
  SignInServices,
  'config' | 'people' | 'mfa' | 'conditionalAccess' | 'circumstances' | 'clock' | 'devices'
>

/** The person a grant is for, if the account may still be signed in. */
export async function grantedPerson({ people, config }: Services, objectId: string): Promise<Person> {
  const person = await people.byObjectId(objectId)
  if (!person) {
    const values = { user: objectId, tenant: config.tenant.displayName }
    throw new EntraError('userNotFound', { values, reason: 'the account of this grant is gone from the directory' })
  }
  if (!person.accountEnabled)
    throw new EntraError('accountDisabled', { reason: `${person.userPrincipalName} is disabled in the directory` })
  return person
}

export interface AccessCheck {
  readonly request: TokenRequest
  readonly grant: Grant
  readonly person: Person
  readonly access: RequestedAccess
  /** A refresh token is told when its sign-in is older than policy allows. */
  readonly refreshedFrom?: { readonly issuedAt: number } | undefined
}

/** Conditional Access is asked at every issuance, for the resource of this token. */
export async function checkAccess(services: Services, check: AccessCheck): Promise<void> {
  const { grant, person, request, access } = check
  const device = await grantedDevice(services, request, grant, person)
  const decision = await accessDecision(services, {
    person,
    device,
    clientId: request.client.appId,
    resourceId: access.resource?.appId ?? request.client.appId,
    redirectKind: grant.redirectKind,
    address: request.address,
    userAgent: request.userAgent,
    authentication: grant.authentication,
  })
  if (device.state === 'unidentified') await challengeDevice(request, decision)
  const [unmet] = decision.requires
  if (decision.outcome !== 'allow') throw unmetError(unmet, access, decision.reason)
  checkFrequency(services, check, decision.sessionControls.signInFrequency?.seconds)
}

/** A grant without a device is completed here by clients that can: the product asks before it decides. */
async function challengeDevice({ presented }: TokenRequest, { evaluated }: Decision): Promise<void> {
  if (!presented?.answersChallenges || presented.answered) return
  const policy = policyAskingForDevice(evaluated.policySet, evaluated.signals)
  if (policy)
    throw await presented.challenge(`"${policy.displayName}" is about devices, and this client can prove its own`)
}

function unmetError(unmet: UnmetControl | undefined, access: RequestedAccess, reason: string): EntraError {
  const key = unmet ? (numberedKey(unmet) ?? keyOf[unmet.control] ?? 'blocked') : 'blocked'
  const registration = key === 'mfaRequired' && unmet?.aadsts === 50079
  const claims = unmet && JSON.stringify({ access_token: { capolids: { essential: true, values: [unmet.policyId] } } })
  return new EntraError(registration ? 'mfaRegistrationRequired' : key, {
    values: { resource: access.resource?.appId ?? '' },
    reason,
    ...(claims !== undefined && { claims }),
  })
}

/** Several numbers stand for one control of devices and apps. */
function numberedKey({ control, aadsts }: UnmetControl): EntraErrorKey | undefined {
  return numberedControls.has(control) ? errorKeyOf(aadsts) : undefined
}

const numberedControls: ReadonlySet<string> = new Set([
  'compliantDevice',
  'domainJoinedDevice',
  'approvedApplication',
  'compliantApplication',
])

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

function checkFrequency({ clock }: Services, { grant, refreshedFrom }: AccessCheck, seconds: number | undefined): void {
  if (seconds === undefined || !refreshedFrom) return
  const allowed = Math.max(seconds, 300)
  if (clock.now().getTime() - grant.authentication.authenticatedAt <= allowed * 1000) return
  const issuedAt = new Date(refreshedFrom.issuedAt).toISOString()
  throw new EntraError('signInFrequencyExceeded', {
    values: { issuedAt, seconds: String(seconds) },
    reason: `the sign-in is older than the ${seconds} s that a policy allows`,
  })
}
