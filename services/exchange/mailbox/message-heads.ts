import { sql } from '#shared/store/kysely.ts'
import { prepared } from '#shared/store/prepared.ts'
import type { Importance } from './item.ts'
import type { PageRequest } from './mailbox-store.ts'
import { cursorOf, type PagePosition, rowsAfter } from './page-position.ts'
import type { MailboxDatabase } from './rows.ts'

/** What a list shows of a message. */
export interface MessageHead {
  readonly id: string
  readonly conversationId: string
  /** With which a page goes on after it. */
  readonly cursor: string
  readonly sender: string
  readonly subject: string
  readonly preview: string
  readonly receivedAt: Date
  readonly unread: boolean
  readonly importance: Importance
  readonly hasAttachments: boolean
  readonly isDraft: boolean
  readonly flagged: boolean
  readonly categories: readonly string[]
  /** Of the messages of its conversation that are in the folder; absent where each message has its own row. */
  readonly conversation?: { readonly messages: number; readonly unread: number }
}

export interface HeadPage {
  readonly heads: readonly MessageHead[]
  /** The cursor of the next page; absent on the last one. */
  readonly next?: string
}

/** Only some of the messages, each kind found by an index of its own. */
export type HeadFilter =
  | { readonly kind: 'unread' | 'flagged' | 'files' }
  | { readonly kind: 'category'; readonly name: string }

export interface HeadRequest extends PageRequest {
  readonly filter?: HeadFilter | undefined
  /** Without a filter: one row for each conversation, at the place of its newest message in the folder. */
  readonly byConversation?: boolean
}

interface Range extends PagePosition {
  readonly folderId: string
  readonly mailboxId: string
  readonly rows: number
}

const columns = [
  'item.number',
  'item.id',
  'item.received_at',
  'item.sender',
  'item.subject',
  'item.preview',
  'item.unread',
  'item.importance',
  'item.has_attachments',
  'item.is_draft',
  'item.flag',
  'item.categories',
  'item.conversation_id',
] as const

type HeadRow = Awaited<ReturnType<ReturnType<typeof headQuery>['execute']>>[number]

/** Pages of a folder by index, each query compiled once: a page costs what is on it. */
export function messageHeads(db: MailboxDatabase) {
  const read = { each: rangeReader(db, (query) => query), newest: rangeReader(db, isNewestOfConversation) }
  const sizesOf = sizeReader(db)
  return async (
    mailboxId: string,
    folderId: string,
    { limit, before, filter, byConversation = false }: HeadRequest,
  ): Promise<HeadPage> => {
    const filtered = filter && rangeReader(db, (query) => query.where(conditionOf(filter)))
    const { sameMoment, earlier } = filtered ?? (byConversation ? read.newest : read.each)
    const rows = await rowsAfter(before, limit + 1, {
      sameMoment: async (position, some) => (await sameMoment({ folderId, mailboxId, ...position, rows: some })).rows,
      earlier: async (position, some) => (await earlier({ folderId, mailboxId, ...position, rows: some })).rows,
    })
    const shown = rows.slice(0, limit)
    const last = shown.at(-1)
    const sizes = byConversation && !filter ? await sizesOf(folderId, shown) : undefined
    return {
      heads: shown.map((row) => headOf(row, sizes)),
      ...(rows.length > limit && last && { next: cursorOf(last) }),
    }
  }
}

type HeadQuery = ReturnType<typeof headQuery>

function rangeReader(db: MailboxDatabase, narrowed: (query: HeadQuery) => HeadQuery) {
  return {
    sameMoment: prepared(db, (range: Range) =>
      narrowed(headQuery(db, range))
        .where('item.received_at', '=', range.receivedAt)
        .where('item.number', '<', range.number),
    ),
    earlier: prepared(db, (range: Range) =>
      narrowed(headQuery(db, range)).where('item.received_at', '<', range.receivedAt),
    ),
  }
}

function headQuery(db: MailboxDatabase, { folderId, mailboxId, rows }: Range) {
  return db
    .selectFrom('item')
    .select(columns)
    .where('item.folder_id', '=', folderId)
    .where('item.mailbox_id', '=', mailboxId)
    .where('item.kind', '=', 'message')
    .orderBy('item.received_at', 'desc')
    .orderBy('item.number', 'desc')
    .limit(rows)
}

function isNewestOfConversation(query: HeadQuery): HeadQuery {
  return query.where(({ not, exists, selectFrom }) =>
    not(
      exists(
        selectFrom('item as newer')
          .select('newer.number')
          .whereRef('newer.folder_id', '=', 'item.folder_id')
          .whereRef('newer.conversation_id', '=', 'item.conversation_id')
          .where(sql<boolean>`(newer.received_at, newer.number) > (item.received_at, item.number)`),
      ),
    ),
  )
}

/** In the words of the partial indexes: an engine compares them literally. */
const conditions = {
  unread: sql<boolean>`item.unread = 1`,
  flagged: sql<boolean>`item.flag is not null`,
  files: sql<boolean>`item.has_attachments = 1`,
}

function conditionOf(filter: HeadFilter) {
  if (filter.kind !== 'category') return conditions[filter.kind]
  const written = JSON.stringify(filter.name).replace(/[!%_]/g, '!$&')
  return sql<boolean>`item.categories <> '[]' and item.categories like ${`%${written}%`} escape '!'`
}

type Sizes = ReadonlyMap<string, { readonly messages: number; readonly unread: number }>

/** How many conversations are counted by one compiled query; what is left of it counts the empty one. */
const counted = Array.from({ length: 50 }, (_, place) => `conversation${place}`)

function sizeReader(db: MailboxDatabase) {
  const count = prepared(db, (wanted: Readonly<Record<string, string>>) =>
    db
      .selectFrom('item')
      .select(['conversation_id', ({ fn }) => fn.countAll<number>().as('messages')])
      .select(sql<number>`sum(unread)`.as('unread'))
      .where('folder_id', '=', wanted.folderId ?? '')
      .where(
        'conversation_id',
        'in',
        counted.map((place) => wanted[place] ?? ''),
      )
      .groupBy('conversation_id'),
  )
  return async (folderId: string, rows: readonly HeadRow[]): Promise<Sizes> => {
    const sizes = new Map<string, { readonly messages: number; readonly unread: number }>()
    for (let start = 0; start < rows.length; start += counted.length) {
      const places = counted.map((place, offset) => [place, rows[start + offset]?.conversation_id ?? ''])
      for (const row of (await count({ folderId, ...Object.fromEntries(places) })).rows) {
        sizes.set(row.conversation_id, { messages: Number(row.messages), unread: Number(row.unread) })
      }
    }
    return sizes
  }
}

function headOf(row: HeadRow, sizes: Sizes | undefined): MessageHead {
  const conversation = sizes?.get(row.conversation_id)
  return {
    id: row.id,
    conversationId: row.conversation_id,
    cursor: cursorOf(row),
    sender: row.sender,
    subject: row.subject,
    preview: row.preview,
    receivedAt: new Date(row.received_at),
    unread: row.unread === 1,
    importance: row.importance as Importance,
    hasAttachments: row.has_attachments === 1,
    isDraft: row.is_draft === 1,
    flagged: row.flag !== null && JSON.parse(row.flag).status === 'active',
    categories: row.categories === '[]' ? [] : JSON.parse(row.categories),
    ...(conversation && { conversation }),
  }
}
