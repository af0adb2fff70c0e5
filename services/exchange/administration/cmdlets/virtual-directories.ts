import {
  type DirectorySwitch,
  directorySwitches,
  directorySwitchesOf,
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

async function describe(parts: CmdletParts, directory: VirtualDirectory, identity: ParameterValue | undefined) {
  const switches = await directorySwitchesOf(parts.organization, directory)
  const found = parts.config.servers.filter((server) => {
    const names = [server, `${server}\\${directory} (Default Web Site)`, `${directory} (Default Web Site)`]
    return identity === undefined || names.some((name) => name.toLowerCase() === String(identity).toLowerCase())
  })
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
