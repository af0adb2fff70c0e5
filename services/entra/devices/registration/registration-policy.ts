import type { Kysely } from 'kysely'
import { z } from 'zod'
import type { Store } from '#shared/store/store.ts'
import type { DeviceTables } from '../device-tables.ts'

export const registrationPolicySchema = z.strictObject({
  userDeviceQuota: z.int().min(0).max(2_147_483_647).describe('How many devices a person may join or register.'),
  multiFactorAuthConfiguration: z.enum(['notRequired', 'required']),
  azureADJoin: z.enum(['allowed', 'notAllowed']),
  azureADRegistration: z.enum(['allowed', 'notAllowed']),
})

/** [Graph] deviceRegistrationPolicy, whose lists of people are all or nobody here. */
export type RegistrationPolicy = Readonly<z.output<typeof registrationPolicySchema>>

/** "Device settings" as a new tenant has them. */
const initial: RegistrationPolicy = {
  userDeviceQuota: 50,
  multiFactorAuthConfiguration: 'notRequired',
  azureADJoin: 'allowed',
  azureADRegistration: 'allowed',
}

export interface RegistrationPolicyStore {
  read(): Promise<RegistrationPolicy>
  change(changes: Partial<RegistrationPolicy>): Promise<RegistrationPolicy>
}

export function createRegistrationPolicy<Schema extends DeviceTables>(
  schemaStore: Store<Schema>,
): RegistrationPolicyStore {
  const store = schemaStore as unknown as Store<DeviceTables>
  const read = async (db: Kysely<DeviceTables>): Promise<RegistrationPolicy> => {
    const row = await db.selectFrom('device_registration_policy').select('policy').executeTakeFirst()
    return row ? (JSON.parse(row.policy) as RegistrationPolicy) : initial
  }
  return {
    read: () => read(store.db),
    change: (changes) =>
      store.transaction(async (db) => {
        const policy = { ...(await read(db)), ...changes }
        const row = { id: 1, policy: JSON.stringify(policy) }
        await db
          .insertInto('device_registration_policy')
          .values(row)
          .onConflict((conflict) => conflict.column('id').doUpdateSet({ policy: row.policy }))
          .execute()
        return policy
      }),
  }
}
