import type { Kysely } from 'kysely'
import type { Clock } from '#shared/clock.ts'
import type { Store } from '#shared/store/store.ts'
import type { PeopleTables } from './people-tables.ts'

export const deletedKinds = ['user', 'group', 'application', 'servicePrincipal'] as const
export type DeletedKind = (typeof deletedKinds)[number]

/** "Restore or remove a recently deleted user": what was deleted can come back for thirty days. */
export interface DeletedItem {
  readonly objectId: string
  readonly kind: DeletedKind
  readonly deletedAt: Date
  /** What its kind needs to come back. */
  readonly content: unknown
}

export interface DeletedItems {
  keep(item: Omit<DeletedItem, 'deletedAt'>): Promise<void>
  list(kind: DeletedKind): Promise<readonly DeletedItem[]>
  byObjectId(objectId: string): Promise<DeletedItem | undefined>
  /** For good, or because it came back. */
  remove(objectId: string): Promise<void>
}

const keptFor = 30 * 24 * 3_600_000

export function createDeletedItems<Schema extends PeopleTables>(store: Store<Schema>, clock: Clock): DeletedItems {
  const db = store.db as unknown as Kysely<PeopleTables>
  const kept = () =>
    db
      .selectFrom('deleted_item')
      .selectAll()
      .where('deleted_at', '>', clock.now().getTime() - keptFor)
  return {
    async keep({ objectId, kind, content }) {
      const item = { kind, content: JSON.stringify(content), deleted_at: clock.now().getTime() }
      await db
        .insertInto('deleted_item')
        .values({ object_id: objectId, ...item })
        .execute()
    },
    list: async (kind) =>
      (await kept().where('kind', '=', kind).orderBy('deleted_at').orderBy('object_id').execute()).map(toItem),
    async byObjectId(objectId) {
      const row = await kept().where('object_id', '=', objectId.toLowerCase()).executeTakeFirst()
      return row && toItem(row)
    },
    async remove(objectId) {
      await db.deleteFrom('deleted_item').where('object_id', '=', objectId).execute()
    },
  }
}

function toItem(row: PeopleTables['deleted_item']): DeletedItem {
  return {
    objectId: row.object_id,
    kind: row.kind as DeletedKind,
    deletedAt: new Date(Number(row.deleted_at)),
    content: JSON.parse(row.content),
  }
}
