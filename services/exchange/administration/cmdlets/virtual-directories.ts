import type { PolicyProtocol } from '../../organization/blocked-protocol.ts'
import {
  type DirectorySwitch,
  directorySwitches,
  directorySwitchesOf,
  type ProtocolDirectory,
  type ProtocolSwitches,
  protocolSwitchesOf,
  replicationProxyIsOn,
  switchProtocol,
  switchReplicationProxy,
  switchSetting,
} from '../../organization/virtual-directories.ts'
import type { VirtualDirectory } from '../../web-session/web-sign-in.ts'
import type { Cmdlet, CmdletParts, ParameterValue } from '../cmdlet.ts'
import { notFound } from '../names.ts'

const kinds = Object.fromEntries(directorySwitches.map((name) => [name, 'boolean' as const]))

/** Get-/Set-OwaVirtualDirectory and -EcpVirtualDirectory: one of each on every server, all alike. */
export const virtualDirectoryCmdlets: readonly Cmdlet[] = (['owa', 'ecp'] as const).flatMap(
  (directory): readonly Cmdlet[] => {
    const noun = `${directory.slice(0, 1).toUpperCase()}${directory.slice(1)}VirtualDirectory`
    return [
      {
        name: `Get-${noun}`,
        parameters: { Identity: 'identity', Server: 'identity' },
        run: async (parts, { Identity, Server }) => describe(parts, directory, Identity ?? Server),
      },
      {
        name: `Set-${noun}`,
        parameters: { Identity: 'identity', ...kinds },
        mandatory: ['Identity'],
        run: async (parts, { Identity, ...switches }) => {
          await describe(parts, directory, Identity)
          const changes = Object.entries(switches).map(([name, value]) => {
            return [switchSetting(directory, name as DirectorySwitch), value]
          })
          await parts.organization.changeSettings(Object.fromEntries(changes))
          return []
        },
      },
    ]
  },
)

const protocolKinds = { WindowsAuthentication: 'boolean', BasicAuthentication: 'boolean' } as const

interface ProtocolFace {
  readonly noun: string
  readonly directory: ProtocolDirectory
  readonly protocol: PolicyProtocol
  readonly name: string
  readonly url: (parts: CmdletParts) => string
}

const webServices: ProtocolFace = {
  noun: 'WebServicesVirtualDirectory',
  directory: 'ews',
  protocol: 'WebServices',
  name: 'EWS (Default Web Site)',
  url: ({ config }) => `https://${config.webHosts[0]}/EWS/Exchange.asmx`,
}

const autoDiscover: ProtocolFace = {
  noun: 'AutodiscoverVirtualDirectory',
  directory: 'autodiscover',
  protocol: 'Autodiscover',
  name: 'Autodiscover (Default Web Site)',
  url: ({ config }) => config.autoDiscover.urls.AutodiscoverV1 ?? '',
}

/** Of Exchange Web Services and AutoDiscover: how people sign in there, and whether the MRSProxy answers moves. */
export const protocolDirectoryCmdlets: readonly Cmdlet[] = [
  ...cmdletsOf(webServices, {
    kinds: { MRSProxyEnabled: 'boolean' },
    show: async ({ organization }) => ({ MRSProxyEnabled: await replicationProxyIsOn(organization) }),
    change: async ({ organization }, { MRSProxyEnabled }) => {
      if (typeof MRSProxyEnabled === 'boolean') await switchReplicationProxy(organization, MRSProxyEnabled)
    },
  }),
  ...cmdletsOf(autoDiscover, { kinds: {}, show: async () => ({}), change: async () => {} }),
]

interface More {
  readonly kinds: Cmdlet['parameters']
  readonly show: (parts: CmdletParts) => Promise<Readonly<Record<string, boolean>>>
  readonly change: (parts: CmdletParts, given: Parameters<Cmdlet['run']>[1]) => Promise<void>
}

function cmdletsOf(face: ProtocolFace, { kinds: more, show, change }: More): readonly Cmdlet[] {
  return [
    {
      name: `Get-${face.noun}`,
      parameters: { Identity: 'identity', Server: 'identity' },
      run: async (parts, { Identity, Server }) => {
        const extra = await show(parts)
        return (await describeProtocol(parts, face, Identity ?? Server)).map((each) => ({ ...each, ...extra }))
      },
    },
    {
      name: `Set-${face.noun}`,
      parameters: { Identity: 'identity', ...protocolKinds, ...more },
      mandatory: ['Identity'],
      run: async (parts, { Identity, ...given }) => {
        await describeProtocol(parts, face, Identity)
        await switchProtocol(parts.organization, face.directory, given)
        await change(parts, given)
        return []
      },
    },
  ]
}

async function describeProtocol(
  parts: CmdletParts,
  { protocol, name, url }: ProtocolFace,
  identity: ParameterValue | undefined,
) {
  const { config, organization } = parts
  const found = serversNamed(config.servers, name, identity)
  if (found.length === 0) throw notFound(String(identity), config)
  const switches = await protocolSwitchesOf(organization, protocol)
  const methods = methodNames(switches)
  return found.map((server) => ({
    Name: name,
    Identity: `${server}\\${name}`,
    Server: server,
    InternalUrl: url(parts),
    ExternalUrl: url(parts),
    ...switches,
    OAuthAuthentication: true,
    InternalAuthenticationMethods: methods,
    ExternalAuthenticationMethods: methods,
  }))
}

function methodNames({ WindowsAuthentication, BasicAuthentication }: ProtocolSwitches): readonly string[] {
  return [
    ...(BasicAuthentication ? ['Basic'] : []),
    ...(WindowsAuthentication ? ['Ntlm', 'WindowsIntegrated'] : []),
    'OAuth',
  ]
}

/** One virtual directory of the name is on each server; all of them, or those that an identity means. */
function serversNamed(servers: readonly string[], name: string, identity: ParameterValue | undefined) {
  const wanted = String(identity).toLowerCase()
  return servers.filter((server) => {
    return identity === undefined || [server, `${server}\\${name}`, name].some((each) => each.toLowerCase() === wanted)
  })
}

async function describe(parts: CmdletParts, directory: VirtualDirectory, identity: ParameterValue | undefined) {
  const switches = await directorySwitchesOf(parts.organization, directory)
  const found = serversNamed(parts.config.servers, `${directory} (Default Web Site)`, identity)
  if (found.length === 0) throw notFound(String(identity), parts.config)
  return found.map((server) => ({
    Name: `${directory} (Default Web Site)`,
    Identity: `${server}\\${directory} (Default Web Site)`,
    Server: server,
    InternalUrl: `https://${parts.config.webHosts[0]}/${directory}`,
    ExternalUrl: `https://${parts.config.webHosts[0]}/${directory}`,
    ...switches,
  }))
}
