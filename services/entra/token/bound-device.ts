import { deviceDeleted, failed } from '../devices/challenge/device-challenges.ts'
import { EntraError } from '../errors.ts'
import type { DirectoryDevice } from '../people/devices.ts'
import type { Person } from '../people/people.ts'
import { type DevicePresence, devicePresence, isUsableBy } from '../sign-in/device-presence.ts'
import type { SignInServices } from '../sign-in/services.ts'
import type { Grant } from './grant-store.ts'
import type { TokenRequest } from './token-request.ts'

/** A device that proves itself at the token endpoint binds the grant, and the tokens that come of it. */
export function onPresentedDevice<Kind extends Grant>({ presented }: TokenRequest, grant: Kind): Kind {
  const { deviceId } = presented?.device ?? {}
  if (deviceId === undefined || deviceId === grant.authentication.deviceId) return grant
  if (grant.authentication.deviceId !== undefined)
    throw failed(`the grant belongs to device ${grant.authentication.deviceId}, not to ${deviceId}`)
  return { ...grant, authentication: { ...grant.authentication, deviceId } }
}

export async function boundDevice(
  { devices }: Pick<SignInServices, 'devices'>,
  { authentication: { deviceId } }: Pick<Grant, 'authentication'>,
): Promise<DirectoryDevice | undefined> {
  return deviceId === undefined ? undefined : devices.directory.byDeviceId(deviceId)
}

/** @throws EntraError when the device of the grant may not be used any more. */
export async function grantedDevice(
  services: Pick<SignInServices, 'devices' | 'config'>,
  { presented }: TokenRequest,
  { authentication: { deviceId } }: Pick<Grant, 'authentication'>,
  person: Person,
): Promise<DevicePresence> {
  const presence = await devicePresence(services, { deviceId, answered: presented?.answered === true })
  if (presence.state === 'deleted') throw deviceDeleted(services.config.tenant.id, presence.deviceId)
  if (presence.state === 'disabled') {
    throw new EntraError('deviceDisabled', { reason: `accountEnabled of device ${presence.deviceId} is false` })
  }
  if (presence.state === 'known' && !isUsableBy(presence.device, person.objectId))
    throw failed(`${presence.device.displayName} is registered by somebody else`)
  return presence
}
