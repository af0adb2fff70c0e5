import type { Claims } from '#shared/jwt/own-token.ts'
import { puidOf } from '#shared/scenario/identifiers.ts'
import type { Application, RedirectKind } from '../applications/application.ts'
import type { AuthenticationFlow } from '../conditional-access/signals.ts'
import { issuerOf } from '../urls.ts'
import { nameClaims, opaque, signInState, type TokenFacts, times, type UserTokenFacts } from './claim-parts.ts'
import type { ClientProof } from './client-authentication.ts'
import { applicationRole, type GroupClaimFacts, groupClaims, memberRole } from './group-claims.ts'
import { optionalClaims } from './optional-claims.ts'
import { sessionNote, type TokenWatch } from './session-note.ts'
import { pairwiseSubject } from './subject.ts'

export interface AccessTokenFacts extends UserTokenFacts, Pick<GroupClaimFacts, 'assignedGroups' | 'frontChannel'> {
  readonly client: Application
  readonly clientProof: ClientProof
  readonly redirectKind: RedirectKind
  /** The application that the person used, where an API acts on their behalf. */
  readonly usedBy?: string | undefined
  readonly flow?: AuthenticationFlow | undefined
  readonly audience: string
  readonly resource: Application
  readonly scopes: readonly string[]
  /** Values of the resource's app roles that the person has. */
  readonly roles: readonly string[]
  readonly lifetime: number
  /** `CP1`. */
  readonly capabilities: readonly string[]
  /** Authentication contexts that were asked for and are met. */
  readonly contexts: readonly string[]
  readonly notBefore?: number | undefined
  readonly watch?: TokenWatch | undefined
}

/** "Access token claims reference"; the resource decides the dialect. */
export function accessTokenClaims(facts: AccessTokenFacts): Claims {
  const { person, resource, client, tenantId } = facts
  const version = resource.accessTokenVersion
  return {
    aud: version === 1 ? facts.audience : resource.appId,
    iss: issuerOf(version, tenantId),
    ...times(facts.now, facts.lifetime, facts.notBefore),
    ...(facts.contexts.length > 0 && { acrs: facts.contexts }),
    aio: noteOf(facts),
    ...(version === 1 ? versionOneClaims(facts) : versionTwoClaims(facts)),
    ...(resource.origin === 'firstParty' ? microsoftClaims(facts) : groupClaims({ ...facts, application: resource })),
    ...optionalClaims(resource.claims.accessToken, facts),
    oid: person.objectId,
    rh: opaque(`${facts.sid}${resource.appId}`),
    ...(facts.roles.length > 0 && { roles: facts.roles }),
    scp: facts.scopes.join(' '),
    sid: facts.sid,
    sub: pairwiseSubject(tenantId, person.objectId, client.appId),
    tid: tenantId,
    uti: facts.tokenId,
    ver: `${version}.0`,
    ...(facts.capabilities.length > 0 && { xms_cc: facts.capabilities }),
  }
}

function noteOf({ authentication, redirectKind, client, usedBy, flow, watch }: AccessTokenFacts): string {
  return sessionNote({ authentication, redirectKind, clientId: usedBy ?? client.appId, flow, watch })
}

/** Exchange Online, Microsoft Graph and their like are told more than an API of the tenant. */
function microsoftClaims(facts: AccessTokenFacts): Claims {
  return {
    acct: 0,
    idtyp: 'user',
    signin_state: signInState(facts),
    wids: [...facts.person.directoryRoles, memberRole],
  }
}

function versionOneClaims(facts: AccessTokenFacts): Claims {
  const { person, client, clientProof, authentication, address, device } = facts
  return {
    acr: '1',
    amr: authentication.amr,
    app_displayname: client.displayName,
    appid: client.appId,
    appidacr: clientProof,
    ...(device && { deviceid: device.deviceId }),
    ...nameClaims(person),
    ipaddr: address,
    ...(authentication.insideCorporateNetwork && { in_corp: 'true' }),
    ...(person.sid !== undefined && { onprem_sid: person.sid }),
    puid: puidOf(person.objectId),
    unique_name: person.userPrincipalName,
    upn: person.userPrincipalName,
  }
}

function versionTwoClaims({ person, client, clientProof }: AccessTokenFacts): Claims {
  return {
    azp: client.appId,
    azpacr: clientProof,
    name: person.displayName,
    preferred_username: person.userPrincipalName,
  }
}

export interface AppTokenFacts extends TokenFacts {
  readonly client: Application
  readonly clientProof: ClientProof
  readonly audience: string
  readonly resource: Application
  readonly lifetime: number
  /** Object id of the client's service principal. */
  readonly servicePrincipalId: string
  /** Values of the resource's app roles that it has. */
  readonly roles: readonly string[]
  /** Template ids of its directory roles, which Microsoft's own resources are told. */
  readonly directoryRoles: readonly string[]
}

/** App-only: the service principal stands in the person's place. */
export function appTokenClaims(facts: AppTokenFacts): Claims {
  const { client, clientProof, resource, tenantId, servicePrincipalId } = facts
  const version = resource.accessTokenVersion
  return {
    aud: version === 1 ? facts.audience : resource.appId,
    iss: issuerOf(version, tenantId),
    ...times(facts.now, facts.lifetime),
    aio: opaque(facts.tokenId),
    ...(version === 1
      ? { app_displayname: client.displayName, appid: client.appId, appidacr: clientProof, idp: issuerOf(1, tenantId) }
      : { azp: client.appId, azpacr: clientProof }),
    ...((resource.origin === 'firstParty' || resource.claims.accessToken.includes('idtyp')) && { idtyp: 'app' }),
    oid: servicePrincipalId,
    rh: opaque(`${client.appId}${resource.appId}`),
    ...(facts.roles.length > 0 && { roles: facts.roles }),
    sub: servicePrincipalId,
    tid: tenantId,
    uti: facts.tokenId,
    ver: `${version}.0`,
    ...(resource.origin === 'firstParty' && { wids: [...facts.directoryRoles, applicationRole] }),
  }
}
