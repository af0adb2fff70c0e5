import { wordsOf } from './body-text.ts'
import type { MailboxDatabase, StoredItem } from './rows.ts'

/**
 * Which items have which words. A search looks at the items of its rarest-looking word, newest first and a batch at a
 * time, so that it costs what it finds and not what the mailbox holds.
 */
const rowsAStatement = 300
const mostExpansions = 24
const batchSize = 200
const mostBatches = 50

export async function indexItem(
  db: MailboxDatabase,
  { mailbox_id, number }: Pick<StoredItem, 'mailbox_id' | 'number'>,
  ...texts: readonly string[]
): Promise<void> {
  const words = wordsOf(...texts)
  await insertWords(
    db,
    words.map((word) => ({ mailbox_id, word, item_number: number })),
  )
}

export async function insertWords(
  db: MailboxDatabase,
  rows: readonly { mailbox_id: string; word: string; item_number: number }[],
): Promise<void> {
  for (let first = 0; first < rows.length; first += rowsAStatement) {
    const some = rows.slice(first, first + rowsAStatement)
    const words = some.map(({ mailbox_id, word }) => ({ mailbox_id, word }))
    await db
      .insertInto('search_word')
      .values(words)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await db
      .insertInto('search_hit')
      .values(some)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}

export async function forgetItems(db: MailboxDatabase, numbers: readonly number[]): Promise<void> {
  if (numbers.length > 0) await db.deleteFrom('search_hit').where('item_number', 'in', numbers).execute()
}

/** Numbers of items that have all the words, in batches from the newest on; `before` leaves out newer ones. */
export async function* findNumbers(
  db: MailboxDatabase,
  mailboxId: string,
  text: string,
  before: number | undefined,
): AsyncGenerator<readonly number[]> {
  const [longest, ...others] = wordsOf(text).toSorted((a, b) => b.length - a.length)
  if (longest === undefined) return
  const words = await expansionsOf(db, mailboxId, longest)
  let bound = before ?? Number.MAX_SAFE_INTEGER
  for (let batch = 0; batch < mostBatches; batch += 1) {
    const candidates = await newestOf(db, { mailboxId, words, bound })
    if (candidates.length === 0) return
    yield await havingAll(db, candidates, others)
    bound = candidates.at(-1) ?? 0
  }
}

async function expansionsOf(db: MailboxDatabase, mailboxId: string, prefix: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('search_word')
    .select('word')
    .where('mailbox_id', '=', mailboxId)
    .where('word', '>=', prefix)
    .where('word', '<', afterAll(prefix))
    .orderBy('word')
    .limit(mostExpansions)
    .execute()
  return rows.map(({ word }) => word)
}

async function newestOf(
  db: MailboxDatabase,
  { mailboxId, words, bound }: { mailboxId: string; words: readonly string[]; bound: number },
): Promise<readonly number[]> {
  const found = new Set<number>()
  for (const word of words) {
    const rows = await db
      .selectFrom('search_hit')
      .select('item_number')
      .where('mailbox_id', '=', mailboxId)
      .where('word', '=', word)
      .where('item_number', '<', bound)
      .orderBy('item_number', 'desc')
      .limit(batchSize)
      .execute()
    for (const row of rows) found.add(row.item_number)
  }
  return [...found].sort((a, b) => b - a).slice(0, batchSize)
}

async function havingAll(
  db: MailboxDatabase,
  candidates: readonly number[],
  words: readonly string[],
): Promise<readonly number[]> {
  let left = candidates
  for (const word of words) {
    if (left.length === 0) return left
    const rows = await db
      .selectFrom('search_hit')
      .select('item_number')
      .where('item_number', 'in', left)
      .where('word', '>=', word)
      .where('word', '<', afterAll(word))
      .execute()
    const having = new Set(rows.map((row) => row.item_number))
    left = left.filter((number) => having.has(number))
  }
  return left
}

/** Greater than every word that begins so, in the order of bytes. */
function afterAll(prefix: string): string {
  return `${prefix}\u{10ffff}`
}
