import { derivedGuid } from '#shared/scenario/identifiers.ts'
import { relyingPartySchema } from '#shared/scenario/schema-adfs.ts'
import type { ApplicationGroup, RelyingParty } from '#shared/scenario/world.ts'
import { type Trust, trustOf } from '../../trusts.ts'

// Application groups: which clients there are, which Web APIs, and what a client may ask a token for. Owns the lookup by
// client identifier and by `resource`; policies and claim rules of a Web API are those of a trust.

export interface OAuthClient {
  /** `apptype` of tokens. */
  readonly type: 'Public' | 'Confidential'
  readonly name: string
  readonly clientId: string
  readonly redirectUris: readonly string[]
  readonly logoutUri?: string | undefined
  readonly secret?: string | undefined
  readonly signingCertificates: readonly string[]
  readonly group: string
}

export interface WebApi {
  readonly trust: Trust
  /** Absent for the built-in UserInfo. */
  readonly group?: string
  /** The scopes of each client, by client identifier. */
  readonly permissions: ReadonlyMap<string, readonly string[]>
  readonly refreshTokensTo: 'NoDevice' | 'WorkplaceJoinedDevices' | 'AllDevices'
}

export interface ApplicationGroups {
  client(clientId: string): OAuthClient | undefined
  readonly clients: readonly OAuthClient[]
  /** By `resource`: case does not matter, a slash at the end does. */
  api(identifier: string): WebApi | undefined
  readonly apis: readonly WebApi[]
  readonly userInfo: WebApi
}

/** The resource of requests that name none: its tokens open /adfs/userinfo and nothing else. */
export const userInfoIdentifier = 'urn:microsoft:userinfo'

/** Scopes that AD FS has by itself ("AD FS OpenID Connect/OAuth concepts"); an administrator may add others. */
export const builtInScopes = [
  'allatclaims',
  'email',
  'user_impersonation',
  'logon_cert',
  'aza',
  'profile',
  'vpn_cert',
  'winhello_cert',
  'openid',
] as const

export function applicationGroupsOf(groups: readonly ApplicationGroup[]): ApplicationGroups {
  const clients = groups.flatMap(clientsOf)
  const apis = groups.flatMap((group) => group.webApis.map((api) => webApiOf(api, group.name)))
  const byClientId = new Map(clients.map((client) => [client.clientId.toLowerCase(), client]))
  const byIdentifier = new Map(
    apis.flatMap((api) => api.trust.settings.identifiers.map((identifier) => [identifier.toLowerCase(), api])),
  )
  return {
    clients,
    apis,
    client: (clientId) => byClientId.get(clientId.toLowerCase()),
    api: (identifier) => byIdentifier.get(identifier.toLowerCase()),
    userInfo: {
      trust: trustOf(settingsOf({ name: 'UserInfo', identifiers: [userInfoIdentifier] })),
      permissions: new Map(),
      refreshTokensTo: 'AllDevices',
    },
  }
}

function clientsOf({ name: group, nativeApplications, serverApplications }: ApplicationGroup): OAuthClient[] {
  const native = nativeApplications.map((client) => ({
    ...client,
    type: 'Public' as const,
    signingCertificates: [],
    group,
  }))
  return [...native, ...serverApplications.map((client) => ({ ...client, type: 'Confidential' as const, group }))]
}

function webApiOf(api: ApplicationGroup['webApis'][number], group: string): WebApi {
  const { permissions, issueOAuthRefreshTokensTo, ...settings } = api
  return {
    trust: trustOf(settingsOf(settings)),
    group,
    permissions: new Map(permissions.map(({ client, scopes }) => [client.toLowerCase(), scopes])),
    refreshTokensTo: issueOAuthRefreshTokensTo,
  }
}

/** What a Web API has in common with a relying party trust. */
function settingsOf(own: { readonly name: string; readonly identifiers: readonly string[] }): RelyingParty {
  const settings = relyingPartySchema.parse(own)
  return { ...settings, objectIdentifier: settings.objectIdentifier ?? derivedGuid('webApi', settings.name) }
}
