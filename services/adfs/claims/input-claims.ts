import { type Claim, claimOf } from '../claim-rules/claim.ts'
import type { ProvedDevice } from '../device-authentication/registered-device.ts'
import { attributeValues, type DirectoryUser, windowsAccountName } from '../directory/directory-user.ts'
import type { RequestFacts } from '../proxy/request-facts.ts'
import type { Session } from '../sessions/session.ts'
import { claimTypes } from './claim-types.ts'

export interface ClaimSources {
  readonly user: DirectoryUser
  readonly session: Session
  readonly facts: RequestFacts
  readonly relyingPartyTrustId: string
}

const xmlSchema = 'http://www.w3.org/2001/XMLSchema#'
const adAuthority = { issuer: 'AD AUTHORITY' } as const
const deviceContext = { originalIssuer: 'DEVICE CONTEXT' } as const
const clientContext = { originalIssuer: 'CLIENT CONTEXT' } as const

/** What the Active Directory claims provider trust lets through, before any rule of a relying party runs. */
export function inputClaims(sources: ClaimSources): readonly Claim[] {
  return [...subjectClaims(sources), ...requestClaims(sources)]
}

/** Who the user is and how they signed in; of a user of another claims provider, what its acceptance rules left. */
export function subjectClaims({ user, session }: Pick<ClaimSources, 'user' | 'session'>): readonly Claim[] {
  return [...(session.provider?.claims ?? accountClaims(user)), ...sessionClaims(session), ...expiryClaims(user)]
}

const neverExpires = '9223372036854775807'

/** When the password ends, for accounts of which the directory says so. */
function expiryClaims(user: DirectoryUser): readonly Claim[] {
  const [fileTime] = attributeValues(user, 'msDS-UserPasswordExpiryTimeComputed')
  if (fileTime === undefined || fileTime === '0' || fileTime === neverExpires) return []
  return [claimOf(claimTypes.passwordExpirationTime, dateOfFileTime(fileTime).toISOString(), adAuthority)]
}

/** Units of 100 ns since 1601, as Active Directory counts. */
function dateOfFileTime(fileTime: string): Date {
  return new Date(Number(BigInt(fileTime) / 10_000n) - 11_644_473_600_000)
}

function accountClaims(user: DirectoryUser): readonly Claim[] {
  const account = windowsAccountName(user)
  const [primaryGroup] = attributeValues(user, 'primaryGroupID')
  const domainSid = user.sid.slice(0, user.sid.lastIndexOf('-'))
  const groups = new Set([...attributeValues(user, 'tokenGroups'), ...user.groups.map(({ sid }) => sid)])
  return [
    claimOf(claimTypes.windowsAccountName, account, adAuthority),
    claimOf(claimTypes.name, account, adAuthority),
    claimOf(claimTypes.upn, user.userPrincipalName, adAuthority),
    claimOf(claimTypes.primarySid, user.sid, adAuthority),
    ...(primaryGroup ? [claimOf(claimTypes.primaryGroupSid, `${domainSid}-${primaryGroup}`, adAuthority)] : []),
    ...[...groups].map((sid) => claimOf(claimTypes.groupSid, sid, adAuthority)),
  ]
}

function sessionClaims(session: Session): readonly Claim[] {
  const authority = session.provider ? { issuer: session.provider.identifier } : adAuthority
  const instant = { ...authority, valueType: `${xmlSchema}dateTime` }
  const secondFactor = session.multifactorInstant
  return [
    claimOf(claimTypes.authenticationMethod, session.primary.method, authority),
    claimOf(claimTypes.authenticationInstant, session.primary.instant, instant),
    ...(session.keepSignedIn ? [claimOf(claimTypes.persistentSso, 'true', authority)] : []),
    ...session.methods.map((method) => claimOf(claimTypes.authenticationMethodsReferences, method)),
    ...(secondFactor ? [claimOf(claimTypes.multifactorInstant, secondFactor, { valueType: instant.valueType })] : []),
  ]
}

/** Of a device that proved itself; without one there are none, not even isregistereduser. */
export function deviceClaims(proved: ProvedDevice | undefined): readonly Claim[] {
  if (!proved) return []
  const { device, registeredUser } = proved
  const flag = { ...deviceContext, valueType: `${xmlSchema}boolean` }
  return [
    claimOf(claimTypes.isRegisteredUser, String(registeredUser), flag),
    claimOf(claimTypes.deviceIsKnown, 'true', flag),
    claimOf(claimTypes.deviceIdentifier, device.deviceId, deviceContext),
    claimOf(claimTypes.deviceRegistrationId, device.deviceId, deviceContext),
    claimOf(claimTypes.deviceDisplayName, device.displayName, deviceContext),
    claimOf(claimTypes.deviceOsType, device.osType, deviceContext),
    ...(device.osVersion ? [claimOf(claimTypes.deviceOsVersion, device.osVersion, deviceContext)] : []),
    claimOf(claimTypes.deviceTrustType, device.trustType, deviceContext),
    claimOf(claimTypes.deviceIsManaged, String(device.isManaged), flag),
    claimOf(claimTypes.deviceIsCompliant, String(device.isCompliant), flag),
  ]
}

export function requestClaims({
  facts,
  relyingPartyTrustId,
}: Pick<ClaimSources, 'facts' | 'relyingPartyTrustId'>): readonly Claim[] {
  const optional: readonly (readonly [string, string | undefined])[] = [
    [claimTypes.proxy, facts.proxyName],
    [claimTypes.forwardedClientIp, facts.forwardedClientIp],
    [claimTypes.clientIp, facts.clientIp],
    [claimTypes.endpointPath, facts.endpointPath],
    [claimTypes.clientApplication, facts.clientApplication],
    [claimTypes.clientUserAgent, facts.clientUserAgent],
    [claimTypes.clientRequestId, facts.correlationId],
    [claimTypes.relyingPartyTrustId, relyingPartyTrustId],
  ]
  const inside = { ...clientContext, valueType: `${xmlSchema}boolean` }
  return [
    claimOf(claimTypes.insideCorporateNetwork, String(facts.insideCorporateNetwork), inside),
    ...optional.flatMap(([type, value]) => (value === undefined ? [] : [claimOf(type, value, clientContext)])),
  ]
}
