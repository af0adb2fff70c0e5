import { hash } from 'node:crypto'
import type { Claims } from '#shared/jwt/own-token.ts'
import { puidOf } from '#shared/scenario/identifiers.ts'
import type { Application } from '../applications/application.ts'
import type { RequestedClaims } from '../authorize/requested-claims.ts'
import { requestedContexts } from '../circumstances/requested-contexts.ts'
import { type EndpointVersion, issuerOf } from '../urls.ts'
import { nameClaims, opaque, times, type UserTokenFacts } from './claim-parts.ts'
import { type GroupClaimFacts, groupClaims } from './group-claims.ts'
import { optionalClaims } from './optional-claims.ts'
import { type SessionNote, sessionNote } from './session-note.ts'
import { pairwiseSubject } from './subject.ts'

export interface IdTokenFacts extends UserTokenFacts, Pick<GroupClaimFacts, 'assignedGroups' | 'frontChannel'> {
  readonly version: EndpointVersion
  readonly client: Application
  readonly nonce?: string | undefined
  /** The authorization code that leaves with it (hybrid flow). */
  readonly code?: string | undefined
  /** The access token that leaves with it (implicit flow). */
  readonly accessToken?: string | undefined
  readonly scopes: readonly string[]
  /** Values of the client's app roles that the person has. */
  readonly roles: readonly string[]
  readonly requested?: RequestedClaims | undefined
  /** `max_age` was given (OpenID Connect Core §2, auth_time). */
  readonly tellsAge?: boolean | undefined
  /** For a web application whose sessions Entra ID is asked about. */
  readonly note?: SessionNote | undefined
}

const idTokenLifetime = 3600

/** "ID token claims reference". */
export function idTokenClaims(facts: IdTokenFacts): Claims {
  const { person, version, tenantId, client } = facts
  return {
    aud: client.appId,
    iss: issuerOf(version, tenantId),
    ...times(facts.now, idTokenLifetime),
    aio: facts.note ? sessionNote(facts.note) : opaque(facts.tokenId),
    ...(facts.accessToken !== undefined && { at_hash: halfHash(facts.accessToken) }),
    ...(facts.code !== undefined && { c_hash: halfHash(facts.code) }),
    ...(facts.nonce !== undefined && { nonce: facts.nonce }),
    ...(version === 1 ? versionOneIdentity(facts) : versionTwoIdentity(facts)),
    ...requestedIdClaims(facts),
    ...groupClaims({ ...facts, application: client }),
    oid: person.objectId,
    rh: opaque(`${facts.sid}${client.appId}`),
    ...(facts.roles.length > 0 && { roles: facts.roles }),
    sid: facts.sid,
    sub: pairwiseSubject(tenantId, person.objectId, client.appId),
    tid: tenantId,
    uti: facts.tokenId,
    ver: `${version}.0`,
    ...(facts.note && { xms_cc: ['CP1'] }),
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

/** Optional claims that the registration or a `claims` parameter names; those it does not know are left out. */
function requestedIdClaims(facts: IdTokenFacts): Claims {
  const { requested, client, tellsAge } = facts
  const names = [
    ...client.claims.idToken,
    ...Object.keys(requested?.id_token ?? {}),
    ...(tellsAge ? ['auth_time'] : []),
  ]
  return optionalClaims(names, { ...facts, contexts: requestedContexts(requested) })
}

/** OpenID Connect Core §3.3.2.11: the left half of the digest. */
function halfHash(value: string): string {
  return hash('sha256', value, 'buffer').subarray(0, 16).toString('base64url')
}
