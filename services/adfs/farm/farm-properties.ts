import type { Kysely } from 'kysely'
import { z } from 'zod'
import { adfsSchema } from '#shared/scenario/schema-adfs.ts'
import type { Scenario } from '#shared/scenario/world.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Migration, Store } from '#shared/store/store.ts'

// What Get-AdfsProperties shows and Set-AdfsProperties changes while the farm runs. The scenario gives the first values;
// a change is kept in the store, so that it survives a restart and ends with a reset.

export interface FarmProperties {
  readonly extranetLockout: Scenario['adfs']['extranetLockout']
  readonly bannedAddresses: readonly string[]
  readonly singleSignOnMinutes: number
  readonly keepSignedInOffered: boolean
  readonly keepSignedInMinutes: number
  readonly deviceAuthentication: Scenario['adfs']['deviceAuthentication']
  readonly persistentSso: Scenario['adfs']['persistentSso']
  readonly updatePassword: Scenario['adfs']['updatePassword']
  readonly tokenCertificates: Scenario['adfs']['tokenCertificates']
  readonly wiaSupportedUserAgents: readonly string[]
}

export interface FarmPropertyStore {
  read(): Promise<FarmProperties>
  change(changes: Partial<FarmProperties>): Promise<FarmProperties>
}

export interface FarmTables {
  farm_property: { name: string; value: string }
}

export const farmMigration: Migration = {
  name: 'farm-properties',
  async up({ schema }) {
    await schema
      .createTable('farm_property')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'text', (column) => column.notNull())
      .execute()
  },
}

export function farmPropertyStore<Schema extends FarmTables>(
  store: Store<Schema>,
  scenario: Scenario,
): FarmPropertyStore {
  const db = store.db as unknown as Kysely<FarmTables>
  const initial = initialProperties(scenario)
  const stored = prepared(db, () => db.selectFrom('farm_property').selectAll())
  const read = async (): Promise<FarmProperties> => {
    const { rows } = await stored({})
    if (rows.length === 0) return initial
    return { ...initial, ...Object.fromEntries(rows.map(({ name, value }) => [name, JSON.parse(value) as unknown])) }
  }
  return {
    read,
    async change(changes) {
      for (const [name, changed] of Object.entries(changes)) {
        const value = JSON.stringify(changed)
        await db
          .insertInto('farm_property')
          .values({ name, value })
          .onConflict((conflict) => conflict.column('name').doUpdateSet({ value }))
          .execute()
      }
      return read()
    },
  }
}

function initialProperties({ adfs }: Scenario): FarmProperties {
  return {
    extranetLockout: adfs.extranetLockout,
    bannedAddresses: adfs.bannedAddresses,
    singleSignOnMinutes: adfs.ssoLifetimeMinutes,
    keepSignedInOffered: adfs.kmsiEnabled,
    keepSignedInMinutes: adfs.kmsiLifetimeMinutes,
    deviceAuthentication: adfs.deviceAuthentication,
    persistentSso: adfs.persistentSso,
    updatePassword: adfs.updatePassword,
    tokenCertificates: adfs.tokenCertificates,
    wiaSupportedUserAgents: adfs.wiaSupportedUserAgents,
  }
}

const minutes = z.int().min(1).max(1_000_000)
const address = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])

/** The parameters of Set-AdfsProperties that there are; what is left out stays. */
export const farmChangesSchema = z.strictObject({
  extranetLockout: z
    .strictObject({
      enabled: z.boolean(),
      mode: z.enum(['ADPasswordCounter', 'ADFSSmartLockoutLogOnly', 'ADFSSmartLockoutEnforce']),
      threshold: z.int().min(1),
      thresholdFamiliarLocation: z.int().min(1),
      observationWindowMinutes: minutes,
    })
    .partial()
    .optional(),
  addBannedAddresses: z.array(address).optional(),
  removeBannedAddresses: z.array(z.string()).optional(),
  singleSignOnMinutes: minutes.optional(),
  keepSignedInOffered: z.boolean().optional(),
  keepSignedInMinutes: minutes.optional(),
  deviceAuthentication: z
    .strictObject({ enabled: z.boolean(), method: z.enum(['All', 'ClientTLS', 'PKeyAuth']) })
    .partial()
    .optional(),
  persistentSso: z
    .strictObject({
      enabled: z.boolean(),
      lifetimeMinutes: minutes,
      deviceUsageWindowDays: z.int().min(1).max(365),
      cutoffTime: z.iso.datetime(),
    })
    .partial()
    .optional(),
  updatePassword: z.strictObject({ enabled: z.boolean(), throughProxy: z.boolean() }).partial().optional(),
  tokenCertificates: z
    .strictObject({
      autoRollover: z.boolean(),
      durationDays: z.int().min(1),
      generationThresholdDays: z.int().min(1),
      promotionThresholdDays: z.int().min(0),
    })
    .partial()
    .optional(),
  wiaSupportedUserAgents: adfsSchema.shape.wiaSupportedUserAgents.unwrap().optional(),
})

type FarmChanges = z.output<typeof farmChangesSchema>

const mostBanned = 300

/** The properties that change, in full. @throws RangeError for more than 300 banned addresses. */
export function changedProperties(current: FarmProperties, changes: FarmChanges): Partial<FarmProperties> {
  const { addBannedAddresses, removeBannedAddresses, ...others } = changes
  const changed: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined) continue
    const before: unknown = current[name as keyof FarmProperties]
    changed[name] = typeof value === 'object' && !Array.isArray(value) ? { ...(before as object), ...value } : value
  }
  if (addBannedAddresses || removeBannedAddresses) {
    const kept = current.bannedAddresses.filter((each) => !removeBannedAddresses?.includes(each))
    const banned = [...new Set([...kept, ...(addBannedAddresses ?? [])])]
    if (banned.length > mostBanned) throw new RangeError(`BannedIpList takes ${mostBanned} entries`)
    changed.bannedAddresses = banned
  }
  return changed
}
