import type { AuthServer, ModernAuthentication } from '../access-tokens/auth-server.ts'
import type { ExchangeConfig } from '../config.ts'
import type { OrganizationStore, Settings } from './organization-store.ts'

/** The authorization servers of the configuration, as Set-AuthServer changed them. */
export async function authServersOf(
  { authServers }: ExchangeConfig,
  organization: OrganizationStore,
): Promise<readonly AuthServer[]> {
  const settings = await organization.settings()
  return authServers.map((server) => changed(server, settings))
}

/** What challenges and tokens are judged by, read for every request so that a change takes effect at once. */
export async function modernAuthenticationOf(
  config: ExchangeConfig,
  organization: OrganizationStore,
): Promise<ModernAuthentication> {
  const settings = await organization.settings()
  return {
    enabled: settings.OAuth2ClientProfileEnabled !== false,
    authServers: config.authServers.map((server) => changed(server, settings)),
  }
}

function changed(server: AuthServer, settings: Settings): AuthServer {
  const value = (name: string) => settings[`AuthServer.${server.name}.${name}`]
  const { Enabled, Default, Url } = {
    Enabled: value('Enabled'),
    Default: value('IsDefaultAuthorizationEndpoint'),
    Url: value('AuthMetadataUrl'),
  }
  return {
    ...server,
    ...(typeof Enabled === 'boolean' && { enabled: Enabled }),
    ...(typeof Default === 'boolean' && { isDefaultAuthorizationEndpoint: Default }),
    ...(typeof Url === 'string' && { authMetadataUrl: Url }),
  }
}
