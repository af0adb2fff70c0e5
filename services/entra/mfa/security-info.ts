import type { Clock } from '#shared/clock.ts'
import type { Random } from '#shared/random.ts'
import type { SingleUseStore } from '#shared/store/single-use.ts'
import type { Store } from '#shared/store/store.ts'
import type { PasskeyTables } from '../passkeys/passkey-tables.ts'
import { createPasskeys, type Passkeys } from '../passkeys/passkeys.ts'
import { createPhonePasskeys, type PhonePasskeys } from '../passkeys/phone-passkeys.ts'
import type { PeopleTables } from '../people/people-tables.ts'
import { createMethodRegistry, type MethodRegistry } from './methods.ts'
import type { MfaTables } from './mfa-tables.ts'
import { createRegistrations, type MethodRegistrations } from './registrations.ts'
import { createTemporaryAccessPasses, type TemporaryAccessPasses } from './temporary-access-pass.ts'

/** What people prove themselves with besides a password, and how it is registered. */
export interface SecurityInfo {
  readonly registry: MethodRegistry
  readonly registrations: MethodRegistrations
  readonly accessPasses: TemporaryAccessPasses
  readonly passkeys: Passkeys
  /** Of the simulated phone. */
  readonly phonePasskeys: PhonePasskeys
}

export function createSecurityInfo<Schema extends MfaTables & PasskeyTables & PeopleTables>(parts: {
  readonly store: Store<Schema>
  readonly singleUse: SingleUseStore
  readonly clock: Clock
  readonly random: Random
}): SecurityInfo {
  const registry = createMethodRegistry(parts)
  const passkeys = createPasskeys({ ...parts, registry })
  return {
    registry,
    registrations: createRegistrations({ ...parts, registry }),
    accessPasses: createTemporaryAccessPasses(parts),
    passkeys,
    phonePasskeys: createPhonePasskeys({ ...parts, passkeys }),
  }
}
