import type { SecurityAttributes } from '../conditional-access/application-filter.ts'
import type {
  ApplicationObject,
  AppRole,
  PermissionScope,
  ServicePrincipalObject,
  StoredCertificate,
  StoredSecret,
} from './application-objects.ts'
import { type ClaimsConfiguration, claimsConfiguration } from './claims-configuration.ts'

/** What Entra ID knows of an application: Microsoft's own and those of the tenant, as client and as resource. */
export interface Application {
  readonly appId: string
  readonly displayName: string
  readonly origin: 'firstParty' | 'tenant'
  readonly multiTenant: boolean
  readonly redirectUris: Readonly<Record<RedirectKind, readonly string[]>>
  /** Whether redirects aside it counts as a public client (device code, password). */
  readonly fallbackPublic: boolean
  readonly secrets: readonly StoredSecret[]
  /** For client assertions. */
  readonly certificates: readonly StoredCertificate[]
  /** The first is what a token for the resource is addressed to when the client names it by its id. */
  readonly identifierUris: readonly string[]
  /** Short names of delegated permissions; `any` where the product's list is too long to keep. */
  readonly scopes: readonly string[] | 'any'
  /** Those that only an administrator may grant. */
  readonly administratorScopes: readonly string[]
  /** Clients that people are not asked about, with the scopes that they may have. */
  readonly preAuthorized: readonly PreAuthorizedClient[]
  readonly appRoles: readonly AppRole[]
  readonly implicit: { readonly idToken: boolean; readonly accessToken: boolean }
  /** Which dialect of access tokens the resource takes. */
  readonly accessTokenVersion: 1 | 2
  /** Delegated permissions of its registration, in full. */
  readonly requiredScopes: readonly string[]
  /** App roles of its registration. */
  readonly requiredRoles: readonly RequiredRole[]
  readonly claims: ClaimsConfiguration
  readonly logoutUrl?: string | undefined
  /** Member of the family that shares refresh tokens. */
  readonly family: boolean
  /** Undefined for a registration that nobody made a service principal of. */
  readonly servicePrincipal: ApplicationPrincipal | undefined
}

export type ApplicationPrincipal = Pick<
  ServicePrincipalObject,
  'id' | 'accountEnabled' | 'appRoleAssignmentRequired' | 'customSecurityAttributes' | 'directoryRoles'
>

/** Its custom security attributes of type String by `set_attribute`; undefined when it has none. */
export function securityAttributesOf(application: Application | undefined): SecurityAttributes | undefined {
  const { customSecurityAttributes } = application?.servicePrincipal ?? {}
  if (!customSecurityAttributes) return undefined
  const entries = Object.entries(customSecurityAttributes).flatMap(([set, values]) =>
    Object.entries(values).map(([name, value]) => [`${set}_${name}`, value] as const),
  )
  const isText = (value: unknown) => typeof value === 'string'
  return Object.fromEntries(
    entries.filter(([, value]) => (Array.isArray(value) ? value.every(isText) : isText(value))),
  ) as SecurityAttributes
}

export interface PreAuthorizedClient {
  readonly appId: string
  readonly scopes: readonly string[]
}

/** An app role that a registration asks for, of the resource with this id. */
export interface RequiredRole {
  readonly resourceAppId: string
  readonly roleId: string
}

export type RedirectKind = 'web' | 'spa' | 'publicClient'

/** Microsoft's own web servers authenticate with certificates, which count although none is kept here. */
export function isConfidential({ origin, secrets, certificates, redirectUris }: Application): boolean {
  return secrets.length + certificates.length > 0 || (origin === 'firstParty' && redirectUris.web.length > 0)
}

/** A registration of the tenant. `requiredScopes` are its delegated permissions in full. */
export function registeredApplication(
  object: ApplicationObject,
  principal: ServicePrincipalObject | undefined,
  requiredScopes: readonly string[],
): Application {
  const { web, spa, publicClient, api } = object
  const { enableIdTokenIssuance: idToken, enableAccessTokenIssuance: accessToken } = web.implicitGrantSettings
  return {
    appId: object.appId,
    displayName: object.displayName,
    origin: 'tenant',
    multiTenant: object.signInAudience !== 'AzureADMyOrg',
    redirectUris: { web: web.redirectUris, spa: spa.redirectUris, publicClient: publicClient.redirectUris },
    fallbackPublic: object.isFallbackPublicClient === true,
    secrets: [...object.passwordCredentials, ...(principal?.passwordCredentials ?? [])],
    certificates: [...object.keyCredentials, ...(principal?.keyCredentials ?? [])],
    identifierUris: [...new Set([...object.identifierUris, `api://${object.appId}`])],
    scopes: api.oauth2PermissionScopes.filter(({ isEnabled }) => isEnabled).map(({ value }) => value),
    administratorScopes: administratorScopes(api.oauth2PermissionScopes),
    preAuthorized: preAuthorizedBy(object),
    appRoles: object.appRoles,
    implicit: { idToken, accessToken },
    accessTokenVersion: api.requestedAccessTokenVersion === 2 ? 2 : 1,
    requiredScopes,
    requiredRoles: requiredRolesOf(object),
    claims: claimsConfiguration(object),
    logoutUrl: web.logoutUrl ?? undefined,
    family: false,
    servicePrincipal: principal,
  }
}

export function administratorScopes(scopes: readonly PermissionScope[]): readonly string[] {
  return scopes.filter(({ type }) => type === 'Admin').map(({ value }) => value)
}

function requiredRolesOf({ requiredResourceAccess }: ApplicationObject): readonly RequiredRole[] {
  return requiredResourceAccess.flatMap(({ resourceAppId, resourceAccess }) =>
    resourceAccess.flatMap(({ id, type }) => (type === 'Role' ? [{ resourceAppId, roleId: id }] : [])),
  )
}

function preAuthorizedBy({ api }: ApplicationObject): readonly PreAuthorizedClient[] {
  return api.preAuthorizedApplications.map(({ appId, delegatedPermissionIds: ids }) => ({
    appId: appId.toLowerCase(),
    scopes: api.oauth2PermissionScopes.filter(({ id }) => ids.includes(id)).map(({ value }) => value),
  }))
}
