import type { Store } from '#shared/store/store.ts'
import type { PeopleTables } from './people-tables.ts'

/** A device object of the tenant ([Graph] device). */
export interface DirectoryDevice {
  readonly objectId: string
  readonly deviceId: string
  readonly displayName: string
  readonly operatingSystem: string
  readonly operatingSystemVersion?: string | undefined
  readonly trustType: 'AzureAd' | 'ServerAd' | 'Workplace'
  readonly deviceOwnership: 'Company' | 'Personal'
  readonly accountEnabled: boolean
  readonly isManaged: boolean
  readonly isCompliant: boolean
  /** Object id of the registered owner. */
  readonly ownerId?: string | undefined
}

export interface DeviceStore {
  byDeviceId(deviceId: string): Promise<DirectoryDevice | undefined>
  list(): Promise<readonly DirectoryDevice[]>
}

export declare function createDevices<Schema extends PeopleTables>(store: Store<Schema>): DeviceStore
