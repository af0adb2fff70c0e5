import type { ExchangeConfig } from '../config.ts'
import type { VirtualDirectory } from '../web-session/web-sign-in.ts'
import type { PolicyProtocol } from './blocked-protocol.ts'
import type { OrganizationStore } from './organization-store.ts'

/** The switches of Set-OwaVirtualDirectory and Set-EcpVirtualDirectory that sign-in knows. */
export const directorySwitches = [
  'AdfsAuthentication',
  'BasicAuthentication',
  'DigestAuthentication',
  'FormsAuthentication',
  'WindowsAuthentication',
] as const

export type DirectorySwitch = (typeof directorySwitches)[number]
export type DirectorySwitches = Readonly<Record<DirectorySwitch, boolean>>

/** The name under which the organization's settings keep a switch. */
export function switchSetting(directory: VirtualDirectory, name: DirectorySwitch): string {
  return `${directory}.${name}`
}

/** As an administrator set them; AD FS until then, which is why there is one. */
export async function directorySwitchesOf(
  organization: OrganizationStore,
  directory: VirtualDirectory,
): Promise<DirectorySwitches> {
  const kept = await organization.settings()
  const entries = directorySwitches.map((name) => {
    return [name, kept[switchSetting(directory, name)] ?? name === 'AdfsAuthentication']
  })
  return Object.fromEntries(entries) as DirectorySwitches
}

/** AD FS goes before forms, as the product refuses both. */
export async function usesForms(
  organization: OrganizationStore,
  { signIn }: ExchangeConfig,
  directory: VirtualDirectory,
): Promise<boolean> {
  if (signIn.kind !== 'claims') return false
  const { AdfsAuthentication, FormsAuthentication } = await directorySwitchesOf(organization, directory)
  return FormsAuthentication && !AdfsAuthentication
}

export interface ProtocolSwitches {
  readonly WindowsAuthentication: boolean
  readonly BasicAuthentication: boolean
}

/** The virtual directories that have a Set- cmdlet for these switches. */
export type ProtocolDirectory = 'ews' | 'autodiscover'

const directoriesOf: Readonly<Partial<Record<PolicyProtocol, ProtocolDirectory>>> = {
  WebServices: 'ews',
  Autodiscover: 'autodiscover',
}

/** "Default settings for Exchange virtual directories": Windows authentication, and none of it for ActiveSync. */
const windowsProtocols: readonly PolicyProtocol[] = ['Autodiscover', 'Mapi', 'OfflineAddressBook', 'Rpc', 'WebServices']

/** As an administrator set them on-premises; until then what there is by default, and Basic everywhere. */
export async function protocolSwitchesOf(
  organization: Pick<OrganizationStore, 'settings'>,
  protocol: PolicyProtocol,
): Promise<ProtocolSwitches> {
  const directory = directoriesOf[protocol]
  const kept = directory === undefined ? {} : await organization.settings()
  const isOn = (name: keyof ProtocolSwitches, byDefault: boolean) =>
    (kept[`${directory}.${name}`] ?? byDefault) === true
  return {
    WindowsAuthentication: isOn('WindowsAuthentication', windowsProtocols.includes(protocol)),
    BasicAuthentication: isOn('BasicAuthentication', true),
  }
}

/** `given` may hold more than the two switches. */
export async function switchProtocol(
  organization: OrganizationStore,
  directory: ProtocolDirectory,
  given: Readonly<Record<string, unknown>>,
): Promise<void> {
  const names = ['WindowsAuthentication', 'BasicAuthentication'] satisfies readonly (keyof ProtocolSwitches)[]
  const changes = names.flatMap((name) => {
    const value = given[name]
    return typeof value === 'boolean' ? [[`${directory}.${name}`, value]] : []
  })
  await organization.changeSettings(Object.fromEntries(changes))
}

const proxySwitch = 'ews.MRSProxyEnabled'

/** Set-WebServicesVirtualDirectory -MRSProxyEnabled; on, as the Hybrid Configuration wizard leaves it. */
export async function replicationProxyIsOn(organization: Pick<OrganizationStore, 'settings'>): Promise<boolean> {
  return (await organization.settings())[proxySwitch] !== false
}

export async function switchReplicationProxy(organization: OrganizationStore, isOn: boolean): Promise<void> {
  await organization.changeSettings({ [proxySwitch]: isOn })
}
