import type { DeviceSignal } from '../signals.ts'

const deviceId = '8a1c5b7e-3f0d-4c6a-9e21-b4d7f0a9c3e5'
const mdmAppId = '0000000a-0000-0000-c000-000000000000'

/** A hybrid joined, managed and compliant laptop with every property that rules know. */
export const laptop: DeviceSignal = {
  deviceId,
  displayName: 'PC-ALICE "dev"',
  operatingSystem: 'Windows',
  operatingSystemVersion: '10.0.22631.4460',
  trustType: 'ServerAd',
  deviceOwnership: 'Company',
  isCompliant: true,
  isManaged: true,
  enrollmentProfileName: 'AutoPilot Profile West',
  manufacturer: 'Microsoft Corporation',
  model: 'Surface Laptop 6',
  mdmAppId,
  profileType: 'RegisteredDevice',
  physicalIds: ['[ZTDId]:9f0a', '[OrderId]:Dept-7'],
  systemLabels: ['M365Managed'],
  extensionAttributes: { extensionAttribute1: 'SAW', extensionAttribute15: "O'Neil`s" },
}

/** A registered phone of which little is known and that nobody manages. */
export const phone: DeviceSignal = {
  deviceId: '11111111-2222-3333-4444-555555555555',
  displayName: 'iPhone',
  trustType: 'Workplace',
  isCompliant: false,
  isManaged: false,
  extensionAttributes: { extensionAttribute1: 'SAW' },
}
