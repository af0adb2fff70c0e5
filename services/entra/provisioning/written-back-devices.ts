import type { DeviceAuthority } from '../devices/device-authority.ts'
import type { DeviceStore, TrustType } from '../people/devices.ts'
import type { PeopleStore } from '../people/people.ts'

/** A registered device as Entra Connect writes it to Active Directory ("Enabling device writeback", Microsoft Learn). */
export interface WrittenBackDevice {
  readonly deviceId: string
  readonly displayName: string
  readonly operatingSystem: string
  readonly operatingSystemVersion?: string | undefined
  readonly trustType: TrustType
  readonly accountEnabled: boolean
  readonly isManaged: boolean
  readonly isCompliant: boolean
  /** SHA-1 of its certificate, upper-case hexadecimal. */
  readonly thumbprint: string
  /** Immutable id of the owner, where the owner has an account on-premises. */
  readonly ownerAnchor?: string | undefined
  /** ISO instant. */
  readonly registeredAt?: string | undefined
}

export interface WrittenBack {
  /** DER, base64: whose certificates the devices hold. Empty while there are none. */
  readonly issuers: readonly string[]
  readonly devices: readonly WrittenBackDevice[]
}

export interface WriteBackParts {
  readonly devices: Pick<DeviceStore, 'list'>
  readonly people: Pick<PeopleStore, 'byObjectId'>
  readonly authority: Pick<DeviceAuthority, 'certificate'>
}

/** Every device that holds a certificate; the others cannot prove themselves to anybody. */
export async function writtenBackDevices({ devices, people, authority }: WriteBackParts): Promise<WrittenBack> {
  const registered = (await devices.list()).filter(({ thumbprint }) => thumbprint !== undefined)
  if (registered.length === 0) return { issuers: [], devices: [] }
  return {
    issuers: [(await authority.certificate()).toString('base64')],
    devices: await Promise.all(
      registered.map(async (device) => ({
        deviceId: device.deviceId,
        displayName: device.displayName,
        operatingSystem: device.operatingSystem,
        operatingSystemVersion: device.operatingSystemVersion,
        trustType: device.trustType,
        accountEnabled: device.accountEnabled,
        isManaged: device.isManaged,
        isCompliant: device.isCompliant,
        thumbprint: device.thumbprint ?? '',
        ownerAnchor: device.ownerId && (await people.byObjectId(device.ownerId))?.immutableId,
        registeredAt: device.registeredAt === undefined ? undefined : new Date(device.registeredAt).toISOString(),
      })),
    ),
  }
}
