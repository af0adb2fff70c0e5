import { authServersOf } from '../../organization/auth-servers.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, Parameters } from '../cmdlet.ts'
import { notFound } from '../names.ts'

/** Get-/Set-AuthServer: whose tokens Exchange Server accepts, and where its challenges lead. */
export const authServerCmdlets: readonly Cmdlet[] = [
  { name: 'Get-AuthServer', parameters: { Identity: 'identity' }, run: getServers },
  {
    name: 'Set-AuthServer',
    parameters: {
      Identity: 'identity',
      Enabled: 'switch',
      IsDefaultAuthorizationEndpoint: 'switch',
      AuthMetadataUrl: 'text',
      RefreshAuthMetadata: 'switch',
    },
    mandatory: ['Identity'],
    run: setServer,
  },
]

async function getServers(parts: CmdletParts, { Identity }: Parameters): Promise<readonly ExchangeObject[]> {
  const servers = await authServersOf(parts.config, parts.organization)
  const wanted = servers.filter(({ name }) => Identity === undefined || isNamed(name, String(Identity)))
  if (wanted.length === 0) throw notFound(String(Identity), parts.config)
  return wanted.map((server) => ({
    Name: server.name,
    Identity: server.name,
    Type: server.type,
    Enabled: server.enabled,
    IssuerIdentifier: server.issuerIdentifier,
    AuthMetadataUrl: server.authMetadataUrl,
    AuthorizationEndpoint: server.authorizationEndpoint,
    IsDefaultAuthorizationEndpoint: server.isDefaultAuthorizationEndpoint,
    Realm: server.realm,
  }))
}

async function setServer(parts: CmdletParts, { Identity, RefreshAuthMetadata: _, ...changes }: Parameters) {
  const servers = await authServersOf(parts.config, parts.organization)
  const server = servers.find(({ name }) => isNamed(name, String(Identity)))
  if (!server) throw notFound(String(Identity), parts.config)
  const entries = Object.entries(changes).map(([name, value]) => [`AuthServer.${server.name}.${name}`, value])
  // There is one default: naming another takes it from the first.
  const takesOver = changes.IsDefaultAuthorizationEndpoint === true ? servers : []
  const others = takesOver.map(({ name }) => [`AuthServer.${name}.IsDefaultAuthorizationEndpoint`, false])
  await parts.organization.changeSettings(Object.fromEntries([...others, ...entries]))
  return []
}

function isNamed(name: string, identity: string): boolean {
  return name.toLowerCase() === identity.toLowerCase()
}
