import type { Clock } from '#shared/clock.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Store } from '#shared/store/store.ts'
import { collectionRows } from './collection-rows.ts'
import type { CollectionState, HierarchyState, KeptPing, KeptSync } from './device-state.ts'
import type { DeviceTables } from './device-tables.ts'

/**
 * Partnerships: which device synchronises which mailbox, what it was told of policies and wipes, and where each of its
 * collections stands. Keyed by mailbox, so that one person's device id says nothing about another's.
 */
export interface DeviceStore {
  find(key: DeviceKey): Promise<Device | undefined>
  list(mailboxId: string): Promise<readonly Device[]>
  /** Adds the partnership or replaces what changes. */
  create(device: Device): Promise<void>
  change(key: DeviceKey, changes: Partial<Omit<Device, keyof DeviceKey | 'wipeTimes'>>): Promise<void>
  /** With everything that is known of it. */
  remove(key: DeviceKey): Promise<void>
  /** A number that this partnership has not had. */
  nextKey(key: DeviceKey): Promise<string>
  collection(key: DeviceKey, collectionId: string): Promise<CollectionState | undefined>
  /** The states of a collection at all devices of the mailbox, by device id. */
  collectionsOf(mailboxId: string, collectionId: string): Promise<(deviceId: string) => CollectionState | undefined>
  /** How many folders the device synchronises. */
  countCollections(key: DeviceKey): Promise<number>
  keepCollection(key: DeviceKey, collectionId: string, state: CollectionState): Promise<void>
  forgetCollections(key: DeviceKey): Promise<void>
  findMove(
    key: DeviceKey,
    sourceId: string,
  ): Promise<{ readonly destinationId: string; readonly folderId: string } | undefined>
  keepMove(key: DeviceKey, sourceId: string, destinationId: string, folderId: string): Promise<void>
  /** False when the device sent a message under this id before. */
  markSent(key: DeviceKey, clientId: string, at: Date): Promise<boolean>
  /** All that is written inside, mailbox included, is written or nothing is. */
  together<T>(work: () => Promise<T>): Promise<T>
}

export interface DeviceKey {
  readonly mailboxId: string
  readonly deviceId: string
}

export type WipeState = 'none' | 'pending' | 'pendingAccountOnly' | 'sent' | 'sentAccountOnly' | 'wiped' | 'failed'
/** In DeviceDiscovery a device is until it said what it is. */
export type AccessState = 'Allowed' | 'Blocked' | 'Quarantined' | 'DeviceDiscovery'

export interface WipeTimes {
  readonly requestedAt: Date
  readonly sentAt?: Date
  readonly acknowledgedAt?: Date
}

export interface Device extends DeviceKey {
  readonly deviceType: string
  readonly userAgent: string
  readonly version: number
  /** Model, IMEI, FriendlyName, OS, … as the device gave them. */
  readonly information: Readonly<Record<string, string>>
  readonly firstSyncAt: Date
  readonly lastSyncAt: Date
  readonly offeredPolicyKey: number
  readonly policyKey: number
  readonly policyHash: string
  /** When the policy was acknowledged last. */
  readonly acknowledgedAt?: Date | undefined
  readonly wipe: WipeState
  /** Moments of the wipe that was ordered last, as far as it came. */
  readonly wipeTimes?: WipeTimes
  readonly accessState: AccessState
  readonly accessReason: string
  /** The item that tells the owner of a quarantine. */
  readonly noticeId?: string | undefined
  readonly hierarchy?: HierarchyState | undefined
  readonly ping?: KeptPing | undefined
  readonly syncRequest?: KeptSync | undefined
}

type Row = DeviceTables['device']

export function relationalDeviceStore<Schema extends DeviceTables>(
  schemaStore: Store<Schema>,
  clock: Pick<Clock, 'now'>,
): DeviceStore {
  const store = schemaStore as unknown as Store<DeviceTables>
  const { db } = store
  return {
    ...partnershipRows(store, clock),
    ...collectionRows(store),
    ...repetitionRows(store),
    nextKey: async ({ mailboxId, deviceId }) => {
      const row = await db
        .updateTable('device')
        .set((value) => ({ last_key: value('last_key', '+', 1) }))
        .where('mailbox_id', '=', mailboxId)
        .where('device_id', '=', deviceId)
        .returning('last_key')
        .executeTakeFirstOrThrow()
      return String(row.last_key)
    },
    together: (work) => store.transaction(work),
  }
}

type PartnershipRows = Pick<DeviceStore, 'find' | 'list' | 'create' | 'change' | 'remove'>

function partnershipRows(store: Store<DeviceTables>, clock: Pick<Clock, 'now'>): PartnershipRows {
  const { db } = store
  const one = prepared(db, ({ mailboxId, deviceId }: DeviceKey) =>
    db.selectFrom('device').selectAll().where('mailbox_id', '=', mailboxId).where('device_id', '=', deviceId),
  )
  return {
    find: async ({ mailboxId, deviceId }) => {
      const { rows } = await one({ mailboxId, deviceId })
      return rows[0] && deviceOf(rows[0])
    },
    list: async (mailboxId) => {
      const rows = await db
        .selectFrom('device')
        .selectAll()
        .where('mailbox_id', '=', mailboxId)
        .orderBy('device_id')
        .execute()
      return rows.map(deviceOf)
    },
    create: async (created) => {
      const row = { last_key: Math.floor(created.firstSyncAt.getTime() / 1000), ...rowOf(created) } as Row
      await db
        .insertInto('device')
        .values(row)
        .onConflict((conflict) => conflict.columns(['mailbox_id', 'device_id']).doNothing())
        .execute()
    },
    change: async ({ mailboxId, deviceId }, changes) => {
      await db
        .updateTable('device')
        .set({ ...rowOf(changes), ...wipeTimeRow(changes.wipe, clock) })
        .where('mailbox_id', '=', mailboxId)
        .where('device_id', '=', deviceId)
        .execute()
    },
    remove: (key) => removePartnership(store, key),
  }
}

async function removePartnership(store: Store<DeviceTables>, { mailboxId, deviceId }: DeviceKey): Promise<void> {
  await store.transaction(async (inside) => {
    for (const table of ['device', 'device_collection', 'device_move', 'device_sent'] as const)
      await inside.deleteFrom(table).where('mailbox_id', '=', mailboxId).where('device_id', '=', deviceId).execute()
  })
}

type RepetitionRows = Pick<DeviceStore, 'findMove' | 'keepMove' | 'markSent'>

/** What a device asks again when it did not hear the answer. */
function repetitionRows({ db }: Store<DeviceTables>): RepetitionRows {
  return {
    findMove: async ({ mailboxId, deviceId }, sourceId) => {
      const row = await db
        .selectFrom('device_move')
        .selectAll()
        .where('mailbox_id', '=', mailboxId)
        .where('device_id', '=', deviceId)
        .where('source_id', '=', sourceId)
        .executeTakeFirst()
      return row && { destinationId: row.destination_id, folderId: row.folder_id }
    },
    keepMove: async ({ mailboxId, deviceId }, sourceId, destinationId, folderId) => {
      const row = {
        mailbox_id: mailboxId,
        device_id: deviceId,
        source_id: sourceId,
        destination_id: destinationId,
        folder_id: folderId,
      }
      await db
        .insertInto('device_move')
        .values(row)
        .onConflict((conflict) =>
          conflict
            .columns(['mailbox_id', 'device_id', 'source_id'])
            .doUpdateSet({ destination_id: destinationId, folder_id: folderId }),
        )
        .execute()
    },
    markSent: async ({ mailboxId, deviceId }, clientId, at) => {
      const row = { mailbox_id: mailboxId, device_id: deviceId, client_id: clientId, sent_at: at.getTime() }
      const stored = await db
        .insertInto('device_sent')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .returning('client_id')
        .executeTakeFirst()
      return stored !== undefined
    },
  }
}

function wipeTimeRow(wipe: WipeState | undefined, clock: Pick<Clock, 'now'>): Partial<Row> {
  if (wipe === undefined) return {}
  const now = clock.now().getTime()
  if (wipe.startsWith('sent')) return { wipe_sent_at: now }
  if (wipe === 'wiped' || wipe === 'failed') return { wipe_acknowledged_at: now }
  return { wipe_requested_at: wipe === 'none' ? null : now, wipe_sent_at: null, wipe_acknowledged_at: null }
}

function wipeTimesOf({ wipe_sent_at, wipe_acknowledged_at }: Row, requestedAt: number): WipeTimes {
  return {
    requestedAt: new Date(requestedAt),
    ...(wipe_sent_at !== null && { sentAt: new Date(wipe_sent_at) }),
    ...(wipe_acknowledged_at !== null && { acknowledgedAt: new Date(wipe_acknowledged_at) }),
  }
}

function deviceOf(row: Row): Device {
  return {
    mailboxId: row.mailbox_id,
    deviceId: row.device_id,
    deviceType: row.device_type,
    userAgent: row.user_agent,
    version: row.version,
    information: JSON.parse(row.information),
    firstSyncAt: new Date(row.first_sync_at),
    lastSyncAt: new Date(row.last_sync_at),
    offeredPolicyKey: row.offered_policy_key,
    policyKey: row.policy_key,
    policyHash: row.policy_hash,
    ...(row.acknowledged_at !== null && { acknowledgedAt: new Date(row.acknowledged_at) }),
    wipe: row.wipe as WipeState,
    ...(row.wipe_requested_at !== null && { wipeTimes: wipeTimesOf(row, row.wipe_requested_at) }),
    accessState: row.access_state as AccessState,
    accessReason: row.access_reason,
    ...(row.notice_id !== null && { noticeId: row.notice_id }),
    ...(row.hierarchy && { hierarchy: JSON.parse(row.hierarchy) }),
    ...(row.ping && { ping: JSON.parse(row.ping) }),
    ...(row.sync_request && { syncRequest: JSON.parse(row.sync_request) }),
  }
}

const written: {
  readonly [Name in keyof Omit<Device, 'wipeTimes'>]: readonly [
    column: keyof Row,
    write: (value: never) => string | number | null,
  ]
} = {
  mailboxId: ['mailbox_id', String],
  deviceId: ['device_id', String],
  deviceType: ['device_type', String],
  userAgent: ['user_agent', String],
  version: ['version', Number],
  information: ['information', JSON.stringify],
  firstSyncAt: ['first_sync_at', Number],
  lastSyncAt: ['last_sync_at', Number],
  offeredPolicyKey: ['offered_policy_key', Number],
  policyKey: ['policy_key', Number],
  policyHash: ['policy_hash', String],
  acknowledgedAt: ['acknowledged_at', (value) => (value === undefined ? null : Number(value))],
  wipe: ['wipe', String],
  accessState: ['access_state', String],
  accessReason: ['access_reason', String],
  noticeId: ['notice_id', (value) => value ?? null],
  hierarchy: ['hierarchy', json],
  ping: ['ping', json],
  syncRequest: ['sync_request', json],
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

function rowOf(device: Partial<Device>): Partial<Row> {
  return Object.fromEntries(
    Object.entries(device).map(([name, value]) => {
      const [column, write] = written[name as keyof typeof written] ?? [name, json]
      return [column, write(value as never)]
    }),
  )
}
