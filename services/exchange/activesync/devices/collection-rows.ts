import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import type { CollectionState } from './device-state.ts'
import type { DeviceKey, DeviceStore } from './device-store.ts'
import type { DeviceTables } from './device-tables.ts'

type CollectionRows = Pick<
  DeviceStore,
  'collection' | 'collectionsOf' | 'countCollections' | 'keepCollection' | 'forgetCollections'
>

/** Where each collection of each device stands. */
export function collectionRows({ db }: Store<DeviceTables>): CollectionRows {
  return {
    ...collectionReads(db),
    keepCollection: async ({ mailboxId, deviceId }, collectionId, state) => {
      const row = {
        mailbox_id: mailboxId,
        device_id: deviceId,
        collection_id: collectionId,
        state: JSON.stringify(state),
      }
      await db
        .insertInto('device_collection')
        .values(row)
        .onConflict((conflict) =>
          conflict.columns(['mailbox_id', 'device_id', 'collection_id']).doUpdateSet({ state: row.state }),
        )
        .execute()
    },
    countCollections: async ({ mailboxId, deviceId }) => {
      const rows = await db
        .selectFrom('device_collection')
        .select('collection_id')
        .where('mailbox_id', '=', mailboxId)
        .where('device_id', '=', deviceId)
        .execute()
      return rows.length
    },
    forgetCollections: async ({ mailboxId, deviceId }) => {
      await db
        .deleteFrom('device_collection')
        .where('mailbox_id', '=', mailboxId)
        .where('device_id', '=', deviceId)
        .execute()
    },
  }
}

function collectionReads(db: Store<DeviceTables>['db']): Pick<CollectionRows, 'collection' | 'collectionsOf'> {
  const one = prepared(db, ({ mailboxId, deviceId, collectionId }: DeviceKey & { readonly collectionId: string }) =>
    db
      .selectFrom('device_collection')
      .select('state')
      .where('mailbox_id', '=', mailboxId)
      .where('device_id', '=', deviceId)
      .where('collection_id', '=', collectionId),
  )
  const every = prepared(
    db,
    ({ mailboxId, collectionId }: { readonly mailboxId: string; readonly collectionId: string }) =>
      db
        .selectFrom('device_collection')
        .select(['device_id', 'state'])
        .where('mailbox_id', '=', mailboxId)
        .where('collection_id', '=', collectionId),
  )
  return {
    collection: async ({ mailboxId, deviceId }, collectionId) => {
      const { rows } = await one({ mailboxId, deviceId, collectionId })
      return rows[0] && stateOf(rows[0].state)
    },
    collectionsOf: async (mailboxId, collectionId) => {
      const { rows } = await every({ mailboxId, collectionId })
      const states = new Map(rows.map(({ device_id, state }) => [device_id, state]))
      return (deviceId) => {
        const state = states.get(deviceId)
        return state === undefined ? undefined : stateOf(state)
      }
    },
  }
}

function stateOf(kept: string): CollectionState {
  return JSON.parse(kept) as CollectionState
}
