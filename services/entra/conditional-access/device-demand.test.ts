import { expect, test } from 'vitest'
import { compliantLaptop, demands, ids, ordinary, policyOf } from './_policies.ts'
import { policyAskingForDevice } from './device-demand.ts'
import { policySet } from './policy-set.ts'
import type { Signals } from './signals.ts'

type PolicyFile = Parameters<typeof policyOf>[0]

const device = demands(['compliantDevice'])
const filter = { devices: { deviceFilter: { mode: 'include', rule: 'device.isCompliant -eq True' } } }

test.each<{ policy: PolicyFile; signals?: Partial<Signals>; asks: boolean }>([
  { policy: {}, asks: false },
  { policy: { grant: demands(['block']) }, asks: false },
  { policy: { grant: device }, asks: true },
  { policy: { grant: demands(['domainJoinedDevice']) }, asks: true },
  { policy: { grant: demands(['approvedApplication']) }, asks: true },
  { policy: { grant: demands(['compliantApplication']) }, asks: true },
  { policy: { grant: demands(['mfa', 'compliantDevice'], { operator: 'OR' }) }, asks: true },
  { policy: { grant: device, state: 'enabledForReportingButNotEnforced' }, asks: true },
  { policy: { grant: device, state: 'disabled' }, asks: false },
  { policy: { conditions: filter }, asks: true },
  { policy: { conditions: filter }, signals: { device: { ...compliantLaptop, isCompliant: false } }, asks: true },
  { policy: { conditions: { devices: { deviceFilter: { mode: 'include', rule: 'not a rule' } } } }, asks: true },
  { policy: { grant: device, users: { includeUsers: ['somebody else'] } }, asks: false },
  { policy: { grant: device, applications: { includeApplications: [ids.graph] } }, asks: false },
  { policy: { grant: device, applications: { includeApplications: [ids.exchange.toUpperCase()] } }, asks: true },
  { policy: { grant: device, conditions: { platforms: { includePlatforms: ['iOS'] } } }, asks: false },
  { policy: { grant: device, conditions: { clientAppTypes: ['mobileAppsAndDesktopClients'] } }, asks: false },
])('$policy asks for the device: $asks', ({ policy, signals, asks }) => {
  const set = policySet({ policies: [policyOf(policy)], strengths: [] })
  expect(policyAskingForDevice(set, { ...ordinary, ...signals }) !== undefined).toBe(asks)
})
