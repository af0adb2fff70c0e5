import type { Migration } from '#shared/store/store.ts'

/** Recipients that administrators make and change. */
export const recipientMigration: Migration = {
  name: 'exchange-030-recipients',
  async up(db) {
    await db.schema.alterTable('recipient').addColumn('type_details', 'text').execute()
    await db.schema.alterTable('recipient').addColumn('external_address', 'text').execute()
    await db.schema.alterTable('recipient').addColumn('is_hidden', 'integer').execute()
    await db.schema.alterTable('recipient').addColumn('is_dir_synced', 'integer').execute()
    await db.schema
      .createTable('recipient_address')
      .addColumn('address', 'text', (column) => column.primaryKey())
      .addColumn('object_guid', 'text', (column) => column.notNull())
      .execute()
    await db.schema.createIndex('recipient_address_by_owner').on('recipient_address').column('object_guid').execute()
    await db
      .insertInto('recipient_address')
      .columns(['address', 'object_guid'])
      .expression((from) => from.selectFrom('recipient').select(['email_address', 'object_guid']))
      .execute()
  },
}

/** Since when there are the recipient and its mailbox; nothing in rows of before. */
export const recipientTimesMigration: Migration = {
  name: 'exchange-033-recipient-times',
  async up(db) {
    await db.schema.alterTable('recipient').addColumn('created_at', 'bigint').execute()
    await db.schema.alterTable('recipient').addColumn('mailbox_created_at', 'bigint').execute()
  },
}
