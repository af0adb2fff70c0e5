import { wipeNotification } from '../../activesync/devices/access-notice.ts'
import type { DeviceStore } from '../../activesync/devices/device-store.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { mobilePolicyFor } from '../../organization/mobile-policies.ts'
import type { Settings } from '../../organization/organization-store.ts'
import { addressIn } from '../../recipients/change-addresses.ts'
import type { Cmdlet, CmdletParts, ExchangeObject, ParameterKind, Parameters } from '../cmdlet.ts'
import { CmdletError } from '../cmdlet-error.ts'
import { describeDevice, describeStatistics, identityOf, type Partnership } from '../describe-device.ts'
import { notFound } from '../names.ts'
import { chosen } from './read-recipients.ts'
import { recipientNamed } from './recipient-named.ts'

const levels = ['Allow', 'Block', 'Quarantine'] as const
const characteristics = ['DeviceModel', 'DeviceType', 'DeviceOS', 'UserAgent', 'XMSWLHeader'] as const
const rulesSetting = 'ActiveSyncDeviceAccessRules'

/** Partnerships of phones, the rules that let them in, and what an administrator does to them. */
export function mobileDeviceCmdlets(devices: DeviceStore): readonly Cmdlet[] {
  return [...deviceCmdlets(devices), ...ruleCmdlets, ...organizationCmdlets]
}

/** By which protocol a client comes ("Get-MobileDevice"). */
const clients = {
  ActiveSync: 'switch',
  OWAforDevices: 'switch',
  RESTApi: 'switch',
  UniversalOutlook: 'switch',
} as const

function deviceCmdlets(devices: DeviceStore): readonly Cmdlet[] {
  const lookUp = { Mailbox: 'identity', Identity: 'identity', ...clients } as const
  return [
    {
      name: 'Get-MobileDevice',
      parameters: { ...lookUp, Filter: 'filter', ResultSize: 'number', SortBy: 'identity' },
      run: (parts, given) => list(parts, devices, given, describeDevice),
    },
    {
      name: 'Get-MobileDeviceStatistics',
      parameters: { ...lookUp, ShowRecoveryPassword: 'switch' },
      run: (parts, given) => list(parts, devices, given, describeStatistics),
    },
    {
      name: 'Clear-MobileDevice',
      parameters: {
        Identity: 'identity',
        AccountOnly: 'switch',
        Cancel: 'switch',
        NotificationEmailAddresses: 'texts',
      },
      mandatory: ['Identity'],
      run: (parts, given) => clear(parts, devices, given),
    },
    {
      name: 'Remove-MobileDevice',
      parameters: { Identity: 'identity' },
      mandatory: ['Identity'],
      run: async (parts, { Identity }) => {
        const { device } = await deviceNamed(parts, devices, String(Identity))
        await parts.held.endEverywhere(device)
        await devices.remove(device)
        return []
      },
    },
  ]
}

type DescribeDevice = (parts: CmdletParts, partnership: Partnership) => ExchangeObject

async function list(
  parts: CmdletParts,
  devices: DeviceStore,
  { Mailbox, Identity, ...asked }: Parameters,
  describeOne: DescribeDevice,
): Promise<readonly ExchangeObject[]> {
  if (Identity !== undefined) return [describeOne(parts, await deviceNamed(parts, devices, String(Identity)))]
  const owners =
    Mailbox === undefined
      ? await parts.recipients.listRecipients()
      : [await recipientNamed(parts, String(Mailbox), ['UserMailbox'])]
  const all = (await partnershipsOf(parts, devices, owners)).map((each) => describeOne(parts, each))
  return chosen(parts, onlyOthers(asked) ? [] : all, asked)
}

/** Every partnership is one of ActiveSync: of what the other kinds of client have, there is nothing. */
function onlyOthers({ ActiveSync, ...asked }: Parameters): boolean {
  return ActiveSync !== true && Object.keys(clients).some((name) => asked[name] === true)
}

async function partnershipsOf(
  { organization }: CmdletParts,
  devices: DeviceStore,
  owners: readonly Recipient[],
): Promise<readonly Partnership[]> {
  const settings = await organization.settings()
  const lists = await Promise.all(
    owners.map(async (owner) => {
      const found = owner.mailboxId === undefined ? [] : await devices.list(owner.mailboxId)
      const { name: policy } = mobilePolicyFor(settings, await organization.recipientSettings(owner.objectGuid))
      return Promise.all(
        found.map(async (device) => ({ device, owner, policy, folders: await devices.countCollections(device) })),
      )
    }),
  )
  return lists.flat()
}

/** What Get-MobileDevice shows of it, and the id of the device alone. */
function namesOf(parts: CmdletParts, partnership: Partnership): readonly string[] {
  const { Guid, DistinguishedName } = describeDevice(parts, partnership)
  return [identityOf(partnership), partnership.device.deviceId, String(Guid), String(DistinguishedName)]
}

/** By any of its names. */
async function deviceNamed(parts: CmdletParts, devices: DeviceStore, identity: string): Promise<Partnership> {
  const all = await partnershipsOf(parts, devices, await parts.recipients.listRecipients())
  const wanted = identity.toLowerCase()
  const found = all.filter((each) => namesOf(parts, each).some((name) => name.toLowerCase() === wanted))
  const [only, another] = found
  if (!only) throw notFound(identity, parts.config)
  if (!another) return only
  throw new CmdletError(
    'invalidArgument',
    `The operation couldn't be performed because '${identity}' matches multiple entries.`,
  )
}

async function clear(parts: CmdletParts, devices: DeviceStore, { Identity, ...order }: Parameters) {
  const { device, owner } = await deviceNamed(parts, devices, String(Identity))
  if (order.Cancel !== true) {
    const alsoTo = Array.isArray(order.NotificationEmailAddresses)
      ? (order.NotificationEmailAddresses as readonly string[])
      : []
    for (const address of alsoTo) addressIn(address)
    const told = { [wipeNotification(device.deviceId)]: alsoTo.length > 0 ? alsoTo : null }
    await parts.organization.changeRecipientSettings(owner.objectGuid, told)
    await devices.change(device, { wipe: order.AccountOnly === true ? 'pendingAccountOnly' : 'pending' })
    // A device that waits is told now.
    await parts.held.endEverywhere(device)
    return []
  }
  if (!device.wipe.startsWith('pending'))
    throw new CmdletError(
      'invalidArgument',
      `There is no wipe of the device '${device.deviceId}' that can be cancelled.`,
    )
  await devices.change(device, { wipe: 'none' })
  return []
}

const ruleCmdlets: readonly Cmdlet[] = [
  {
    name: 'New-ActiveSyncDeviceAccessRule',
    parameters: { Characteristic: 'text', QueryString: 'text', AccessLevel: 'text' },
    mandatory: ['Characteristic', 'QueryString', 'AccessLevel'],
    run: async (parts, { Characteristic, QueryString, AccessLevel }) => {
      const level = oneOf('AccessLevel', AccessLevel, levels)
      const rule = `${oneOf('Characteristic', Characteristic, characteristics)}=${String(QueryString)};${level}`
      const rules = await rulesOf(parts)
      if (rules.some((each) => nameOf(each) === nameOf(rule)))
        throw new CmdletError('objectExists', `The object "${nameOf(rule)}" already exists.`)
      await parts.organization.changeSettings({ [rulesSetting]: [...rules, rule] })
      return [describeRule(rule)]
    },
  },
  {
    name: 'Get-ActiveSyncDeviceAccessRule',
    parameters: { Identity: 'identity' },
    run: async (parts, { Identity }) => {
      if (Identity !== undefined) return [describeRule(await ruleNamed(parts, String(Identity)))]
      return (await rulesOf(parts)).map(describeRule)
    },
  },
  {
    name: 'Set-ActiveSyncDeviceAccessRule',
    parameters: { Identity: 'identity', AccessLevel: 'text' },
    mandatory: ['Identity', 'AccessLevel'],
    run: async (parts, { Identity, AccessLevel }) => {
      const level = oneOf('AccessLevel', AccessLevel, levels)
      const wanted = await ruleNamed(parts, String(Identity))
      const changed = wanted.replace(/;[^;]*$/, `;${level}`)
      const rules = (await rulesOf(parts)).map((each) => (each === wanted ? changed : each))
      await parts.organization.changeSettings({ [rulesSetting]: rules })
      return []
    },
  },
  {
    name: 'Remove-ActiveSyncDeviceAccessRule',
    parameters: { Identity: 'identity' },
    mandatory: ['Identity'],
    run: async (parts, { Identity }) => {
      const wanted = await ruleNamed(parts, String(Identity))
      const rules = (await rulesOf(parts)).filter((each) => each !== wanted)
      await parts.organization.changeSettings({ [rulesSetting]: rules })
      return []
    },
  },
]

/** What Set-ActiveSyncOrganizationSettings may say, and what holds until it did. */
const organizationSettings = {
  AdminMailRecipients: ['texts', []],
  UserMailInsert: ['text', ''],
  OtaNotificationMailInsert: ['text', ''],
  AllowAccessForUnSupportedPlatform: ['boolean', false],
  AllowRMSSupportForUnenlightenedApps: ['boolean', false],
  EnableMobileMailboxPolicyWhenCAInplace: ['boolean', false],
  TenantAdminPreference: ['text', 'Notset'],
} as const satisfies Readonly<Record<string, readonly [kind: ParameterKind, initially: Settings[string]]>>

const organizationKinds = Object.fromEntries(
  Object.entries(organizationSettings).map(([name, [kind]]): [string, ParameterKind] => [name, kind]),
)

const organizationCmdlets: readonly Cmdlet[] = [
  {
    name: 'Get-ActiveSyncOrganizationSettings',
    parameters: {},
    run: async ({ organization, config }) => {
      const kept = await organization.settings()
      const name = `${config.organizationName} Mobile Mailbox Settings`
      const shown = Object.entries(organizationSettings).map(([key, [, initially]]) => [key, kept[key] ?? initially])
      const level = kept.DefaultAccessLevel ?? 'Allow'
      return [{ Identity: name, Name: name, DefaultAccessLevel: level, ...Object.fromEntries(shown) }]
    },
  },
  {
    name: 'Set-ActiveSyncOrganizationSettings',
    parameters: { DefaultAccessLevel: 'text', ...organizationKinds },
    run: async ({ organization }, { DefaultAccessLevel, ...others }) => {
      await organization.changeSettings(others as Settings)
      if (DefaultAccessLevel !== undefined) {
        const level = oneOf('DefaultAccessLevel', DefaultAccessLevel, levels)
        await organization.changeSettings({ DefaultAccessLevel: level })
      }
      return []
    },
  },
]

/** `Characteristic=value;Level`, as ActiveSync reads them. */
async function rulesOf({ organization }: CmdletParts): Promise<readonly string[]> {
  const kept = (await organization.settings())[rulesSetting]
  return Array.isArray(kept) ? (kept as readonly string[]) : []
}

async function ruleNamed(parts: CmdletParts, identity: string): Promise<string> {
  const rule = (await rulesOf(parts)).find((each) => nameOf(each).toLowerCase() === identity.toLowerCase())
  if (rule === undefined) throw notFound(identity, parts.config)
  return rule
}

function partsOf(rule: string) {
  const [, characteristic = '', query = '', level = ''] = /^([^=]*)=(.*);([^;]*)$/.exec(rule) ?? []
  return { characteristic, query, level }
}

function nameOf(rule: string): string {
  const { characteristic, query } = partsOf(rule)
  return `${query} (${characteristic})`
}

function describeRule(rule: string): ExchangeObject {
  const { characteristic, query, level } = partsOf(rule)
  const name = nameOf(rule)
  return { Identity: name, Name: name, Characteristic: characteristic, QueryString: query, AccessLevel: level }
}

function oneOf<Value extends string>(name: string, given: unknown, values: readonly Value[]): Value {
  const value = values.find((each) => each.toLowerCase() === String(given).toLowerCase())
  if (value !== undefined) return value
  throw new CmdletError(
    'badValue',
    `Cannot convert value "${String(given)}" of '${name}'. The values are ${values.join(', ')}.`,
  )
}
