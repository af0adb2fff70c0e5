import type { Authority } from '#certs/authority.ts'
import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'
import { createDevices, type DeviceStore } from '../people/devices.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import { type AppProtection, createAppProtection } from './app-protection.ts'
import { createDeviceChallenges, type DeviceChallenges } from './challenge/device-challenges.ts'
import { createDeviceAuthority, type DeviceAuthority } from './device-authority.ts'
import type { DeviceTables } from './device-tables.ts'
import { createRegistrationPolicy, type RegistrationPolicyStore } from './registration/registration-policy.ts'

/*
 * Devices: how they become known to the tenant (registration/), how they prove which they are (challenge/), and what
 * the apps on them say of themselves (app-protection.ts). Owns certificates, nonces and those states; the device
 * objects are the directory's (people/devices.ts), and what a state allows is Conditional Access's to say.
 * Serves enterpriseregistration.windows.net and the management rows /devices and /app-protection.
 */
export interface DeviceServices {
  readonly directory: DeviceStore
  readonly authority: DeviceAuthority
  readonly challenges: DeviceChallenges
  readonly policy: RegistrationPolicyStore
  readonly appProtection: AppProtection
}

export function createDeviceServices<Schema extends PeopleTables & DeviceTables>(parts: {
  readonly store: Store<Schema>
  readonly authority: Authority
  readonly tenant: { readonly id: string; readonly countryCode: string }
  readonly singleUse: SingleUseStore
  readonly clock: Clock
  readonly random: Random
}): DeviceServices {
  const { store, tenant, singleUse, clock, random } = parts
  const directory = createDevices(store)
  const authority = createDeviceAuthority({ authority: parts.authority, tenant })
  return {
    directory,
    authority,
    challenges: createDeviceChallenges({ singleUse, directory, authority, tenantId: tenant.id, clock, random }),
    policy: createRegistrationPolicy(store),
    appProtection: createAppProtection(store),
  }
}
