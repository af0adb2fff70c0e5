import type { Kysely } from 'kysely'
import { sql } from '#shared/store/kysely.ts'
import type { Migration } from '#shared/store/store.ts'
import { withoutAccents } from './body-text.ts'
import type { MailboxTables } from './mailbox-tables.ts'

type Database = Kysely<MailboxTables>

/** What was stored while searches told accents apart is found by searches that do not. */
export const accentMigration: Migration = {
  name: 'exchange-054-search-without-accents',
  async up(schemaDb) {
    const db = schemaDb as unknown as Database
    await foldWords(db)
    await foldNames(db)
  },
}

async function foldWords(db: Database): Promise<void> {
  const rows = await db
    .selectFrom('search_word')
    .selectAll()
    .where(sql<boolean>`octet_length(word) > length(word)`)
    .execute()
  for (const { mailbox_id, word } of rows) {
    const folded = withoutAccents(word)
    if (folded === word) continue
    await db
      .insertInto('search_word')
      .values({ mailbox_id, word: folded })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await db
      .insertInto('search_hit')
      .columns(['mailbox_id', 'word', 'item_number'])
      .expression((from) =>
        from
          .selectFrom('search_hit')
          .select(['mailbox_id', sql<string>`cast(${folded} as text)`.as('word'), 'item_number'])
          .where('mailbox_id', '=', mailbox_id)
          .where('word', '=', word),
      )
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    for (const table of ['search_hit', 'search_word'] as const)
      await db.deleteFrom(table).where('mailbox_id', '=', mailbox_id).where('word', '=', word).execute()
  }
}

async function foldNames(db: Database): Promise<void> {
  const rows = await db
    .selectFrom('recipient')
    .select(['object_guid', 'search_text'])
    .where(sql<boolean>`octet_length(search_text) > length(search_text)`)
    .execute()
  for (const { object_guid, search_text } of rows)
    await db
      .updateTable('recipient')
      .set({ search_text: withoutAccents(search_text) })
      .where('object_guid', '=', object_guid)
      .execute()
}
