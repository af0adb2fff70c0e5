import type { Kysely } from 'kysely'
import { prepared } from '#shared/store/prepared.ts'
import type { Migration } from '#shared/store/store.ts'

/** Of Add-MailboxPermission, Add-RecipientPermission, and `SendOnBehalf` of Set-Mailbox -GrantSendOnBehalfTo. */
export type AccessRight =
  | 'FullAccess'
  | 'ReadPermission'
  | 'ChangePermission'
  | 'ChangeOwner'
  | 'DeleteItem'
  | 'ExternalAccount'
  | 'SendAs'
  | 'SendOnBehalf'

/** What somebody may do with a recipient that is not their own; both are objectGuids, a trustee may be a group. */
export interface Permission {
  readonly objectGuid: string
  readonly trusteeGuid: string
  readonly right: AccessRight
  /** A permission that denies goes before all that allow. */
  readonly isDenied: boolean
  /** Whether Outlook opens the mailbox by itself. */
  readonly autoMapping: boolean
}

/** Who may open whose mailbox, and send under whose name. */
export interface PermissionStore {
  /** On one recipient. */
  on(objectGuid: string): Promise<readonly Permission[]>
  /** That any of these trustees hold, on whatever recipient. */
  heldBy(trusteeGuids: readonly string[]): Promise<readonly Permission[]>
  /** Adds it, or replaces the one of the same recipient, trustee, right and sort. */
  keep(permission: Permission): Promise<void>
  /** False when there is none. */
  remove(permission: Omit<Permission, 'autoMapping'>): Promise<boolean>
  /** All on a recipient and all that it holds: it goes away. */
  forget(objectGuid: string): Promise<void>
}

export interface PermissionTables {
  recipient_permission: PermissionRow
}

interface PermissionRow {
  object_guid: string
  trustee_guid: string
  access_right: string
  is_denied: number
  auto_mapping: number
}

export const permissionMigration: Migration = {
  name: 'exchange-041-permissions',
  async up({ schema }) {
    await schema
      .createTable('recipient_permission')
      .addColumn('object_guid', 'text', (column) => column.notNull())
      .addColumn('trustee_guid', 'text', (column) => column.notNull())
      .addColumn('access_right', 'text', (column) => column.notNull())
      .addColumn('is_denied', 'integer', (column) => column.notNull())
      .addColumn('auto_mapping', 'integer', (column) => column.notNull())
      .addPrimaryKeyConstraint('recipient_permission_key', ['object_guid', 'trustee_guid', 'access_right', 'is_denied'])
      .execute()
    await schema
      .createIndex('recipient_permission_by_trustee')
      .on('recipient_permission')
      .column('trustee_guid')
      .execute()
  },
}

export function relationalPermissionStore<Schema extends PermissionTables>(schemaDb: Kysely<Schema>): PermissionStore {
  const db = schemaDb as unknown as Kysely<PermissionTables>
  const onOne = prepared(db, ({ objectGuid }: { readonly objectGuid: string }) =>
    db.selectFrom('recipient_permission').selectAll().where('object_guid', '=', objectGuid),
  )
  return {
    on: async (objectGuid) => (await onOne({ objectGuid })).rows.map(permissionOf),
    heldBy: async (trusteeGuids) => {
      if (trusteeGuids.length === 0) return []
      const held = db.selectFrom('recipient_permission').selectAll().where('trustee_guid', 'in', trusteeGuids)
      return (await held.execute()).map(permissionOf)
    },
    keep: async (permission) => {
      const row = rowOf(permission)
      const key = ['object_guid', 'trustee_guid', 'access_right', 'is_denied'] as const
      await db
        .insertInto('recipient_permission')
        .values(row)
        .onConflict((conflict) => conflict.columns(key).doUpdateSet({ auto_mapping: row.auto_mapping }))
        .execute()
    },
    remove: async (permission) => {
      const { auto_mapping: _, ...key } = rowOf({ ...permission, autoMapping: false })
      let deletion = db.deleteFrom('recipient_permission')
      for (const [name, value] of Object.entries(key))
        deletion = deletion.where(name as keyof typeof key, '=', value as never)
      return (await deletion.executeTakeFirst()).numDeletedRows > 0n
    },
    forget: async (objectGuid) => {
      for (const column of ['object_guid', 'trustee_guid'] as const)
        await db.deleteFrom('recipient_permission').where(column, '=', objectGuid).execute()
    },
  }
}

function permissionOf(row: PermissionRow): Permission {
  return {
    objectGuid: row.object_guid,
    trusteeGuid: row.trustee_guid,
    right: row.access_right as AccessRight,
    isDenied: row.is_denied === 1,
    autoMapping: row.auto_mapping === 1,
  }
}

function rowOf({ objectGuid, trusteeGuid, right, isDenied, autoMapping }: Permission): PermissionRow {
  return {
    object_guid: objectGuid,
    trustee_guid: trusteeGuid,
    access_right: right,
    is_denied: Number(isDenied),
    auto_mapping: Number(autoMapping),
  }
}
