import { sql } from '#shared/store/kysely.ts'
import type { Migration } from '#shared/store/store.ts'

/** Which message is the newest of its conversation in a folder, and how many there are. */
export const conversationMigration: Migration = {
  name: 'exchange-003-conversations',
  async up({ schema }) {
    await schema
      .createIndex('item_by_folder_conversation')
      .on('item')
      .columns(['folder_id', 'conversation_id', 'received_at', 'number'])
      .execute()
  },
}

/** For lists that show a part of a folder; the conditions are those of the lists, word by word. */
export const filterMigration: Migration = {
  name: 'exchange-004-list-filters',
  async up({ schema }) {
    const conditions = {
      item_unread: sql<boolean>`unread = 1`,
      item_flagged: sql<boolean>`flag is not null`,
      item_with_files: sql<boolean>`has_attachments = 1`,
      item_categorised: sql<boolean>`categories <> '[]'`,
    }
    for (const [name, condition] of Object.entries(conditions))
      await schema
        .createIndex(name)
        .on('item')
        .columns(['folder_id', 'received_at desc', 'number desc'])
        .where(condition)
        .execute()
  },
}
