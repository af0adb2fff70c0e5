import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore } from '#shared/store/open.ts'
import type { Store } from '#shared/store/store.ts'
import { type DirectorySchema, directoryMigrations } from '../accounts/schema.ts'
import type { RegisteredDeviceRow } from './device-tables.ts'
import { type RegisteredDeviceStore, registeredDevices } from './registered-devices.ts'

let store: Store<DirectorySchema>
let devices: RegisteredDeviceStore

beforeEach(async () => {
  store = await openStore<DirectorySchema>({
    engine: { kind: 'memory' },
    migrations: directoryMigrations,
    seed: async () => undefined,
  })
  devices = registeredDevices(store)
})

afterEach(() => store[Symbol.asyncDispose]())

const row = (device_id: string, changes: Partial<RegisteredDeviceRow> = {}): RegisteredDeviceRow => ({
  device_id,
  display_name: device_id,
  os_type: 'iOS',
  os_version: null,
  trust_type: 'Workplace',
  enabled: 1,
  is_managed: 0,
  is_compliant: 0,
  thumbprint: `${device_id}-thumbprint`.toUpperCase(),
  owner_guid: null,
  registered_at: null,
  digest: 'first',
  ...changes,
})

test('what Entra ID has no longer is gone; what it says anew is changed', async () => {
  const issuers = ['AAAA']
  const first = await devices.writeBack({ rows: [row('a'), row('b')], issuers }, false)
  expect(first).toEqual({ added: 2, updated: 0, deleted: 0 })
  const rows = [row('a', { display_name: 'new', digest: 'second' })]
  expect(await devices.writeBack({ rows, issuers: [] }, false)).toEqual({ added: 0, updated: 1, deleted: 1 })
  expect(await devices.list()).toMatchObject([{ deviceId: 'a', displayName: 'new' }])
  expect(await devices.issuers()).toEqual([])
})

test('what an administrator changed stays in delta cycles, until Entra ID says something new or a cycle begins anew', async () => {
  const same = { rows: [row('a')], issuers: [] }
  await devices.writeBack(same, false)
  expect(await devices.enable('A', false)).toBe(true)
  await devices.writeBack(same, false)
  expect(await devices.find('device_id', 'a')).toMatchObject({ enabled: false })
  await devices.writeBack(same, true)
  expect(await devices.find('thumbprint', 'a-thumbprint')).toMatchObject({ enabled: true })
})

test('there is nothing to change or remove where there is no device', async () => {
  expect(await devices.enable('nobody', false)).toBe(false)
  expect(await devices.remove('nobody')).toBe(false)
  expect(await devices.find('thumbprint', '')).toBeUndefined()
})
