import type { DirectoryDevice } from '../people/devices.ts'
import type { SignInServices } from './services.ts'

/** What a sign-in, or a token request, tells of the device that it comes from. */
export type DevicePresence =
  /** Nobody asked, or the client cannot say. */
  | { readonly state: 'unidentified' }
  /** It was asked, and has no certificate of the tenant. */
  | { readonly state: 'noCertificate' }
  | { readonly state: 'known'; readonly device: DirectoryDevice }
  | { readonly state: 'disabled' | 'deleted'; readonly deviceId: string }

/** Read anew each time: what administrators and device management change counts from the next evaluation on. */
export async function devicePresence(
  { devices }: Pick<SignInServices, 'devices'>,
  { deviceId, answered }: { readonly deviceId: string | undefined; readonly answered: boolean },
): Promise<DevicePresence> {
  if (deviceId === undefined) return { state: answered ? 'noCertificate' : 'unidentified' }
  const device = await devices.directory.byDeviceId(deviceId)
  if (!device) return { state: 'deleted', deviceId }
  return device.accountEnabled ? { state: 'known', device } : { state: 'disabled', deviceId }
}

export function knownDevice(presence: DevicePresence | undefined): DirectoryDevice | undefined {
  return presence?.state === 'known' ? presence.device : undefined
}

/** A registration belongs to the person who made it; on a joined device everybody of the tenant signs in. */
export function isUsableBy({ trustType, ownerId }: DirectoryDevice, objectId: string): boolean {
  return trustType !== 'Workplace' || ownerId === objectId
}
