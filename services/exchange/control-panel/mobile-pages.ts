import type { ExchangeObject } from '../administration/cmdlet.ts'
import type { PanelBlock, PanelButton } from '../pages/panel-page.ts'
import { choice, type PanelLook, type PanelPage, quarantinePath, rulesPath, same, textOf } from './panel-page-list.ts'

const levels = same(['Allow', 'Block', 'Quarantine'])
const characteristics = same(['DeviceModel', 'DeviceType', 'DeviceOS', 'UserAgent'])

export const mobilePages: readonly PanelPage[] = [
  {
    path: quarantinePath,
    name: 'Mobile devices',
    needs: 'Get-MobileDeviceStatistics',
    section: 'Mobile',
    build: showDevices,
  },
  {
    path: rulesPath,
    name: 'Device access rules',
    needs: 'Get-ActiveSyncDeviceAccessRule',
    section: 'Mobile',
    build: showRules,
  },
]

async function showDevices({ run }: PanelLook): Promise<readonly PanelBlock[]> {
  const mailboxes = await run('Get-Mailbox', { ResultSize: 'Unlimited' })
  const lists = await Promise.all(
    mailboxes.map(async ({ PrimarySmtpAddress }) => {
      const owner = textOf(PrimarySmtpAddress)
      return (await run('Get-MobileDeviceStatistics', { Mailbox: owner })).map((device) => ({ device, owner }))
    }),
  )
  const isQuarantined = ({ device }: { device: ExchangeObject }) => device.DeviceAccessState === 'Quarantined'
  const [waiting, others] = [lists.flat().filter(isQuarantined), lists.flat().filter((each) => !isQuarantined(each))]
  return [devicesOf('Quarantined devices', waiting), devicesOf('Other devices', others)]
}

interface OwnedDevice {
  readonly device: ExchangeObject
  readonly owner: string
}

/** The devices of one mailbox. */
export function deviceTable(caption: string, devices: readonly ExchangeObject[], owner: string): PanelBlock {
  return devicesOf(
    caption,
    devices.map((device) => ({ device, owner })),
  )
}

function devicesOf(caption: string, devices: readonly OwnedDevice[]): PanelBlock {
  const rows = devices.map(({ device, owner }) => [
    textOf(device.FriendlyName) || textOf(device.DeviceModel) || textOf(device.DeviceType),
    owner,
    textOf(device.DeviceAccessState),
    textOf(device.Status),
    textOf(device.LastSyncAttemptTime),
    { buttons: buttonsFor(device, owner) },
  ])
  const columns = ['Device', 'Mailbox', 'Access', 'Status', 'Last synchronized', 'Change']
  return { kind: 'table', caption, columns, rows, empty: 'There is no such device.' }
}

function buttonsFor(device: ExchangeObject, owner: string): readonly PanelButton[] {
  const [Identity, deviceId] = [textOf(device.Identity), textOf(device.DeviceId)]
  const about = `the device ${deviceId} of ${owner}`
  const access = (form: string, text: string) => ({ form, text, about, values: { Identity: owner, deviceId } })
  const order = (form: string, text: string) => ({ form, text, about, values: { Identity } })
  const wipe =
    device.Status === 'DeviceWipePending'
      ? [order('cancelWipe', 'Cancel the wipe')]
      : [order('wipeDevice', 'Wipe'), order('wipeAccount', 'Remove the account')]
  return [access('allowDevice', 'Allow'), access('blockDevice', 'Block'), ...wipe, order('removeDevice', 'Delete')]
}

async function showRules({ run }: PanelLook): Promise<readonly PanelBlock[]> {
  const [rules, [settings = {}]] = await Promise.all([
    run('Get-ActiveSyncDeviceAccessRule'),
    run('Get-ActiveSyncOrganizationSettings'),
  ])
  const rows = rules.map(({ Name, AccessLevel }) => {
    const values = { Identity: textOf(Name) }
    const about = `the rule ${textOf(Name)}`
    const others = levels.map(([level]) => level).filter((level) => level !== AccessLevel)
    const changes = others.map((level) => ({
      form: 'changeRule',
      text: level,
      about,
      values: { ...values, AccessLevel: level },
    }))
    return [
      textOf(Name),
      textOf(AccessLevel),
      { buttons: [...changes, { form: 'removeRule', text: 'Delete', about, values }] },
    ]
  })
  return [
    {
      kind: 'table',
      caption: 'Device access rules',
      columns: ['Rule', 'Access', 'Change'],
      rows,
      empty: 'There is no rule.',
    },
    ...ruleForms(settings),
  ]
}

function ruleForms(settings: ExchangeObject): readonly PanelBlock[] {
  return [
    {
      kind: 'form',
      form: 'newRule',
      heading: 'New rule',
      cmdlet: 'New-ActiveSyncDeviceAccessRule',
      values: {},
      fields: [
        choice('Characteristic', 'Characteristic', 'DeviceType', characteristics),
        { kind: 'text', name: 'QueryString', label: 'Value', value: '' },
        choice('AccessLevel', 'Access', 'Quarantine', levels),
      ],
      button: 'Create',
    },
    {
      kind: 'form',
      form: 'defaultAccess',
      heading: 'Devices that no rule knows',
      cmdlet: 'Set-ActiveSyncOrganizationSettings',
      values: {},
      fields: [
        choice('DefaultAccessLevel', 'Access', textOf(settings.DefaultAccessLevel), levels),
        {
          kind: 'lines',
          name: 'AdminMailRecipients',
          label: 'Who is told of quarantines',
          value: textOf(settings.AdminMailRecipients),
        },
        { kind: 'lines', name: 'UserMailInsert', label: 'Text for the owners', value: textOf(settings.UserMailInsert) },
      ],
      button: 'Save',
    },
  ]
}
