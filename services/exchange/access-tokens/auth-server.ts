/** An authorization server whose tokens Exchange accepts (Get-AuthServer). */
export interface AuthServer {
  readonly name: string
  readonly type: 'AzureAD' | 'ADFS'
  readonly enabled: boolean
  /** `iss` of its tokens. */
  readonly issuerIdentifier: string
  /** Federation metadata with the certificates that it signs with. */
  readonly authMetadataUrl: string
  readonly authorizationEndpoint: string
  /** Whether challenges lead there. */
  readonly isDefaultAuthorizationEndpoint: boolean
  /** The tenant; empty for AD FS. */
  readonly realm: string
}

/** Which tokens the organization accepts, and where a challenge leads: Set-OrganizationConfig and Set-AuthServer. */
export interface ModernAuthentication {
  /** OAuth2ClientProfileEnabled: without it no challenge names an authorization server. */
  readonly enabled: boolean
  readonly authServers: readonly AuthServer[]
}

/** The server that challenges name; nothing when modern authentication is off. */
export function defaultAuthServer({ enabled, authServers }: ModernAuthentication): AuthServer | undefined {
  if (!enabled) return undefined
  return authServers.find((server) => server.enabled && server.isDefaultAuthorizationEndpoint)
}
