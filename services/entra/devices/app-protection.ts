import type { Kysely } from 'kysely'
import type { Store } from '#shared/store/store.ts'
import type { DeviceTables } from './device-tables.ts'

/** What Intune says of a person's app: its protection policy is applied, or it is enrolled and not up to it. */
export type AppProtectionState = 'compliant' | 'notCompliant'

export interface AppProtection {
  /** Undefined for an app that was never enrolled. */
  stateOf(objectId: string, appId: string): Promise<AppProtectionState | undefined>
  list(): Promise<readonly AppProtectionEntry[]>
  set(objectId: string, appId: string, state: AppProtectionState): Promise<void>
  /** False when there was nothing to remove. */
  remove(objectId: string, appId: string): Promise<boolean>
}

export interface AppProtectionEntry {
  readonly objectId: string
  readonly appId: string
  readonly state: AppProtectionState
}

export function createAppProtection<Schema extends DeviceTables>(schemaStore: Store<Schema>): AppProtection {
  const db = schemaStore.db as unknown as Kysely<DeviceTables>
  return {
    async stateOf(objectId, appId) {
      const row = await db
        .selectFrom('app_protection')
        .select('state')
        .where('object_id', '=', objectId)
        .where('app_id', '=', appId.toLowerCase())
        .executeTakeFirst()
      return row?.state
    },
    async list() {
      const rows = await db.selectFrom('app_protection').selectAll().orderBy('object_id').orderBy('app_id').execute()
      return rows.map((row) => ({ objectId: row.object_id, appId: row.app_id, state: row.state }))
    },
    async set(objectId, appId, state) {
      await db
        .insertInto('app_protection')
        .values({ object_id: objectId, app_id: appId.toLowerCase(), state })
        .onConflict((conflict) => conflict.columns(['object_id', 'app_id']).doUpdateSet({ state }))
        .execute()
    },
    async remove(objectId, appId) {
      const { numDeletedRows } = await db
        .deleteFrom('app_protection')
        .where('object_id', '=', objectId)
        .where('app_id', '=', appId.toLowerCase())
        .executeTakeFirst()
      return numDeletedRows > 0n
    },
  }
}
