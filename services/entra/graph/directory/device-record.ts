import type { DirectoryDevice } from '../../people/devices.ts'
import type { GraphRecord } from '../odata/filter-predicate.ts'

/** [Graph] device. */
export function deviceRecord(device: DirectoryDevice): GraphRecord {
  return {
    id: device.objectId,
    deletedDateTime: null,
    accountEnabled: device.accountEnabled,
    alternativeSecurityIds: [],
    approximateLastSignInDateTime: instant(device.lastSignInAt),
    deviceId: device.deviceId,
    deviceOwnership: device.deviceOwnership,
    displayName: device.displayName,
    enrollmentProfileName: device.enrollmentProfileName ?? null,
    extensionAttributes: device.extensionAttributes ?? null,
    isCompliant: device.isCompliant,
    isManaged: device.isManaged,
    managementType: device.isManaged ? 'MDM' : null,
    manufacturer: device.manufacturer ?? null,
    mdmAppId: device.mdmAppId ?? null,
    model: device.model ?? null,
    onPremisesSyncEnabled: device.source === 'synchronized' ? true : null,
    operatingSystem: device.operatingSystem,
    operatingSystemVersion: device.operatingSystemVersion ?? null,
    physicalIds: device.physicalIds ?? [],
    profileType: device.profileType ?? 'RegisteredDevice',
    registrationDateTime: instant(device.registeredAt),
    systemLabels: device.systemLabels ?? [],
    trustType: device.trustType,
  }
}

export function instant(milliseconds: number | undefined): string | null {
  return milliseconds === undefined ? null : new Date(milliseconds).toISOString()
}
