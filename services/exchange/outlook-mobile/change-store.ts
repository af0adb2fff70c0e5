import { type Kysely, sql } from 'kysely'
import type { MobileChangeRow, MobileTables } from './account-tables.ts'
import type { MobileChange } from './change.ts'

export type ChangeState = 'queued' | 'done' | 'conflict' | 'refused'

export interface ChangeEnd {
  readonly state: Exclude<ChangeState, 'queued'>
  readonly reason?: string | undefined
  /** Of what was created or moved, its id on the server. */
  readonly itemId?: string | undefined
}

export interface NewChange {
  readonly id: string
  readonly accountId: string
  readonly change: MobileChange
  readonly at: number
}

/** Changes on their way to the server on-premises, in the order in which people made them. */
export interface ChangeStore {
  add(change: NewChange): Promise<void>
  find(accountId: string, id: string): Promise<MobileChangeRow | undefined>
  /** The next to go. */
  next(accountId: string): Promise<MobileChangeRow | undefined>
  /** The latest first. */
  list(accountId: string): Promise<readonly MobileChangeRow[]>
  end(id: string, end: ChangeEnd, at: number): Promise<void>
  /** What waits for an item that has another id by now names it by that. */
  renameItem(accountId: string, from: string, to: { readonly id: string; readonly collectionId: string }): Promise<void>
  purge(accountId: string): Promise<void>
}

const keptChanges = 200

export function relationalChangeStore<Schema extends MobileTables>(schemaDb: Kysely<Schema>): ChangeStore {
  const db = schemaDb as unknown as Kysely<MobileTables>
  const of = (accountId: string) => db.selectFrom('mobile_change').selectAll().where('account_id', '=', accountId)
  return {
    add: ({ id, accountId, change, at }) => insert(db, { id, accountId, change, at }),
    find: (accountId, id) => of(accountId).where('id', '=', id).executeTakeFirst(),
    next: (accountId) => of(accountId).where('state', '=', 'queued').orderBy('sequence').executeTakeFirst(),
    list: (accountId) => of(accountId).orderBy('sequence', 'desc').limit(keptChanges).execute(),
    async end(id, { state, reason = null, itemId = null }, at) {
      const patch = { state, reason, item_id: itemId, ended_at: at }
      await db.updateTable('mobile_change').set(patch).where('id', '=', id).execute()
    },
    async renameItem(accountId, from, to) {
      for (const row of await of(accountId).where('state', '=', 'queued').execute()) {
        const change = JSON.parse(row.payload) as MobileChange
        if (!('item' in change) || change.item.id !== from) continue
        const payload = JSON.stringify({ ...change, item: { ...change.item, ...to } })
        await db.updateTable('mobile_change').set({ payload }).where('id', '=', row.id).execute()
      }
    },
    purge: async (accountId) =>
      void (await db.deleteFrom('mobile_change').where('account_id', '=', accountId).execute()),
  }
}

async function insert(db: Kysely<MobileTables>, { id, accountId, change, at }: NewChange): Promise<void> {
  const last = db
    .selectFrom('mobile_change')
    .select(sql<number>`coalesce(max(sequence), 0) + 1`.as('next'))
    .where('account_id', '=', accountId)
  await db
    .insertInto('mobile_change')
    .values({
      id,
      account_id: accountId,
      sequence: last,
      kind: change.kind,
      payload: JSON.stringify(change),
      state: 'queued',
      reason: null,
      item_id: null,
      created_at: at,
      ended_at: null,
    })
    .execute()
}
