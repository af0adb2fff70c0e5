import type { ExchangeTables } from '../../services/exchange/store.ts'
import { sql } from '../../shared/store/kysely.ts'
import type { Store } from '../../shared/store/store.ts'

/** A word that only the message of this place has, in its text and in the index of words. */
export function wordOfOne(place: number): string {
  return `needle${place}x`
}

const minute = 60_000

/**
 * Copies one delivered message until its folder has `count` of them, a minute apart and the newest now, in statements
 * of the engine: to deliver 100,000 takes minutes. The message has the subject "Message 0" and the word `wordOfOne(0)`.
 * SQLite only.
 */
export async function fillMailbox(store: Store<ExchangeTables>, itemId: string, count: number): Promise<void> {
  const { db } = store
  const first = await db.selectFrom('item').selectAll().where('id', '=', itemId).executeTakeFirstOrThrow()
  const folder = await db.selectFrom('folder').selectAll().where('id', '=', first.folder_id).executeTakeFirstOrThrow()
  const copies = count - folder.total_count
  if (copies <= 0) return
  await copyRows(store, { first: first.number, copies })
  await db
    .updateTable('folder')
    .set({ total_count: folder.total_count + copies, unread_count: folder.unread_count + copies })
    .where('id', '=', folder.id)
    .execute()
  await db
    .updateTable('mailbox')
    .set(({ eb }) => ({
      change_number: eb('change_number', '+', copies),
      size_bytes: eb('size_bytes', '+', copies * first.size),
    }))
    .where('id', '=', first.mailbox_id)
    .execute()
}

interface Copying {
  readonly first: number
  readonly copies: number
}

async function copyRows({ db }: Store<ExchangeTables>, { first, copies }: Copying): Promise<void> {
  const places = sql`with recursive copy(place) as (select 1 union all select place + 1 from copy where place < ${copies})`
  const word = (column: string) => sql`replace(${sql.ref(column)}, ${wordOfOne(0)}, 'needle' || place || 'x')`
  const moment = sql`received_at - (${copies} - place) * ${minute}`
  const own: Readonly<Record<string, ReturnType<typeof sql>>> = {
    number: sql`${first} + place`,
    id: sql`printf('%08x-0000-4000-8000-%012x', place, place)`,
    ...Object.fromEntries(
      ['change', 'arrived', 'read', 'flag', 'categories', 'content'].map((each) => [
        `${each}_number`,
        sql`${sql.ref(`${each}_number`)} + place`,
      ]),
    ),
    received_at: moment,
    kept_until: moment,
    sender: sql`'Sender ' || (place % 50)`,
    subject: sql`'Message ' || place`,
    conversation_id: sql`printf('%032X', place)`,
    internet_message_id: sql`place || '@x.example'`,
  }
  const { rows } = await sql<{ name: string }>`select name from pragma_table_info('item')`.execute(db)
  const columns = rows.map(({ name }) => name)
  const values = columns.map((name) => own[name] ?? sql.ref(name))
  await sql`insert into item (${sql.join(columns.map((name) => sql.ref(name)))}) ${places}
    select ${sql.join(values)} from item, copy where number = ${first}`.execute(db)
  await sql`insert into item_content (item_number, mime, body_text, body_html, attachments) ${places}
    select item_number + place, cast(${word('mime')} as blob), ${word('body_text')}, ${word('body_html')}, attachments
    from item_content, copy where item_number = ${first}`.execute(db)
  await sql`insert into search_hit (mailbox_id, word, item_number) ${places}
    select mailbox_id, ${word('word')}, item_number + place from search_hit, copy where item_number = ${first}`.execute(
    db,
  )
  await sql`insert into search_word (mailbox_id, word) ${places}
    select mailbox_id, ${word('word')} from search_hit, copy
    where item_number = ${first} and word = ${wordOfOne(0)}`.execute(db)
  // The one that was copied is the oldest.
  await sql`update item set received_at = received_at - ${copies * minute}, kept_until = kept_until - ${copies * minute}
    where number = ${first}`.execute(db)
}
