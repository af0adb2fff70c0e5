import type { Kysely } from 'kysely'
import type { MobileAccountRow, MobileCollectionRow, MobileItemRow, MobileTables } from './account-tables.ts'

export type MobileAccount = MobileAccountRow
export type MobileItem = MobileItemRow
export type ItemKind = 'message' | 'event' | 'contact'
export type AccountPatch = Partial<Omit<MobileAccountRow, 'id' | 'object_id'>>

/** Cached mailboxes: whose they are, where their ActiveSync stands, and what it brought. */
export interface AccountStore {
  find(id: string): Promise<MobileAccount | undefined>
  findByPerson(objectId: string): Promise<MobileAccount | undefined>
  all(): Promise<readonly MobileAccount[]>
  add(account: MobileAccount): Promise<void>
  change(id: string, patch: AccountPatch): Promise<void>
  /** With everything that was cached. */
  purge(id: string): Promise<void>
  collections(accountId: string): Promise<readonly MobileCollectionRow[]>
  collection(accountId: string, serverId: string): Promise<MobileCollectionRow | undefined>
  keepCollection(collection: MobileCollectionRow): Promise<void>
  dropCollection(accountId: string, serverId: string): Promise<void>
  item(accountId: string, serverId: string): Promise<MobileItemRow | undefined>
  keepItem(item: MobileItemRow): Promise<void>
  dropItem(accountId: string, collectionId: string, serverId: string): Promise<void>
  dropOlder(accountId: string, kind: ItemKind, before: number): Promise<void>
  /** The newest first. */
  items(accountId: string, kind: ItemKind): Promise<readonly MobileItemRow[]>
}

export function relationalAccountStore<Schema extends MobileTables>(schemaDb: Kysely<Schema>): AccountStore {
  const db = schemaDb as unknown as Kysely<MobileTables>
  return { ...accountRows(db), ...collectionRows(db), ...itemRows(db) }
}

function accountRows(db: Kysely<MobileTables>) {
  const accounts = db.selectFrom('mobile_account').selectAll()
  return {
    find: (id: string) => accounts.where('id', '=', id).executeTakeFirst(),
    findByPerson: (objectId: string) => accounts.where('object_id', '=', objectId).executeTakeFirst(),
    all: () => accounts.execute(),
    add: async (account: MobileAccount) => void (await db.insertInto('mobile_account').values(account).execute()),
    change: async (id: string, patch: AccountPatch) =>
      void (await db.updateTable('mobile_account').set(patch).where('id', '=', id).execute()),
    purge: async (id: string) => {
      await db.deleteFrom('mobile_item').where('account_id', '=', id).execute()
      await db.deleteFrom('mobile_change').where('account_id', '=', id).execute()
      await db.deleteFrom('mobile_collection').where('account_id', '=', id).execute()
      await db.deleteFrom('mobile_account').where('id', '=', id).execute()
    },
  }
}

function collectionRows(db: Kysely<MobileTables>) {
  return {
    collections: (accountId: string) =>
      db.selectFrom('mobile_collection').selectAll().where('account_id', '=', accountId).execute(),
    collection: (accountId: string, serverId: string) =>
      db
        .selectFrom('mobile_collection')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('server_id', '=', serverId)
        .executeTakeFirst(),
    keepCollection: async (collection: MobileCollectionRow) => {
      const conflict = ['account_id', 'server_id'] as const
      await db
        .insertInto('mobile_collection')
        .values(collection)
        .onConflict((on) => on.columns([...conflict]).doUpdateSet(collection))
        .execute()
    },
    dropCollection: async (accountId: string, serverId: string) => {
      const where = db.deleteFrom('mobile_item').where('account_id', '=', accountId)
      await where.where('collection_id', '=', serverId).execute()
      await db
        .deleteFrom('mobile_collection')
        .where('account_id', '=', accountId)
        .where('server_id', '=', serverId)
        .execute()
    },
  }
}

function itemRows(db: Kysely<MobileTables>) {
  return {
    item: (accountId: string, serverId: string) =>
      db
        .selectFrom('mobile_item')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('server_id', '=', serverId)
        .executeTakeFirst(),
    keepItem: async (item: MobileItemRow) => {
      await db
        .insertInto('mobile_item')
        .values(item)
        .onConflict((on) => on.columns(['account_id', 'collection_id', 'server_id']).doUpdateSet(item))
        .execute()
    },
    dropItem: async (accountId: string, collectionId: string, serverId: string) => {
      await db
        .deleteFrom('mobile_item')
        .where('account_id', '=', accountId)
        .where('collection_id', '=', collectionId)
        .where('server_id', '=', serverId)
        .execute()
    },
    dropOlder: async (accountId: string, kind: ItemKind, before: number) => {
      const items = db.deleteFrom('mobile_item').where('account_id', '=', accountId).where('kind', '=', kind)
      await items.where('sort_at', '<', before).execute()
    },
    items: (accountId: string, kind: ItemKind) =>
      db
        .selectFrom('mobile_item')
        .selectAll()
        .where('account_id', '=', accountId)
        .where('kind', '=', kind)
        .orderBy('sort_at', 'desc')
        .execute(),
  }
}
