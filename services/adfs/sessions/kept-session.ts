import type { ProvedDevice } from '../device-authentication/registered-device.ts'
import { attributeValues, type DirectoryUser } from '../directory/directory-user.ts'
import type { FarmProperties } from '../farm/farm-properties.ts'
import type { Session } from './session.ts'

type Kept = Pick<Session, 'keepSignedIn' | 'keptByDevice' | 'primary'>

type PersistentSso = FarmProperties['persistentSso']

/**
 * Why a sign-in that outlives the browser is over before its time; undefined when it goes on. A session of the browser
 * alone is neither ended by PersistentSsoCutoffTime nor by a new password ("AD FS single sign-on settings").
 */
export function endOfKeptSession(
  { keepSignedIn, keptByDevice, primary }: Kept,
  { enabled, cutoffTime }: PersistentSso,
  user: DirectoryUser | undefined,
  device?: ProvedDevice | undefined,
): string | undefined {
  if (!keepSignedIn) return undefined
  const signedInAt = Date.parse(primary.instant)
  if (cutoffTime !== undefined && signedInAt < Date.parse(cutoffTime)) {
    return `the kept sign-in is from before PersistentSsoCutoffTime ${cutoffTime}`
  }
  if (keptByDevice && !enabled) return 'EnablePersistentSso is off'
  if (keptByDevice && !device?.registeredUser) return 'the device that kept the sign-in is disabled, gone or of others'
  const changed = user && passwordSetAt(user)
  if (changed !== undefined && changed > signedInAt) return 'the password was changed since the kept sign-in'
  return undefined
}

/** A registered device keeps a sign-in until it is not used for DeviceUsageWindowInDays, PersistentSsoLifetimeMins at most. */
export function deviceSessionEnd(
  signedInAt: string,
  { lifetimeMinutes, deviceUsageWindowDays }: PersistentSso,
  now: Date,
): Date {
  const unused = now.getTime() + deviceUsageWindowDays * 86_400_000
  return new Date(Math.min(unused, Date.parse(signedInAt) + lifetimeMinutes * 60_000))
}

/** pwdLastSet: 100-nanosecond intervals since 1601; 0 when it has to be changed. */
function passwordSetAt(user: DirectoryUser): number | undefined {
  const [value = ''] = attributeValues(user, 'pwdLastSet')
  return /^[1-9]\d*$/.test(value) ? Number(BigInt(value) / 10_000n) - 11_644_473_600_000 : undefined
}
