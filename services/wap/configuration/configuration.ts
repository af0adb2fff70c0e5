import type { PublishedApplication } from '#shared/scenario/world.ts'

/** A published application, with the trust that pre-authentication is for. */
export type Application = PublishedApplication & { readonly relyingPartyId?: string | undefined }

export interface GlobalSettings {
  /** Base64 of 32 bytes: every proxy of the farm opens the cookies of the others. */
  readonly accessCookieKey: string
  readonly realm: string
  readonly signInUrl: string
  readonly signOutUrl: string
  readonly authorizationUrl: string
  readonly tokenAcceptanceSeconds: number
  readonly userIdleTimeoutSec: number
  readonly userIdleTimeoutAction: 'Signout' | 'Reauthenticate'
  readonly proxyName: string
}

/** What the configuration store of AD FS holds for its proxies. */
export interface StoredConfiguration {
  readonly global: GlobalSettings
  readonly applications: readonly Application[]
}

export interface RelayedEndpoint {
  readonly path: string
  readonly servicePath: string
}
