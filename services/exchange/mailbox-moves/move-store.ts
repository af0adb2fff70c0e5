import type { Kysely } from 'kysely'
import type { MoveRow, MoveTables } from './move-tables.ts'

/** Of Get-MoveRequest. */
export type MoveStatus =
  | 'Queued'
  | 'InProgress'
  | 'AutoSuspended'
  | 'Suspended'
  | 'CompletionInProgress'
  | 'Completed'
  | 'Failed'

export type Move = Omit<MoveRow, 'status' | 'direction'> & {
  readonly status: MoveStatus
  readonly direction: 'pull' | 'push'
}

export type MoveChanges = Partial<Omit<Move, 'object_guid'>>

/** Statuses of moves that somebody works on, or is to. */
export const workedOn = ['Queued', 'InProgress', 'CompletionInProgress'] as const satisfies readonly MoveStatus[]

export interface MoveStore {
  list(): Promise<readonly Move[]>
  find(objectGuid: string): Promise<Move | undefined>
  add(move: Move): Promise<void>
  change(objectGuid: string, changes: MoveChanges): Promise<void>
  remove(objectGuid: string): Promise<void>
}

export function relationalMoveStore<Schema extends MoveTables>(schemaDb: Kysely<Schema>): MoveStore {
  const db = schemaDb as unknown as Kysely<MoveTables>
  const one = (objectGuid: string) =>
    db.selectFrom('move_request').selectAll().where('object_guid', '=', objectGuid).executeTakeFirst()
  return {
    list: async () => {
      const rows = await db.selectFrom('move_request').selectAll().orderBy('started_at').execute()
      return rows.map(moveOf)
    },
    find: async (objectGuid) => {
      const row = await one(objectGuid)
      return row && moveOf(row)
    },
    add: async (move) => void (await db.insertInto('move_request').values(move).execute()),
    change: async (objectGuid, changes) =>
      void (await db.updateTable('move_request').set(changes).where('object_guid', '=', objectGuid).execute()),
    remove: async (objectGuid) =>
      void (await db.deleteFrom('move_request').where('object_guid', '=', objectGuid).execute()),
  }
}

function moveOf(row: MoveRow): Move {
  return { ...row, status: row.status as MoveStatus, direction: row.direction as Move['direction'] }
}
