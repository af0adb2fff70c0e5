import { graphId } from '../applications/first-party.ts'
import { grantedScopes } from '../applications/permissions.ts'
import type { RequestedClaims } from '../authorize/authorize-request.ts'
import type { RequestedAccess } from '../authorize/requested-access.ts'
import type { Person } from '../people/people.ts'
import type { SignInServices } from '../sign-in/services.ts'
import { boundDevice } from './bound-device.ts'
import { type Grant, spaRefreshLifetime } from './grant-store.ts'
import { clientInfo } from './subject.ts'
import { accessTokenClaims, idTokenClaims } from './token-claims.ts'
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
}

type Services = Pick<
  SignInServices,
  'config' | 'clock' | 'random' | 'signer' | 'grants' | 'consents' | 'devices' | 'conditionalAccess'
>

/** The body of a successful delegated token request. */
export async function userTokenAnswer(services: Services, tokens: UserTokens): Promise<TokenAnswer> {
  const { request, grant, person, access } = tokens
  const { config, clock, random } = services
  const shared = {
    ...grant,
    person,
    tenantId: config.tenant.id,
    now: clock.seconds(),
    tokenId: random.token(16),
    client: request.client,
    device: await boundDevice(services, grant),
    trustedNetwork: services.conditionalAccess.locate(request.address).isTrusted,
  }
  const [accessToken, idToken, refreshToken] = await Promise.all([
    accessTokenOf(services, tokens, shared),
    idTokenOf(services, tokens, shared),
    refreshTokenOf(services, tokens),
  ])
  const { scopes, lifetime, audience, token } = accessToken
  return {
    token_type: 'Bearer',
    ...(request.version === 1
      ? versionOneMembers(scopes, audience, shared.now, lifetime)
      : versionTwoMembers(scopes, access, lifetime)),
    access_token: token,
    ...(refreshToken !== undefined && refreshMembers(services, tokens, refreshToken)),
    ...(idToken !== undefined && { id_token: idToken }),
    ...(request.parameters.client_info === '1' && { client_info: clientInfo(config.tenant.id, person.objectId) }),
  }
}

type SharedFacts = Omit<Parameters<typeof idTokenClaims>[0], 'version' | 'scopes'>

async function accessTokenOf(services: Services, tokens: UserTokens, shared: SharedFacts) {
  const { config, random, signer } = services
  const { resource = { appId: graphId, audience: graphId } } = tokens.access
  const application = config.applications.byId(resource.appId)
  if (!application) throw new Error(`the resource ${resource.appId} of a checked request is gone`)
  const lifetime = random.integer(3600, 5401)
  const scopes = await scopesOf(services, tokens)
  const { audience } = resource
  const facts = { ...shared, clientProof: tokens.request.proof, audience, resource: application, scopes, lifetime }
  const header = application.accessTokenVersion === 1 ? 'withThumbprint' : 'plain'
  return { token: await signer.sign(accessTokenClaims(facts), header), scopes, lifetime, audience }
}

function refreshMembers(services: Services, tokens: UserTokens, refreshToken: string): TokenAnswer {
  return {
    refresh_token: refreshToken,
    ...(tokens.grant.redirectKind === 'spa' && { refresh_token_expires_in: remaining(tokens, services) }),
    ...(tokens.request.client.family && { foci: '1' }),
  }
}

async function scopesOf(
  { config, consents }: Services,
  { request, person, access }: UserTokens,
): Promise<readonly string[]> {
  const { client } = request
  const given = client.origin === 'firstParty' ? new Set<string>() : await consents.of(person.objectId, client.appId)
  return grantedScopes(config.applications, client, access, given)
}

function versionTwoMembers(scopes: readonly string[], { resource, openid }: RequestedAccess, lifetime: number) {
  const identifier = resource?.audience === graphId ? undefined : resource?.audience
  const full = (scope: string) =>
    identifier === undefined || !resource ? scope : `${identifier.replace(/\/$/, '')}/${scope}`
  // As the client spelled them, and what else it has of that API; offline_access is never repeated.
  const spelled = resource?.spelled.filter((scope) => !scope.endsWith('/.default') && scope !== '.default') ?? []
  const more = resource?.scopes.includes('.default') ? scopes.map(full) : []
  const echoed = [...new Set([...spelled, ...more, ...openid.filter((scope) => scope !== 'offline_access')])]
  return { scope: echoed.join(' '), expires_in: lifetime, ext_expires_in: lifetime }
}

function versionOneMembers(scopes: readonly string[], audience: string, now: number, lifetime: number) {
  return {
    scope: scopes.join(' '),
    expires_in: String(lifetime),
    ext_expires_in: String(lifetime),
    expires_on: String(now + lifetime),
    not_before: String(now - 300),
    resource: audience,
  }
}

/** v2 gives what `openid` and `offline_access` ask for; v1 always gives both. */
function idTokenOf(
  { signer }: Services,
  { request, access, nonce, claims }: UserTokens,
  shared: SharedFacts,
): Promise<string | undefined> {
  if (request.version === 2 && !access.openid.includes('openid')) return Promise.resolve(undefined)
  const facts = { ...shared, version: request.version, scopes: access.openid, nonce, requested: claims }
  return signer.sign(idTokenClaims(facts), request.version === 1 ? 'withThumbprint' : 'plain')
}

function refreshTokenOf(services: Services, tokens: UserTokens): Promise<string | undefined> {
  const { request, grant, access } = tokens
  if (request.version === 2 && !access.openid.includes('offline_access')) return Promise.resolve(undefined)
  const { objectId, clientId, redirectKind, sid, authentication, address } = grant
  const issuedAt = services.clock.now().getTime()
  const endsAt = redirectKind === 'spa' ? (tokens.chainEndsAt ?? issuedAt + spaRefreshLifetime) : undefined
  return services.grants.issueRefreshToken({
    objectId,
    clientId,
    redirectKind,
    sid,
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
