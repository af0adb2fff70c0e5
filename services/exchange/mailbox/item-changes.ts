import type { Item } from './item.ts'
import { itemOf, type MailboxDatabase, type StoredItem } from './rows.ts'

/**
 * What a client of a folder has to learn, without keeping a list of what it has: it has the items that had arrived by
 * a change number and are kept until a moment or later. Both bounds move on as it learns; items that its own requests
 * made or changed are left out. Costs what changed, not what there is.
 */
export interface SyncPosition {
  /** The client knows every change up to this one. */
  readonly number: number
  /** It has the items above this place of the order by `kept_until`, newest first; absent: it has none yet. */
  readonly edge?: SyncEdge
  /** Items that the client made or changed itself, and with which change. */
  readonly own: Readonly<Record<string, number>>
  /** While not all changes fit into one answer. */
  readonly catchingUp?: CatchingUp
}

/**
 * An item that arrived while the client was away stands at its latest change, so that its number does not tell whether
 * an earlier answer had it.
 */
interface CatchingUp {
  /** The change that the client knew before the first of these answers. */
  readonly since: number
  /** The numbers of the items that these answers have added. */
  readonly added: readonly number[]
}

interface SyncEdge {
  readonly keptUntil: number
  readonly itemNumber: number
}

export interface ItemChangesRequest {
  readonly mailboxId: string
  readonly folderId: string
  readonly position: SyncPosition
  /** Items that are kept until an earlier moment stay, or go, out of the client. */
  readonly keptSince?: Date | undefined
  readonly limit: number
}

export type ItemChange =
  | { readonly kind: 'add' | 'change'; readonly item: Item; readonly since: number }
  | { readonly kind: 'delete' | 'leave'; readonly itemId: string }

export interface ItemChanges {
  readonly changes: readonly ItemChange[]
  readonly position: SyncPosition
  readonly more: boolean
}

interface Departure {
  readonly item_id: string
  readonly item_number: number
  readonly change_number: number
  readonly arrived_number: number
  readonly kept_until: number
  readonly reason: string
}

const lowest: SyncEdge = { keptUntil: -(2 ** 52), itemNumber: 0 }

/** Of somebody who knows every item of a folder, and every change up to this one. */
export function positionAt(number: number): SyncPosition {
  return { number, edge: lowest, own: {} }
}

export async function itemChanges(db: MailboxDatabase, request: ItemChangesRequest): Promise<ItemChanges> {
  const target: SyncEdge = request.keptSince ? { keptUntil: request.keptSince.getTime(), itemNumber: 0 } : lowest
  if (await isUnchanged(db, request, target)) return { changes: [], position: request.position, more: false }
  const latest = await mailboxNumber(db, request.mailboxId)
  const news = await changesSince(db, request)
  const number = news.more ? news.number : Math.max(latest, news.number)
  const { catchingUp, ...known } = request.position
  const caughtUp = { ...known, number }
  if (news.more) {
    const since = catchingUp?.since ?? known.number
    const position = { ...caughtUp, catchingUp: { since, added: [...news.added] } }
    return { changes: news.changes, position, more: true }
  }
  const room = request.limit - news.changes.length
  const moved = await moveEdge(db, { ...request, position: caughtUp, limit: room }, target)
  const position = withoutOld({ ...caughtUp, ...(moved.edge && { edge: moved.edge }) }, moved.more)
  return { changes: [...news.changes, ...moved.changes], position, more: moved.more }
}

/** The usual case, for one look at one row. */
async function isUnchanged(
  db: MailboxDatabase,
  { mailboxId, folderId, position: { number, edge } }: ItemChangesRequest,
  target: SyncEdge,
): Promise<boolean> {
  if (!edge || edge.keptUntil !== target.keptUntil || edge.itemNumber !== target.itemNumber) return false
  const folder = await db
    .selectFrom('folder')
    .select('change_number')
    .where('id', '=', folderId)
    .where('mailbox_id', '=', mailboxId)
    .executeTakeFirst()
  return folder !== undefined && folder.change_number <= number
}

async function mailboxNumber(db: MailboxDatabase, mailboxId: string): Promise<number> {
  const row = await db.selectFrom('mailbox').select('change_number').where('id', '=', mailboxId).executeTakeFirst()
  return row?.change_number ?? 0
}

/** Of its own items the client need only be reminded until it has learned of everything up to them. */
function withoutOld(position: SyncPosition, edgeMoves = true): SyncPosition {
  if (edgeMoves) return position
  const own = Object.fromEntries(Object.entries(position.own).filter(([, number]) => number > position.number))
  return { ...position, own }
}

function isAbove(edge: SyncEdge | undefined, keptUntil: number, itemNumber: number): boolean {
  if (!edge) return false
  return keptUntil > edge.keptUntil || (keptUntil === edge.keptUntil && itemNumber >= edge.itemNumber)
}

interface News {
  readonly changes: readonly ItemChange[]
  /** Of this answer and the ones before it. */
  readonly added: ReadonlySet<number>
  /** The last change that was looked at. */
  readonly number: number
  readonly more: boolean
}

async function changesSince(db: MailboxDatabase, request: ItemChangesRequest): Promise<News> {
  const { folderId, position } = request
  const changes: ItemChange[] = []
  const added = new Set(position.catchingUp?.added)
  let number = position.number
  for (;;) {
    const batch = await nextBatch(db, folderId, number)
    for (const each of batch.changes) {
      const change = changeOf(each, position, added)
      if (change && changes.length >= request.limit) return { changes, added, number, more: true }
      if (change) {
        changes.push(change)
        remember(added, change.kind, each)
      }
      number = each.number
    }
    if (batch.until === undefined) return { changes, added, number, more: false }
    number = batch.until
  }
}

function remember(added: Set<number>, kind: ItemChange['kind'], change: Change): void {
  const { number } = subjectOf(change)
  if (kind === 'add') added.add(number)
  if (kind === 'delete' || kind === 'leave') added.delete(number)
}

interface Change {
  readonly number: number
  readonly item?: StoredItem
  readonly departure?: Departure
  /** How the item stood for somebody who knows the changes before this batch. */
  readonly keptBefore: number
}

interface Batch {
  readonly changes: readonly Change[]
  /** There may be more after this change; absent: there is not. */
  readonly until?: number
}

const batchSize = 200

/** Items and departures in the order of their changes; one change concerns one item. */
async function nextBatch(db: MailboxDatabase, folderId: string, since: number): Promise<Batch> {
  const items = await db
    .selectFrom('item')
    .selectAll()
    .where('folder_id', '=', folderId)
    .where('change_number', '>', since)
    .orderBy('change_number')
    .limit(batchSize)
    .execute()
  const departures = await db
    .selectFrom('item_departure')
    .select(['item_id', 'item_number', 'change_number', 'arrived_number', 'kept_until', 'reason'])
    .where('folder_id', '=', folderId)
    .where('change_number', '>', since)
    .orderBy('change_number')
    .limit(batchSize)
    .execute()
  const until = Math.min(lastNumber(items), lastNumber(departures))
  const rekeyed = departures.filter(({ reason }) => reason === 'rekeyed')
  const first = (itemId: string) => rekeyed.find((each) => each.item_id === itemId)?.kept_until
  const gone = departures.filter(({ reason }) => reason === 'gone')
  const changes = [
    ...items.map((item) => ({ number: item.change_number, item, keptBefore: first(item.id) ?? item.kept_until })),
    ...gone.map((each) => ({
      number: each.change_number,
      departure: each,
      keptBefore: first(each.item_id) ?? each.kept_until,
    })),
  ]
  const inOrder = changes.filter(({ number }) => number <= until).sort((a, b) => a.number - b.number)
  return { changes: inOrder, ...(until < Number.MAX_SAFE_INTEGER && { until }) }
}

function lastNumber(rows: readonly { readonly change_number: number }[]): number {
  return rows.length < batchSize ? Number.MAX_SAFE_INTEGER : (rows.at(-1)?.change_number ?? 0)
}

interface Subject {
  readonly id: string
  readonly number: number
  readonly arrived: number
}

function subjectOf({ item, departure }: Change): Subject {
  if (item) return { id: item.id, number: item.number, arrived: item.arrived_number }
  const { item_id = '', item_number = 0, arrived_number = 0 } = departure ?? {}
  return { id: item_id, number: item_number, arrived: arrived_number }
}

/** By where the client's edge is, not where it will be: moving it comes after. */
function changeOf(change: Change, position: SyncPosition, added: ReadonlySet<number>): ItemChange | undefined {
  const { id, number, arrived } = subjectOf(change)
  const own = position.own[id]
  if (own === change.number) return undefined
  const arrivedBefore = arrived <= (position.catchingUp?.since ?? position.number)
  const had =
    added.has(number) || own !== undefined || (arrivedBefore && isAbove(position.edge, change.keptBefore, number))
  if (!change.item) return had ? { kind: 'delete', itemId: id } : undefined
  const has = own !== undefined || isAbove(position.edge, change.item.kept_until, number)
  if (!has) return had ? { kind: 'leave', itemId: id } : undefined
  return { kind: had ? 'change' : 'add', item: itemOf(change.item), since: position.number }
}

interface Moved {
  readonly changes: readonly ItemChange[]
  readonly edge?: SyncEdge
  readonly more: boolean
}

async function moveEdge(db: MailboxDatabase, request: ItemChangesRequest, target: SyncEdge): Promise<Moved> {
  const { edge } = request.position
  const isReached = edge && edge.keptUntil === target.keptUntil && edge.itemNumber === target.itemNumber
  if (isReached) return { changes: [], edge, more: false }
  return edge && isAbove(edge, target.keptUntil, target.itemNumber)
    ? narrow(db, request, edge, target)
    : widen(db, request, target)
}

/** Older items than the client has, newest first. */
async function widen(
  db: MailboxDatabase,
  { folderId, position, limit }: ItemChangesRequest,
  target: SyncEdge,
): Promise<Moved> {
  const { edge } = position
  let query = db
    .selectFrom('item')
    .selectAll()
    .where('folder_id', '=', folderId)
    .where('kept_until', '>=', target.keptUntil)
    .orderBy('kept_until', 'desc')
    .orderBy('number', 'desc')
    .limit(limit + 1)
  if (edge) {
    query = query
      .where('kept_until', '<=', edge.keptUntil)
      .where((where) => where.or([where('kept_until', '<', edge.keptUntil), where('number', '<', edge.itemNumber)]))
  }
  const rows = await query.execute()
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const more = rows.length > limit
  const changes = shown
    .filter((row) => position.own[row.id] === undefined)
    .map((row): ItemChange => ({ kind: 'add', item: itemOf(row), since: position.number }))
  const reached = more && last ? { keptUntil: last.kept_until, itemNumber: last.number } : more ? edge : target
  return { changes, ...(reached && { edge: reached }), more }
}

/** Items that the client has and no longer keeps, oldest first. */
async function narrow(
  db: MailboxDatabase,
  { folderId, limit }: ItemChangesRequest,
  edge: SyncEdge,
  target: SyncEdge,
): Promise<Moved> {
  const rows = await db
    .selectFrom('item')
    .select(['id', 'kept_until', 'number'])
    .where('folder_id', '=', folderId)
    .where('kept_until', '>=', edge.keptUntil)
    .where('kept_until', '<', target.keptUntil)
    .orderBy('kept_until')
    .orderBy('number')
    .limit(limit + 2)
    .execute()
  const below = rows.filter((row) => isAbove(edge, row.kept_until, row.number))
  const next = below[limit]
  return {
    changes: below.slice(0, limit).map(({ id }): ItemChange => ({ kind: 'leave', itemId: id })),
    edge: next ? { keptUntil: next.kept_until, itemNumber: next.number } : target,
    more: next !== undefined,
  }
}
