import {
  type DirectorySwitch,
  directorySwitches,
  directorySwitchesOf,
  replicationProxyIsOn,
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

/** Of Exchange Web Services what moves need: whether the MRSProxy answers. */
export const webServicesDirectoryCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-WebServicesVirtualDirectory',
    parameters: { Identity: 'identity', Server: 'identity' },
    run: async (parts, { Identity, Server }) => describeWebServices(parts, Identity ?? Server),
  },
  {
    name: 'Set-WebServicesVirtualDirectory',
    parameters: { Identity: 'identity', MRSProxyEnabled: 'boolean' },
    mandatory: ['Identity'],
    run: async (parts, { Identity, MRSProxyEnabled }) => {
      await describeWebServices(parts, Identity)
      if (typeof MRSProxyEnabled === 'boolean') await switchReplicationProxy(parts.organization, MRSProxyEnabled)
      return []
    },
  },
]

async function describeWebServices({ config, organization }: CmdletParts, identity: ParameterValue | undefined) {
  const name = 'EWS (Default Web Site)'
  const found = serversNamed(config.servers, name, identity)
  if (found.length === 0) throw notFound(String(identity), config)
  const MRSProxyEnabled = await replicationProxyIsOn(organization)
  const url = `https://${config.webHosts[0]}/EWS/Exchange.asmx`
  return found.map((server) => ({
    Name: name,
    Identity: `${server}\\${name}`,
    Server: server,
    InternalUrl: url,
    ExternalUrl: url,
    MRSProxyEnabled,
  }))
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
