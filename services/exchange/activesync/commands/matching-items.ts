import type { Item } from '../../mailbox/item.ts'
import { fitsQuery, wordsFor } from '../../outlook-web/find-mail.ts'
import { readSearch, type SearchQuery } from '../../outlook-web/search-query.ts'
import type { Call } from '../call.ts'

export interface ItemQuery {
  /** Words, and properties of messages such as `subject:` (KQL); empty: every item. */
  readonly text: string
  /** Everywhere when absent. */
  readonly folderIds?: readonly string[] | undefined
  readonly receivedAfter?: Date | undefined
  readonly receivedBefore?: Date | undefined
}

const mostResults = 1000

/** What Search and Find look for ([MS-ASCMD] 2.2.3.73), newest first, at most 1000. */
export async function matchingItems(call: Call, asked: ItemQuery): Promise<readonly Item[]> {
  const query = readSearch(asked.text)
  const words = wordsFor(query)
  const isPlain = query.words === asked.text.trim()
  const [after, before] = [
    latest(asked.receivedAfter, dayOf(query.since)),
    earliest(asked.receivedBefore, dayOf(query.until)),
  ]
  const matches = (item: Item) => isPlain || fitsQuery(item, query)
  if (words === '') return everyItem(call, { folderIds: asked.folderIds, after, before, matches })
  const { items } = await call.parts.mailboxes.search(call.mailboxId, {
    text: words,
    limit: mostResults,
    matches,
    ...(asked.folderIds && { folderIds: asked.folderIds }),
    ...(after && { receivedAfter: after }),
    ...(before && { receivedBefore: before }),
  })
  return items
}

function dayOf(day: SearchQuery['since']): Date | undefined {
  return day === undefined ? undefined : new Date(day)
}

function latest(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one && other ? (one > other ? one : other) : (one ?? other)
}

function earliest(one: Date | undefined, other: Date | undefined): Date | undefined {
  return one && other ? (one < other ? one : other) : (one ?? other)
}

interface Bounds {
  readonly folderIds: readonly string[] | undefined
  readonly after: Date | undefined
  readonly before: Date | undefined
  readonly matches: (item: Item) => boolean
}

/** Folder by folder, since no word leads to them. */
async function everyItem(
  { parts: { mailboxes }, mailboxId }: Call,
  { folderIds, after, before, matches }: Bounds,
): Promise<readonly Item[]> {
  const ids = folderIds ?? (await mailboxes.listFolders(mailboxId)).map(({ id }) => id)
  const pages = await Promise.all(ids.map((id) => mailboxes.listItems(mailboxId, id, { limit: mostResults })))
  return pages
    .flatMap(({ items }) => items)
    .filter((item) => (!after || item.receivedAt >= after) && (!before || item.receivedAt < before) && matches(item))
    .sort((one, other) => other.receivedAt.getTime() - one.receivedAt.getTime())
    .slice(0, mostResults)
}
