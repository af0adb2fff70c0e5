import { graphId } from '../applications/first-party.ts'
import type { RequestedAccess } from '../authorize/requested-access.ts'
import type { RequestedClaims } from '../authorize/requested-claims.ts'
import type { Decision } from '../conditional-access/decision.ts'
import type { Person } from '../people/people.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { type AccessTokenOrder, type IssuedAccessToken, issueAccessToken, peopleClaims } from './access-token.ts'
import { boundDevice } from './bound-device.ts'
import { type Grant, spaRefreshLifetime } from './grant-store.ts'
import { idTokenClaims } from './id-token-claims.ts'
import { clientInfo } from './subject.ts'
import { refreshIn } from './token-lifetimes.ts'
import type { TokenAnswer, TokenRequest } from './token-request.ts'

export interface UserTokens {
  readonly request: TokenRequest
  readonly grant: Grant
  readonly person: Person
  readonly access: RequestedAccess
  readonly nonce?: string | undefined
  readonly claims?: RequestedClaims | undefined
  /** When the refresh token that was used ends for good. */
  readonly chainEndsAt?: number | undefined
  /** The authorization request asked how old the sign-in may be, so it is told how old it is. */
  readonly tellsAge?: boolean | undefined
  /** Of Conditional Access on this request. */
  readonly decision: Decision
}

type Services = Pick<
  SignInServices,
  | 'config'
  | 'clock'
  | 'random'
  | 'signer'
  | 'grants'
  | 'consents'
  | 'revocations'
  | 'circumstances'
  | 'devices'
  | 'conditionalAccess'
>

/** The body of a successful delegated token request. */
export async function userTokenAnswer(services: Services, tokens: UserTokens): Promise<TokenAnswer> {
  const { request, person, access, claims, decision } = tokens
  const { config, clock, random } = services
  const { version, client, proof } = request
  const stands = (connection: string) => services.circumstances.whereabouts.of(person.objectId, connection)
  const grant = { ...tokens.grant, address: stands(addressFor(request, tokens.grant)) }
  const now = clock.seconds()
  const token = {
    now,
    tokenId: random.token(16),
    device: await boundDevice(services, grant),
    trustedNetwork: services.conditionalAccess.locate(stands(request.address)).isTrusted,
  }
  const [accessToken, idToken, refreshToken] = await Promise.all([
    issueAccessToken(services, { ...token, version, client, proof, grant, person, access, claims, decision }),
    idTokenOf(services, { ...tokens, grant }, token),
    refreshTokenOf(services, { ...tokens, grant }),
  ])
  return {
    token_type: 'Bearer',
    ...(version === 1 ? versionOneMembers(accessToken, now) : versionTwoMembers(accessToken, access)),
    access_token: accessToken.token,
    ...(refreshToken !== undefined && refreshMembers(services, tokens, refreshToken)),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(request.parameters.client_info === '1' && { client_info: clientInfo(config.tenant.id, person.objectId) }),
  }
}

/** A program of the person's is where the person is; the server of a confidential client is not. */
function addressFor({ proof, address }: TokenRequest, grant: Grant): string {
  return proof === '0' ? address : grant.address
}

function refreshMembers(services: Services, tokens: UserTokens, refreshToken: string): TokenAnswer {
  return {
    refresh_token: refreshToken,
    ...(tokens.grant.redirectKind === 'spa' && { refresh_token_expires_in: remaining(tokens, services) }),
    ...(tokens.request.client.family && { foci: '1' }),
  }
}

function versionTwoMembers({ scopes, lifetime }: IssuedAccessToken, access: RequestedAccess): TokenAnswer {
  return {
    scope: echoedScopes(scopes, access),
    expires_in: lifetime,
    ext_expires_in: lifetime,
    refresh_in: refreshIn(lifetime),
  }
}

/** As the client spelled them, `.default` included, and what that stands for; offline_access is never repeated. */
export function echoedScopes(scopes: readonly string[], { resource, openid }: RequestedAccess): string {
  const identifier = resource?.audience === graphId ? undefined : resource?.audience
  const full = (scope: string) =>
    identifier === undefined || !resource ? scope : `${identifier.replace(/\/$/, '')}/${scope}`
  const spelled = resource?.spelled ?? []
  const more = resource?.scopes.includes('.default') ? scopes.map(full) : []
  return [...new Set([...more, ...spelled, ...openid.filter((scope) => scope !== 'offline_access')])].join(' ')
}

function versionOneMembers({ scopes, audience, lifetime }: IssuedAccessToken, now: number): TokenAnswer {
  return {
    scope: scopes.join(' '),
    expires_in: String(lifetime),
    ext_expires_in: String(lifetime),
    expires_on: String(now + lifetime),
    not_before: String(now - 300),
    resource: audience,
    refresh_in: refreshIn(lifetime)?.toString(),
  }
}

/** v2 gives what `openid` and `offline_access` ask for; v1 always gives both. */
function idTokenOf(
  { config, signer }: Services,
  { request, grant, person, access, nonce, claims, tellsAge }: UserTokens,
  token: Pick<AccessTokenOrder, 'now' | 'tokenId' | 'device' | 'trustedNetwork'>,
): Promise<string | undefined> {
  const { version, client } = request
  if (version === 2 && !access.openid.includes('openid')) return Promise.resolve(undefined)
  const content = idTokenClaims({
    ...grant,
    tenantId: config.tenant.id,
    ...token,
    version,
    client,
    person,
    nonce,
    scopes: access.openid,
    requested: claims,
    tellsAge,
    ...peopleClaims(config.applications, { person }, client),
  })
  return signer.sign(content, version === 1 ? 'withThumbprint' : 'plain')
}

function refreshTokenOf(services: Services, tokens: UserTokens): Promise<string | undefined> {
  const { request, grant, access } = tokens
  if (request.version === 2 && !access.openid.includes('offline_access')) return Promise.resolve(undefined)
  const { objectId, clientId, redirectKind, usedThrough, usedBy, sid, flow, authentication, address } = grant
  const issuedAt = services.clock.now().getTime()
  const endsAt = redirectKind === 'spa' ? (tokens.chainEndsAt ?? issuedAt + spaRefreshLifetime) : undefined
  return services.grants.issueRefreshToken({
    objectId,
    clientId,
    redirectKind,
    usedThrough,
    usedBy,
    sid,
    flow,
    authentication,
    address,
    access,
    issuedAt,
    endsAt,
  })
}

function remaining({ chainEndsAt }: UserTokens, { clock }: Services): number {
  const now = clock.now().getTime()
  return Math.floor(((chainEndsAt ?? now + spaRefreshLifetime) - now) / 1000)
}
