import type { Kysely } from 'kysely'
import { prepared } from '#shared/store/prepared.ts'
import type { Migration } from '#shared/store/store.ts'
import { type FolderRight, type FolderRights, folderRights } from './folder-rights.ts'

/** Who has rights without being named: everybody of the organization, and everybody else. */
export const everybody = { Default: 'Default', Anonymous: 'Anonymous' } as const

export interface FolderPermission {
  readonly folderId: string
  /** An objectGuid of a person or group, `Default` or `Anonymous`. */
  readonly trustee: string
  readonly rights: FolderRights
}

export interface Delegate {
  readonly trusteeGuid: string
  readonly receivesCopies: boolean
  readonly viewsPrivateItems: boolean
}

/** What people share of their mailboxes, folder by folder, and who their delegates are. */
export interface FolderPermissionStore {
  permissionsIn(mailboxId: string): Promise<readonly FolderPermission[]>
  /** Adds it, or replaces that of the same folder and trustee. */
  keepPermission(mailboxId: string, permission: FolderPermission): Promise<void>
  /** False when there is none. */
  removePermission(mailboxId: string, folderId: string, trustee: string): Promise<boolean>
  delegatesOf(mailboxId: string): Promise<readonly Delegate[]>
  keepDelegate(mailboxId: string, delegate: Delegate): Promise<void>
  removeDelegate(mailboxId: string, trusteeGuid: string): Promise<boolean>
}

export interface FolderPermissionTables {
  folder_permission: { mailbox_id: string; folder_id: string; trustee: string; rights: string }
  delegate: { mailbox_id: string; trustee_guid: string; receives_copies: number; views_private_items: number }
}

export const folderPermissionMigration: Migration = {
  name: 'exchange-053-folder-permissions',
  async up({ schema }) {
    await schema
      .createTable('folder_permission')
      .addColumn('mailbox_id', 'text', (column) => column.notNull())
      .addColumn('folder_id', 'text', (column) => column.notNull())
      .addColumn('trustee', 'text', (column) => column.notNull())
      .addColumn('rights', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('folder_permission_key', ['mailbox_id', 'folder_id', 'trustee'])
      .execute()
    await schema
      .createTable('delegate')
      .addColumn('mailbox_id', 'text', (column) => column.notNull())
      .addColumn('trustee_guid', 'text', (column) => column.notNull())
      .addColumn('receives_copies', 'integer', (column) => column.notNull())
      .addColumn('views_private_items', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('delegate_key', ['mailbox_id', 'trustee_guid'])
      .execute()
  },
}

export function relationalFolderPermissions<Schema extends FolderPermissionTables>(
  schemaDb: Kysely<Schema>,
): FolderPermissionStore {
  const db = schemaDb as unknown as Kysely<FolderPermissionTables>
  return { ...permissionRows(db), ...delegateRows(db) }
}

function permissionRows(db: Kysely<FolderPermissionTables>) {
  const all = prepared(db, ({ mailboxId }: { readonly mailboxId: string }) =>
    db.selectFrom('folder_permission').selectAll().where('mailbox_id', '=', mailboxId),
  )
  return {
    permissionsIn: async (mailboxId: string) =>
      (await all({ mailboxId })).rows.map((row) => ({
        folderId: row.folder_id,
        trustee: row.trustee,
        rights: new Set(
          row.rights.split(',').filter((each) => folderRights.includes(each as FolderRight)),
        ) as FolderRights,
      })),
    keepPermission: async (mailboxId: string, { folderId, trustee, rights }: FolderPermission) => {
      const kept = { rights: [...rights].join(',') }
      await db
        .insertInto('folder_permission')
        .values({ mailbox_id: mailboxId, folder_id: folderId, trustee, ...kept })
        .onConflict((conflict) => conflict.columns(['mailbox_id', 'folder_id', 'trustee']).doUpdateSet(kept))
        .execute()
    },
    removePermission: async (mailboxId: string, folderId: string, trustee: string) => {
      const deletion = db
        .deleteFrom('folder_permission')
        .where('mailbox_id', '=', mailboxId)
        .where('folder_id', '=', folderId)
        .where('trustee', '=', trustee)
      return (await deletion.executeTakeFirst()).numDeletedRows > 0n
    },
  }
}

function delegateRows(db: Kysely<FolderPermissionTables>) {
  return {
    delegatesOf: async (mailboxId: string) => {
      const rows = await db.selectFrom('delegate').selectAll().where('mailbox_id', '=', mailboxId).execute()
      return rows.map((row) => ({
        trusteeGuid: row.trustee_guid,
        receivesCopies: row.receives_copies === 1,
        viewsPrivateItems: row.views_private_items === 1,
      }))
    },
    keepDelegate: async (mailboxId: string, { trusteeGuid, receivesCopies, viewsPrivateItems }: Delegate) => {
      const kept = { receives_copies: Number(receivesCopies), views_private_items: Number(viewsPrivateItems) }
      await db
        .insertInto('delegate')
        .values({ mailbox_id: mailboxId, trustee_guid: trusteeGuid, ...kept })
        .onConflict((conflict) => conflict.columns(['mailbox_id', 'trustee_guid']).doUpdateSet(kept))
        .execute()
    },
    removeDelegate: async (mailboxId: string, trusteeGuid: string) => {
      const deletion = db
        .deleteFrom('delegate')
        .where('mailbox_id', '=', mailboxId)
        .where('trustee_guid', '=', trusteeGuid)
      return (await deletion.executeTakeFirst()).numDeletedRows > 0n
    },
  }
}
