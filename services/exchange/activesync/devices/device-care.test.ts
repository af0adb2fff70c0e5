import { expect, test, vi } from 'vitest'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import { eventually } from '#test/actors/eventually.ts'
import { attemptCmdlet, runCmdlet } from '../../_cmdlet.ts'
import { added, Device, dataOf, folderSync, idOf, openOffice, ping, removed, sendMail } from '../_device.ts'
import { child, textOf } from '../elements.ts'

const subjects = (items: readonly WbxmlElement[]) => items.map((each) => dataOf(each, 'Email:Subject') ?? '')
const bodyOf = (item: WbxmlElement | undefined) =>
  textOf(child(child(item, 'AirSync:ApplicationData'), 'AirSyncBase:Body'), 'AirSyncBase:Data')

test('a device in quarantine sees the notice and nothing else, changes nothing, and gets everything once it is let in', async () => {
  await using stage = await openOffice()
  await runCmdlet(stage, 'Set-ActiveSyncOrganizationSettings', {
    DefaultAccessLevel: 'Quarantine',
    UserMailInsert: 'Call the help desk.',
    AdminMailRecipients: ['dave@contoso.com'],
  })
  const device = await new Device(stage).connect()
  expect(device.folders.size).toBeGreaterThan(8)
  const [inbox, contacts] = [device.folder('2'), device.folder('9')]
  const [notice, ...others] = await device.syncAll(inbox)
  expect([others, dataOf(notice, 'Email:From')]).toEqual([[], expect.stringContaining('Microsoft Exchange')])
  expect(bodyOf(notice)).toMatch(/Call the help desk\.[\s\S]*Device model: Test[\s\S]*Device ID: DEVICE1/)
  await device.sync(contacts, '', '0')
  const { responses } = await device.sync(contacts, added('1', '<Contacts:FirstName>Nina</Contacts:FirstName>'))
  expect(textOf(responses[0], 'AirSync:Status')).toBe('5')
  expect((await device.sync(inbox, removed(idOf(notice)))).responses).toHaveLength(1)
  const mail = await sendMail(device, 'x', 'To: dave@contoso.com\nSubject: Out\n\nx\n')
  expect(textOf(mail.root, 'ComposeMail:Status')).toBe('130')
  device.version = '12.1'
  expect((await device.send('MoveItems', '<Move:MoveItems/>')).status).toBe(403)
  device.version = '14.1'
  const [shown] = await runCmdlet(stage, 'Get-MobileDevice', { Mailbox: 'bob@contoso.com' })
  expect(shown).toMatchObject({ DeviceAccessState: 'Quarantined', DeviceAccessStateReason: 'Global' })

  await runCmdlet(stage, 'Set-CASMailbox', { Identity: 'bob@contoso.com', ActiveSyncAllowedDeviceIDs: ['DEVICE1'] })
  expect(
    (
      await device.send(
        'Ping',
        `<Ping:Ping><Ping:HeartbeatInterval>60</Ping:HeartbeatInterval><Ping:Folders><Ping:Folder><Ping:Id>${inbox}</Ping:Id><Ping:Class>Email</Ping:Class></Ping:Folder></Ping:Folders></Ping:Ping>`,
      )
    ).root,
  ).toBeDefined()
  const everything = (await device.sync(inbox)).added
  expect(everything).toHaveLength(7)
  expect(everything.map(idOf)).not.toContain(idOf(notice))
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE')
  await runCmdlet(stage, 'Set-ActiveSyncOrganizationSettings', { DefaultAccessLevel: 'Allow' })
  await dave.connect()
  expect(subjects(await dave.syncAll(dave.folder('2'))).filter((each) => each.includes('administrator'))).toHaveLength(
    1,
  )
})

test('a blocked device is told so in every version, its owner by mail, once', async () => {
  await using stage = await openOffice()
  await runCmdlet(stage, 'New-ActiveSyncDeviceAccessRule', {
    Characteristic: 'DeviceType',
    QueryString: 'Phone',
    AccessLevel: 'Block',
  })
  const device = new Device(stage)
  for (let time = 0; time < 3; time += 1)
    expect(textOf((await device.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe('130')
  device.version = '12.1'
  expect((await device.send('FolderSync', folderSync('0'))).status).toBe(403)
  await runCmdlet(stage, 'Set-CASMailbox', { Identity: 'bob@contoso.com', ActiveSyncAllowedDeviceIDs: ['OTHER'] })
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  expect(subjects(await other.syncAll(other.folder('2'))).filter((each) => each.includes('not allowed'))).toHaveLength(
    1,
  )
  await runCmdlet(stage, 'Set-CASMailbox', { Identity: 'bob@contoso.com', ActiveSyncBlockedDeviceIDs: ['OTHER'] })
  other.version = '14.1'
  expect(textOf((await other.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe('129')
})

test('there are as many partnerships as the throttling policy allows; the owner hears of the one too many', async () => {
  await using stage = await openOffice()
  await runCmdlet(stage, 'Set-ThrottlingPolicy', { Identity: 'GlobalThrottlingPolicy', EasMaxDevices: 2 })
  expect(await runCmdlet(stage, 'Get-ThrottlingPolicy')).toMatchObject([{ EasMaxDevices: 2 }])
  const first = await new Device(stage, 'bob@contoso.com', 'FIRST').connect()
  await new Device(stage, 'bob@contoso.com', 'SECOND').connect()
  const third = new Device(stage, 'bob@contoso.com', 'THIRD')
  for (let time = 0; time < 2; time += 1)
    expect(textOf((await third.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe('177')
  expect(subjects(await first.syncAll(first.folder('2'))).filter((each) => each.includes('as many'))).toHaveLength(1)
  await runCmdlet(stage, 'Remove-MobileDevice', { Identity: 'SECOND' })
  await third.connect()
  expect(third.folders.size).toBeGreaterThan(8)
})

test('a policy of a mailbox is what its devices are sent, and a change of it sends them to Provision again', async () => {
  await using stage = await openOffice()
  await runCmdlet(stage, 'New-MobileDeviceMailboxPolicy', {
    Name: 'Strict',
    PasswordEnabled: true,
    MinPasswordLength: 6,
    MaxInactivityTimeLock: '00:05:00',
    PasswordExpiration: '90.00:00:00',
    AllowBluetooth: 'handsfreeonly',
    MaxEmailAgeFilter: 'OneWeek',
    ApprovedApplicationList: ['AAAA'],
  })
  await runCmdlet(stage, 'Set-CASMailbox', { Identity: 'bob@contoso.com', ActiveSyncMailboxPolicy: 'strict' })
  const device = await new Device(stage).connect()
  const ask = async (who: Device) => {
    const { root } = await who.send(
      'Provision',
      '<Provision:Provision><Settings:DeviceInformation><Settings:Set><Settings:Model>Test</Settings:Model></Settings:Set></Settings:DeviceInformation><Provision:Policies><Provision:Policy><Provision:PolicyType>MS-EAS-Provisioning-WBXML</Provision:PolicyType></Provision:Policy></Provision:Policies></Provision:Provision>',
    )
    const policy = child(child(root, 'Provision:Policies'), 'Provision:Policy')
    return child(child(policy, 'Provision:Data'), 'Provision:EASProvisionDoc')
  }
  const sent = await ask(device)
  const values = [
    'DevicePasswordEnabled',
    'MinDevicePasswordLength',
    'MaxInactivityTimeDeviceLock',
    'DevicePasswordExpiration',
    'AllowBluetooth',
    'MaxEmailAgeFilter',
  ]
  expect(values.map((name) => textOf(sent, `Provision:${name}`))).toEqual(['1', '6', '300', '90', '1', '3'])
  expect(child(sent, 'Provision:ApprovedApplicationList')?.children).toHaveLength(1)
  const dave = new Device(stage, 'dave@contoso.com', 'DAVE')
  const usual = await ask(dave)
  expect(values.map((name) => textOf(usual, `Provision:${name}`))).toEqual(['0', '', '', '', '2', '0'])
  expect(child(usual, 'Provision:ApprovedApplicationList')).toBeUndefined()

  await runCmdlet(stage, 'Set-MobileDeviceMailboxPolicy', { Identity: 'Strict', MinPasswordLength: 8 })
  expect(textOf((await device.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe('144')
  await device.provision()
  expect(textOf((await device.send('FolderSync', folderSync('0'))).root, 'FolderHierarchy:Status')).toBe('1')
  expect(
    (await runCmdlet(stage, 'Get-MobileDeviceMailboxPolicy')).map(({ Name, IsDefault }) => [Name, IsDefault]),
  ).toEqual([
    ['Default', true],
    ['Strict', false],
  ])
  const [mailbox] = await runCmdlet(stage, 'Get-CASMailbox', { Identity: 'dave@contoso.com' })
  expect(mailbox).toMatchObject({ ActiveSyncMailboxPolicy: 'Default', ActiveSyncMailboxPolicyIsDefaulted: true })
})

test.each([
  ['New-MobileDeviceMailboxPolicy', { Name: 'default' }],
  ['New-MobileDeviceMailboxPolicy', { Name: 'x', AllowBluetooth: 'Sometimes' }],
  ['New-MobileDeviceMailboxPolicy', { Name: 'x', MinPasswordLength: 'many' }],
  ['Set-MobileDeviceMailboxPolicy', { Identity: 'nothing' }],
  ['Set-MobileDeviceMailboxPolicy', { Identity: 'Default', IsDefault: false }],
  ['Remove-MobileDeviceMailboxPolicy', { Identity: 'Default' }],
  ['Set-CASMailbox', { Identity: 'bob@contoso.com', ActiveSyncMailboxPolicy: 'nothing' }],
  ['Set-ThrottlingPolicy', { Identity: 'nothing', EasMaxDevices: 1 }],
  ['Set-ActiveSyncDeviceAutoblockThreshold', { Identity: 'nothing', BehaviorTypeIncidenceLimit: 1 }],
] as const)('%s %o is refused', async (CmdletName, Parameters) => {
  await using stage = await openOffice()
  const { status, error } = await attemptCmdlet(stage, CmdletName, Parameters)
  expect([400, 404, 409]).toContain(status)
  expect(error).toBeTypeOf('string')
})

test('a device that repeats itself too often is sent away for a while, and let in again after it', async () => {
  await using stage = await openOffice()
  await runCmdlet(stage, 'Set-ActiveSyncDeviceAutoblockThreshold', {
    Identity: 'RecentCommands',
    BehaviorTypeIncidenceLimit: 3,
    BehaviorTypeIncidenceDuration: '00:10:00',
    DeviceBlockDuration: '00:20:00',
  })
  const device = await new Device(stage).connect()
  const key = device.keys.get('folders') ?? ''
  const statuses: number[] = []
  for (let time = 0; time < 6; time += 1) statuses.push((await device.send('FolderSync', folderSync(key))).status)
  expect(statuses).toEqual([200, 200, 200, 503, 503, 503])
  const { headers } = await device.send('FolderSync', folderSync(key))
  expect([headers['x-ms-asthrottle'], headers['retry-after']]).toEqual(['RecentCommands', '1200'])
  const other = await new Device(stage, 'bob@contoso.com', 'OTHER').connect()
  expect(other.folders.size).toBeGreaterThan(8)
  await runCmdlet(stage, 'Set-CASMailbox', { Identity: 'bob@contoso.com', ResetAutoBlockedDevices: true })
  expect((await device.send('FolderSync', folderSync(key))).status).toBe(200)
  for (let time = 0; time < 3; time += 1) await device.send('FolderSync', folderSync(key))
  expect((await device.send('FolderSync', folderSync(key))).status).toBe(503)
  await stage.clock.advance(1_200_000)
  expect((await device.send('FolderSync', folderSync(key))).status).toBe(200)
})

test.each([
  { behaviour: 'CommandFrequency', ask: (device: Device) => device.send('Ping', Buffer.alloc(0)) },
  {
    behaviour: 'UserAgentsChanges',
    ask: (device: Device, time: number) =>
      device.send('FolderSync', folderSync('0'), { 'user-agent': `Agent/${time % 2}` }),
  },
  {
    behaviour: 'SyncCommands',
    ask: (device: Device) => device.send('Sync', device.syncBody(device.folder('9'), '', '7')),
  },
])('$behaviour is counted by device', async ({ behaviour, ask }) => {
  await using stage = await openOffice()
  const device = await new Device(stage).connect()
  await runCmdlet(stage, 'Set-ActiveSyncDeviceAutoblockThreshold', {
    Identity: behaviour,
    BehaviorTypeIncidenceLimit: 4,
  })
  const statuses: number[] = []
  for (let time = 0; time < 8; time += 1) statuses.push((await ask(device, time)).status)
  expect([statuses[0], statuses.at(-1)]).toEqual([200, 503])
  expect(statuses.filter((each) => each === 503).length).toBeLessThan(6)
})

test('more open requests of a person than the throttling policy allows are refused; who insists is blocked', async () => {
  await using stage = await openOffice()
  const phones = ['FIRST', 'SECOND', 'THIRD'].map((id) => new Device(stage, 'bob@contoso.com', id))
  for (const each of phones) await each.connect()
  const [first, second, third] = phones as [Device, Device, Device]
  await runCmdlet(stage, 'Set-ThrottlingPolicy', { Identity: 'GlobalThrottlingPolicy', EasMaxConcurrency: 2 })
  expect(await runCmdlet(stage, 'Get-ThrottlingPolicy')).toMatchObject([{ EasMaxConcurrency: 2 }])
  for (const each of [first, second]) await each.syncAll(each.folder('2'))
  const alarms = vi.spyOn(stage.clock, 'at')
  const held = [first, second].map((each) => each.send('Ping', ping([each.folder('2')], 60)))
  // What is held has set its alarm.
  await eventually(() => expect(alarms).toHaveBeenCalledTimes(2))
  const ask = () => third.send('FolderSync', folderSync(third.keys.get('folders') ?? ''))
  const { status, headers } = await ask()
  expect([status, headers['x-ms-asthrottle'], headers['retry-after']]).toEqual([503, 'OutOfBudgets', '60'])
  const dave = await new Device(stage, 'dave@contoso.com', 'DAVE').connect()
  expect(dave.folders.size).toBeGreaterThan(8)
  await runCmdlet(stage, 'Set-ActiveSyncDeviceAutoblockThreshold', {
    Identity: 'OutOfBudgets',
    BehaviorTypeIncidenceLimit: 1,
    DeviceBlockDuration: '00:20:00',
  })
  for (let time = 0; time < 2; time += 1) expect((await ask()).status).toBe(503)
  await stage.clock.advance(61_000)
  for (const each of held) expect((await each).status).toBe(200)
  // Nothing is open any more, but the device was told to stay away.
  expect((await ask()).headers['retry-after']).toBe('1139')
  await stage.clock.advance(1_200_000)
  expect((await ask()).status).toBe(200)
})

test('when a device was wiped, its owner and whoever the order named read of it', async () => {
  await using stage = await openOffice()
  const device = await new Device(stage).connect()
  const [kept] = await runCmdlet(stage, 'Get-MobileDevice', { Filter: "DeviceType -eq 'Phone'", ActiveSync: true })
  expect(await runCmdlet(stage, 'Get-MobileDevice', { RESTApi: true })).toEqual([])
  const NotificationEmailAddresses = ['dave@contoso.com']
  await runCmdlet(stage, 'Clear-MobileDevice', { Identity: kept?.Guid, NotificationEmailAddresses })
  await device.send('Provision', '<Provision:Provision/>')
  await device.send(
    'Provision',
    '<Provision:Provision><Provision:RemoteWipe><Provision:Status>1</Provision:Status></Provision:RemoteWipe></Provision:Provision>',
  )
  for (const [owner, id] of [
    ['bob@contoso.com', 'ANOTHER'],
    ['dave@contoso.com', 'DAVE'],
  ] as const) {
    const phone = await new Device(stage, owner, id).connect()
    const found = subjects(await phone.syncAll(phone.folder('2'))).filter((each) => each.includes('wiped'))
    expect([owner, found]).toEqual([owner, ['Your mobile device is wiped']])
  }
})
