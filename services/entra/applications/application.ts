import type { Application as RegisteredApplication } from '#shared/scenario/world.ts'

/** What Entra ID knows of an application: Microsoft's own and those of the tenant, as client and as resource. */
export interface Application {
  readonly appId: string
  readonly displayName: string
  readonly origin: 'firstParty' | 'tenant'
  readonly multiTenant: boolean
  readonly redirectUris: Readonly<Record<RedirectKind, readonly string[]>>
  /** Whether redirects aside it counts as a public client (device code, password). */
  readonly fallbackPublic: boolean
  readonly secrets: readonly string[]
  /** The first is what a token for the resource is addressed to when the client names it by its id. */
  readonly identifierUris: readonly string[]
  /** Short names of delegated permissions; `any` where the product's list is too long to keep. */
  readonly scopes: readonly string[] | 'any'
  readonly implicit: { readonly idToken: boolean; readonly accessToken: boolean }
  /** Which dialect of access tokens the resource takes. */
  readonly accessTokenVersion: 1 | 2
  /** Delegated permissions of its registration, in full. */
  readonly requiredScopes: readonly string[]
  readonly adminConsented: boolean
  readonly logoutUrl?: string | undefined
  /** Member of the family that shares refresh tokens. */
  readonly family: boolean
}

export type RedirectKind = 'web' | 'spa' | 'publicClient'

/** Microsoft's own web servers authenticate with certificates, which count although none is kept here. */
export function isConfidential({ origin, secrets, redirectUris }: Application): boolean {
  return secrets.length > 0 || (origin === 'firstParty' && redirectUris.web.length > 0)
}

/** An app registration of the scenario file. */
export function registeredApplication(registered: RegisteredApplication): Application {
  const { appId, displayName, redirectUris, identifierUris, implicitGrant } = registered
  return {
    appId,
    displayName,
    origin: 'tenant',
    multiTenant: registered.signInAudience === 'AzureADMultipleOrgs',
    redirectUris,
    fallbackPublic: registered.isFallbackPublicClient,
    secrets: registered.secrets.map((secret) => secret.value),
    identifierUris: [...identifierUris, `api://${appId}`],
    scopes: registered.exposedScopes.map((scope) => scope.value),
    implicit: implicitGrant,
    accessTokenVersion: 2,
    requiredScopes: registered.requiredScopes,
    adminConsented: registered.adminConsented,
    logoutUrl: registered.logoutUrl,
    family: false,
  }
}
