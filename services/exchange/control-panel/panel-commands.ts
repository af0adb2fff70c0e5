import type { ListChange, Parameters, ParameterValue } from '../administration/cmdlet.ts'
import { groupCommands } from './group-commands.ts'
import { mailboxLifeCommands } from './mailbox-life-commands.ts'

type FieldKind = 'text' | 'name' | 'check' | 'lines' | 'names' | 'givenLines' | 'unlimited'

/**
 * A form of the control panel: the cmdlet that it runs, and how its fields become parameters. `text` is left out when it
 * is empty, `name` then takes something away, `unlimited` then lifts a limit, `givenLines` are then left out; `lines` are words, `names` whole lines; `check` always is true or false.
 */
export interface PanelCommand {
  readonly cmdlet: string
  readonly fields: Readonly<Record<string, FieldKind>>
  /** Parameters that the form has no field for. */
  readonly fixed?: (form: Readonly<Record<string, unknown>>) => Parameters
}

export const protocolSwitches = [
  'OWAEnabled',
  'ECPEnabled',
  'ActiveSyncEnabled',
  'EwsEnabled',
  'MAPIEnabled',
  'ImapEnabled',
  'PopEnabled',
  'OutlookMobileEnabled',
] as const

const directorySwitchFields = {
  Identity: 'text',
  AdfsAuthentication: 'check',
  BasicAuthentication: 'check',
  FormsAuthentication: 'check',
  WindowsAuthentication: 'check',
} as const

const identity = { Identity: 'text' } as const
const added = (id: unknown): ListChange => ({ add: [String(id)], remove: [] })
const removed = (id: unknown): ListChange => ({ add: [], remove: [String(id)] })

/** What the control panel may run, by the name of the form; names of policies' switches come from the page. */
export const panelCommands: Readonly<Record<string, PanelCommand>> = {
  features: {
    cmdlet: 'Set-CASMailbox',
    fields: { ...identity, ...Object.fromEntries(protocolSwitches.map((name) => [name, 'check'] as const)) },
  },
  mobilePolicy: { cmdlet: 'Set-CASMailbox', fields: { ...identity, ActiveSyncMailboxPolicy: 'name' } },
  userPolicy: { cmdlet: 'Set-User', fields: { ...identity, AuthenticationPolicy: 'name' } },
  quota: { cmdlet: 'Set-Mailbox', fields: { ...identity, ProhibitSendReceiveQuota: 'unlimited' } },
  addAdministrator: { cmdlet: 'Add-RoleGroupMember', fields: { ...identity, Member: 'text' } },
  removeAdministrator: { cmdlet: 'Remove-RoleGroupMember', fields: { ...identity, Member: 'text' } },
  newRule: {
    cmdlet: 'New-ActiveSyncDeviceAccessRule',
    fields: { Characteristic: 'text', QueryString: 'text', AccessLevel: 'text' },
  },
  changeRule: { cmdlet: 'Set-ActiveSyncDeviceAccessRule', fields: { ...identity, AccessLevel: 'text' } },
  removeRule: { cmdlet: 'Remove-ActiveSyncDeviceAccessRule', fields: identity },
  defaultAccess: {
    cmdlet: 'Set-ActiveSyncOrganizationSettings',
    fields: { DefaultAccessLevel: 'text', UserMailInsert: 'text', AdminMailRecipients: 'lines' },
  },
  allowDevice: {
    cmdlet: 'Set-CASMailbox',
    fields: identity,
    fixed: ({ deviceId }) => ({
      ActiveSyncAllowedDeviceIDs: added(deviceId),
      ActiveSyncBlockedDeviceIDs: removed(deviceId),
    }),
  },
  blockDevice: {
    cmdlet: 'Set-CASMailbox',
    fields: identity,
    fixed: ({ deviceId }) => ({
      ActiveSyncAllowedDeviceIDs: removed(deviceId),
      ActiveSyncBlockedDeviceIDs: added(deviceId),
    }),
  },
  wipeDevice: { cmdlet: 'Clear-MobileDevice', fields: identity },
  wipeAccount: { cmdlet: 'Clear-MobileDevice', fields: identity, fixed: () => ({ AccountOnly: true }) },
  cancelWipe: { cmdlet: 'Clear-MobileDevice', fields: identity, fixed: () => ({ Cancel: true }) },
  removeDevice: { cmdlet: 'Remove-MobileDevice', fields: identity },
  newPolicy: { cmdlet: 'New-AuthenticationPolicy', fields: { Name: 'text' } },
  removePolicy: { cmdlet: 'Remove-AuthenticationPolicy', fields: identity },
  organization: {
    cmdlet: 'Set-OrganizationConfig',
    fields: { DefaultAuthenticationPolicy: 'name', OAuth2ClientProfileEnabled: 'check' },
  },
  claims: {
    cmdlet: 'Set-OrganizationConfig',
    fields: { AdfsIssuer: 'text', AdfsAudienceUris: 'givenLines', AdfsSignCertificateThumbprint: 'givenLines' },
  },
  ...mailboxLifeCommands,
  ...groupCommands,
  owaDirectory: { cmdlet: 'Set-OwaVirtualDirectory', fields: directorySwitchFields },
  ecpDirectory: { cmdlet: 'Set-EcpVirtualDirectory', fields: directorySwitchFields },
}

/** What each kind of field makes of its text; nothing where the parameter is left out. */
const readers: Readonly<Record<FieldKind, (text: string) => ParameterValue | undefined>> = {
  text: (text) => text || undefined,
  name: (text) => text || null,
  check: (text) => text === '1',
  lines: (text) => text.split(/[\s,;]+/).filter((each) => each !== ''),
  names: (text) =>
    text
      .split(/\r?\n/)
      .map((each) => each.trim())
      .filter((each) => each !== ''),
  givenLines: (text) => (text === '' ? undefined : readers.lines(text)),
  unlimited: (text) => text || 'Unlimited',
}

const longestText = 4096

/** The parameters that a form gives; longer texts than anybody types are cut. */
export function parametersOf(command: PanelCommand, form: Readonly<Record<string, unknown>>): Parameters {
  const entries = Object.entries(command.fields).map(([name, kind]) => {
    const text = String(form[name] ?? '').slice(0, longestText)
    return [name, readers[kind](text.trim())] as const
  })
  const given = entries.filter(([, value]) => value !== undefined)
  return { ...Object.fromEntries(given), ...command.fixed?.(form) }
}

/** As an administrator would type it; the real panel logs what it runs the same way. */
export function commandText(cmdlet: string, parameters: Parameters): string {
  const words = Object.entries(parameters).map(([name, value]) => {
    if (name === 'Password') return '-Password (Read-Host -AsSecureString)'
    return typeof value === 'boolean' ? `-${name}:$${value}` : `-${name} ${literal(value)}`
  })
  return [cmdlet, ...words].join(' ')
}

function literal(value: Parameters[string]): string {
  if (value === null || value === undefined) return '$null'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return `'${value.replaceAll("'", "''")}'`
  if ('userName' in value) return '(Get-Credential)'
  if ('add' in value) {
    const parts = Object.entries(value).filter(([, list]) => list.length > 0)
    return `@{${parts.map(([name, list]) => `${name}=${list.map(literal).join(',')}`).join('; ')}}`
  }
  return value.length === 0 ? '@()' : value.map(literal).join(',')
}
