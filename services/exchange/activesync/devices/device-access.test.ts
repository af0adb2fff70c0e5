import { expect, test } from 'vitest'
import { keepingPolicy } from '../../organization/mobile-policies.ts'
import type { Settings } from '../../organization/organization-store.ts'
import { Device, folderSync, openOffice } from '../_device.ts'
import { child, textOf } from '../elements.ts'
import { decideAccess } from './device-access.ts'
import { decideProvisioned, policyOf } from './device-policy.ts'

const phone = {
  deviceId: 'D1',
  deviceType: 'Phone',
  userAgent: 'Mail/1',
  information: { Model: 'Nine' },
  wlHeader: 'Suite/2',
}
const rule = (written: string) => ({ ActiveSyncDeviceAccessRules: [written] })

test.each([
  { what: 'nothing said', organization: {}, recipient: {}, state: 'Allowed', reason: 'Global' },
  {
    what: 'quarantine for all',
    organization: { DefaultAccessLevel: 'Quarantine' },
    recipient: {},
    state: 'Quarantined',
    reason: 'Global',
  },
  {
    what: 'a rule for the type',
    organization: rule('DeviceType=Phone;Block'),
    recipient: {},
    state: 'Blocked',
    reason: 'DeviceRule',
  },
  {
    what: 'a rule for another model',
    organization: rule('DeviceModel=Ten;Block'),
    recipient: {},
    state: 'Allowed',
    reason: 'Global',
  },
  {
    what: 'a rule for the header X-MS-WL',
    organization: rule('XMSWLHeader=Suite/2;Quarantine'),
    recipient: {},
    state: 'Quarantined',
    reason: 'DeviceRule',
  },
  {
    what: 'a rule that allows what is blocked for all',
    organization: { ...rule('DeviceModel=Nine;Allow'), DefaultAccessLevel: 'Block' },
    recipient: {},
    state: 'Allowed',
    reason: 'DeviceRule',
  },
  {
    what: 'a personal exemption',
    organization: rule('DeviceType=Phone;Block'),
    recipient: { ActiveSyncAllowedDeviceIDs: ['D1'] },
    state: 'Allowed',
    reason: 'Individual',
  },
  {
    what: 'a personal block',
    organization: {},
    recipient: { ActiveSyncBlockedDeviceIDs: ['D1'], ActiveSyncAllowedDeviceIDs: ['D1'] },
    state: 'Blocked',
    reason: 'Individual',
  },
])('$what → $state ($reason)', ({ organization, recipient, state, reason }) => {
  expect(decideAccess(phone, organization as Settings, recipient as Settings)).toEqual({ state, reason })
})

const policy = policyOf({}, {})
const strict = policyOf(
  keepingPolicy({
    name: 'Strict',
    isDefault: true,
    values: { AllowNonProvisionableDevices: false, PasswordEnabled: true },
  }),
  {},
)
const now = new Date('2026-03-02T12:00:00Z')
const good = { policyKey: 7, policyHash: policy.hash } as const

test.each([
  { what: 'the acknowledged key', device: good, key: 7, want: 'provisioned' },
  { what: 'key 0', device: good, key: 0, want: 'deviceNotProvisioned' },
  { what: 'no key, where others are allowed', device: good, key: undefined, want: 'provisioned' },
  { what: 'another key', device: good, key: 8, want: 'invalidPolicyKey' },
  { what: 'a policy that changed since', device: { ...good, policyHash: 'old' }, key: 7, want: 'invalidPolicyKey' },
])('$what → $want', ({ device, key, want }) => {
  expect(decideProvisioned(device, policy, key, now)).toBe(want)
})

test.each([
  { hours: 23, want: 'provisioned' },
  { hours: 24, want: 'policyRefresh' },
])('$hours hours after it was acknowledged, where a policy is fetched daily → $want', ({ hours, want }) => {
  const values = { DevicePolicyRefreshInterval: '1.00:00:00' }
  const daily = policyOf(keepingPolicy({ name: 'Daily', isDefault: true, values }), {})
  const acknowledgedAt = new Date(now.getTime() - hours * 3_600_000)
  expect(decideProvisioned({ ...good, policyHash: daily.hash, acknowledgedAt }, daily, 7, now)).toBe(want)
})

test('a strict policy lets nobody through without a key, and says what it demands', () => {
  expect(decideProvisioned({ ...good, policyHash: strict.hash }, strict, undefined, now)).toBe('deviceNotProvisioned')
  expect([strict.values.DevicePasswordEnabled, strict.hash === policy.hash]).toEqual(['1', false])
})

test.each([
  { version: '12.1', folders: 403, provision: 403 },
  { version: '14.1', folders: '130', provision: '130' },
  { version: '16.0', folders: '130', provision: '130' },
  { version: '16.1', folders: '140', provision: '1' },
])('a device of $version that is to lose the account: $folders', async ({ version, folders, provision }) => {
  await using stage = await openOffice()
  const device = new Device(stage)
  device.version = version
  await device.connect()
  const url = `/devices/bob@contoso.com/${device.id}/wipe`
  await stage.management.inject({ method: 'POST', url, payload: { accountOnly: true } })
  const said = ({ status, root }: Awaited<ReturnType<Device['send']>>, page: string) =>
    status === 200 ? textOf(root, `${page}:Status`) : status
  expect(said(await device.send('FolderSync', folderSync('0')), 'FolderHierarchy')).toBe(folders)
  const ordered = await device.send('Provision', '<Provision:Provision/>')
  expect(said(ordered, 'Provision')).toBe(provision)
  expect(child(ordered.root, 'Provision:AccountOnlyRemoteWipe') !== undefined).toBe(version === '16.1')
})

test('a wipe is ordered, carried out and acknowledged once', async () => {
  await using stage = await openOffice()
  const device = await new Device(stage).connect()
  const rows = `/devices/bob@contoso.com/${device.id}`
  expect((await stage.management.inject({ method: 'POST', url: `${rows}/wipe`, payload: {} })).statusCode).toBe(202)
  const refused = await device.send('FolderSync', folderSync('0'))
  expect(textOf(refused.root, 'FolderHierarchy:Status')).toBe('140')
  expect(textOf((await device.send('Ping')).root, 'Ping:Status')).toBe('140')
  device.version = '12.1'
  expect((await device.send('FolderSync', folderSync('0'))).status).toBe(449)
  device.version = '14.1'
  const ordered = await device.send('Provision', '<Provision:Provision/>')
  expect(child(ordered.root, 'Provision:RemoteWipe')).toBeDefined()
  const done =
    '<Provision:Provision><Provision:RemoteWipe><Provision:Status>1</Provision:Status></Provision:RemoteWipe></Provision:Provision>'
  expect(textOf((await device.send('Provision', done)).root, 'Provision:Status')).toBe('1')
  expect(textOf((await device.send('Provision', done)).root, 'Provision:Status')).toBe('2')
  const listed = (await stage.management.inject('/devices/bob@contoso.com')).json()
  expect(listed.devices).toMatchObject([
    { deviceId: device.id, wipe: 'wiped', policyApplied: false, protocolVersion: '14.1' },
  ])
  expect((await stage.management.inject({ method: 'DELETE', url: rows })).statusCode).toBe(204)
  expect((await stage.management.inject('/devices/bob@contoso.com')).json().devices).toEqual([])
  expect((await stage.management.inject({ method: 'DELETE', url: rows })).statusCode).toBe(404)
})
