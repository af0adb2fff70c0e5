import type { DeviceStore } from '../../people/devices.ts'
import { RegistrationRefusal } from './registration-refusal.ts'
import type { RegistrationCaller } from './registration-token.ts'

/** Roles that may delete devices: Global, Cloud Device and Intune Administrator. */
const deletingRoles = new Set([
  '62e90394-69f5-4237-9190-012177145e10',
  '7698a772-787b-4ac8-901f-60d6b08affd2',
  '3a2c62db-5318-420d-8d74-23affee5d9d5',
])

/** A device leaves. A computer of Active Directory only loses its certificate: the object goes with synchronization. */
export async function unregisterDevice(
  directory: DeviceStore,
  { person, deviceId: ownDevice }: RegistrationCaller,
  deviceId: string,
): Promise<void> {
  const device = await directory.byDeviceId(deviceId)
  if (!device) throw new RegistrationRefusal('deviceMissing', `no device ${deviceId}`, { device: deviceId })
  const mayDelete =
    device.ownerId === person.objectId ||
    ownDevice === device.deviceId ||
    person.directoryRoles.some((role) => deletingRoles.has(role))
  if (!mayDelete) {
    const values = { user: person.objectId, device: deviceId }
    throw new RegistrationRefusal('notYourDevice', `${person.userPrincipalName} is not the owner`, values)
  }
  if (device.source === 'synchronized') await directory.unregister(device.deviceId)
  else await directory.remove(device.deviceId)
}
