import { createHash } from 'node:crypto'
import type { Application } from '../applications/application.ts'
import type { RequestedClaims } from '../authorize/authorize-request.ts'
import { loginHintClaim } from '../authorize/authorize-request.ts'
import { deviceStates } from '../devices/device-facts.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import type { Person } from '../people/people.ts'
import type { Authentication } from '../sign-in/browser-session.ts'
import { type EndpointVersion, issuerOf } from '../urls.ts'
import type { Claims } from './sign-token.ts'
import { pairwiseSubject, puidOf } from './subject.ts'

interface TokenFacts {
  readonly tenantId: string
  /** Epoch seconds. */
  readonly now: number
  /** Id of this token, by which the sign-in log finds it. */
  readonly tokenId: string
}

export interface UserTokenFacts extends TokenFacts {
  readonly person: Person
  readonly authentication: Authentication
  readonly sid: string
  readonly address: string
  /** The device that the sign-in is bound to. */
  readonly device?: DirectoryDevice | undefined
  /** The address lies in a trusted named location. */
  readonly trustedNetwork?: boolean | undefined
}

export interface AccessTokenFacts extends UserTokenFacts {
  readonly client: Application
  /** How the client proved itself: 0 not at all, 1 secret. */
  readonly clientProof: '0' | '1'
  readonly audience: string
  readonly resource: Application
  readonly scopes: readonly string[]
  readonly lifetime: number
}

/** "Access token claims reference"; the resource decides the dialect. */
export function accessTokenClaims(facts: AccessTokenFacts): Claims {
  const { person, resource, client, tenantId } = facts
  const version = resource.accessTokenVersion
  return {
    aud: version === 1 ? facts.audience : resource.appId,
    iss: issuerOf(version, tenantId),
    ...times(facts.now, facts.lifetime),
    acct: 0,
    ...(version === 1 ? versionOneClaims(facts) : { azp: client.appId, azpacr: facts.clientProof }),
    ...(version === 2 && { name: person.displayName, preferred_username: person.userPrincipalName }),
    idtyp: 'user',
    oid: person.objectId,
    ...(person.sid !== undefined && { onprem_sid: person.sid }),
    rh: opaque(`${facts.sid}${resource.appId}`),
    scp: facts.scopes.join(' '),
    sid: facts.sid,
    signin_state: signInState(facts),
    sub: pairwiseSubject(tenantId, person.objectId, client.appId),
    tid: tenantId,
    uti: facts.tokenId,
    ver: `${version}.0`,
    wids: [...person.directoryRoles, memberRole],
  }
}

/** The template id that every member of a tenant has in `wids`. */
const memberRole = 'b79fbf4d-3ef9-4689-8143-76b194e85509'

function versionOneClaims(facts: AccessTokenFacts): Claims {
  const { person, client, clientProof, authentication, address, tokenId, device } = facts
  return {
    acr: '1',
    aio: opaque(tokenId),
    amr: authentication.amr,
    app_displayname: client.displayName,
    appid: client.appId,
    appidacr: clientProof,
    ...(device && { deviceid: device.deviceId }),
    ...nameClaims(person),
    ipaddr: address,
    ...(authentication.insideCorporateNetwork && { in_corp: 'true' }),
    puid: puidOf(person.objectId),
    unique_name: person.userPrincipalName,
    upn: person.userPrincipalName,
  }
}

function nameClaims(person: Person): Claims {
  return {
    ...(person.surname !== undefined && { family_name: person.surname }),
    ...(person.givenName !== undefined && { given_name: person.givenName }),
    name: person.displayName,
  }
}

export interface AppTokenFacts extends TokenFacts {
  readonly client: Application
  readonly audience: string
  readonly resource: Application
  readonly lifetime: number
  /** Object id of the client's service principal. */
  readonly servicePrincipalId: string
  /** Values of the resource's app roles that it has. */
  readonly roles: readonly string[]
}

/** App-only: the service principal stands in the person's place. */
export function appTokenClaims(facts: AppTokenFacts): Claims {
  const { client, resource, tenantId, servicePrincipalId } = facts
  const version = resource.accessTokenVersion
  return {
    aud: version === 1 ? facts.audience : resource.appId,
    iss: issuerOf(version, tenantId),
    ...times(facts.now, facts.lifetime),
    aio: opaque(facts.tokenId),
    ...(version === 1
      ? { app_displayname: client.displayName, appid: client.appId, appidacr: '1', idp: issuerOf(1, tenantId) }
      : { azp: client.appId, azpacr: '1' }),
    idtyp: 'app',
    oid: servicePrincipalId,
    rh: opaque(`${client.appId}${resource.appId}`),
    ...(facts.roles.length > 0 && { roles: facts.roles }),
    sub: servicePrincipalId,
    tid: tenantId,
    uti: facts.tokenId,
    ver: `${version}.0`,
  }
}

export interface IdTokenFacts extends UserTokenFacts {
  readonly version: EndpointVersion
  readonly client: Application
  readonly nonce?: string | undefined
  /** The authorization code that leaves with it (hybrid flow). */
  readonly code?: string | undefined
  readonly scopes: readonly string[]
  readonly requested?: RequestedClaims | undefined
}

const idTokenLifetime = 3600

/** "ID token claims reference". */
export function idTokenClaims(facts: IdTokenFacts): Claims {
  const { person, version, tenantId, client } = facts
  return {
    aud: client.appId,
    iss: issuerOf(version, tenantId),
    ...times(facts.now, idTokenLifetime),
    aio: opaque(facts.tokenId),
    ...(facts.code !== undefined && { c_hash: halfHash(facts.code) }),
    ...(facts.nonce !== undefined && { nonce: facts.nonce }),
    ...(version === 1 ? versionOneIdentity(facts) : versionTwoIdentity(facts)),
    ...requestedIdClaims(facts),
    oid: person.objectId,
    rh: opaque(`${facts.sid}${client.appId}`),
    sid: facts.sid,
    sub: pairwiseSubject(tenantId, person.objectId, client.appId),
    tid: tenantId,
    uti: facts.tokenId,
    ver: `${version}.0`,
  }
}

function versionOneIdentity({ person, authentication, address }: IdTokenFacts): Claims {
  return {
    amr: authentication.amr,
    ...nameClaims(person),
    ipaddr: address,
    ...(authentication.insideCorporateNetwork && { in_corp: 'true' }),
    ...(person.sid !== undefined && { onprem_sid: person.sid }),
    puid: puidOf(person.objectId),
    unique_name: person.userPrincipalName,
    upn: person.userPrincipalName,
  }
}

function versionTwoIdentity({ person, scopes }: IdTokenFacts): Claims {
  return {
    ...(scopes.includes('profile') && { name: person.displayName, preferred_username: person.userPrincipalName }),
    ...(scopes.includes('email') && person.mail !== undefined && { email: person.mail }),
  }
}

/** Optional claims that a `claims` parameter may ask for by name. */
function requestedIdClaims(facts: IdTokenFacts): Claims {
  const { requested, person, authentication } = facts
  const available: Claims = {
    auth_time: Math.floor(authentication.authenticatedAt / 1000),
    login_hint: loginHintClaim(person.userPrincipalName),
    signin_state: signInState(facts),
    acct: 0,
  }
  const names = Object.keys(requested?.id_token ?? {})
  return Object.fromEntries(Object.entries(available).filter(([name]) => names.includes(name)))
}

function signInState({ authentication, device, trustedNetwork }: UserTokenFacts): readonly string[] {
  const { keepSignedIn, insideCorporateNetwork } = authentication
  return [
    ...deviceStates(device),
    ...(insideCorporateNetwork || trustedNetwork ? ['inknownntwk'] : []),
    ...(keepSignedIn ? ['kmsi'] : []),
  ]
}

/** Five minutes early, for clocks that lag ("Access tokens", nbf). */
function times(now: number, lifetime: number): Claims {
  return { iat: now - 300, nbf: now - 300, exp: now + lifetime }
}

/** OpenID Connect Core §3.3.2.11: the left half of the digest. */
function halfHash(value: string): string {
  return createHash('sha256').update(value).digest().subarray(0, 16).toString('base64url')
}

/** For members whose content only Entra ID reads. */
function opaque(seed: string): string {
  return `1.A${createHash('sha256').update(seed).digest('base64url')}.`
}
