import type { Element } from '@xmldom/xmldom'
import type { Folder } from '../../mailbox/folder.ts'
import type { Item } from '../../mailbox/item.ts'
import { fitsQuery, wordsFor } from '../../outlook-web/find-mail.ts'
import { readSearch } from '../../outlook-web/search-query.ts'
import type { Call } from '../call.ts'
import { attribute, children } from '../elements.ts'
import { type ShownItem, shownInSpan } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'
import { readInstant } from '../zones.ts'
import { type Compared, textFor } from './comparable-values.ts'
import { fieldUriOf } from './item-view.ts'
import { looksIntoBodies, matches } from './restriction.ts'

export interface Page {
  readonly place: Place
  readonly order: readonly Element[]
  readonly restriction: Element | undefined
  /** What a person would type into the search box. */
  readonly query: string | undefined
}

/** Where a page lies in so many items: from the first on, `from` up to `to`. */
export type Place = (total: number) => { readonly from: number; readonly to: number }

export interface FoundItems {
  readonly items: readonly ShownItem[]
  readonly total: number
  readonly from: number
}

/** Newest first is the order of the mailbox and costs a page; anything else looks at the whole folder. */
export async function itemsOfPage(call: Call, folder: Folder, page: Page): Promise<FoundItems> {
  const isPlain = page.restriction === undefined && page.query === undefined && isNewestFirst(page.order)
  if (!isPlain) {
    const all = sorted(await fitting(call, folder, page), page.order)
    const { from, to } = page.place(all.length)
    return { items: all.slice(from, to), total: all.length, from }
  }
  const { from, to } = page.place(folder.totalCount)
  return { items: (await firstItems(call, folder, to)).slice(from), total: folder.totalCount, from }
}

function isNewestFirst(order: readonly Element[]): boolean {
  if (order.length === 0) return true
  const [first] = order
  const uri = children(first)[0]
  return (
    order.length === 1 &&
    attribute(first, 'Order') === 'Descending' &&
    uri !== undefined &&
    fieldUriOf(uri) === 'item:DateTimeReceived'
  )
}

async function firstItems({ parts, mailboxId }: Call, folder: Folder, wanted: number): Promise<readonly Item[]> {
  const items: Item[] = []
  let before: string | undefined
  do {
    const limit = Math.min(wanted - items.length, 500)
    if (limit <= 0) break
    const page = await parts.mailboxes.listItems(mailboxId, folder.id, { limit, before })
    items.push(...page.items)
    before = page.next
  } while (before !== undefined)
  return items
}

async function fitting(call: Call, folder: Folder, { restriction, query }: Page): Promise<readonly Compared[]> {
  const all = query === undefined ? await everyItem(call, folder) : await queried(call, folder, query)
  if (!restriction) return all
  const compared = looksIntoBodies(restriction) ? await withTexts(call, all) : all
  return compared.filter((item) => matches(restriction, item))
}

async function withTexts({ parts, mailboxId }: Call, items: readonly Item[]): Promise<readonly Compared[]> {
  const found: Compared[] = []
  for (let start = 0; start < items.length; start += 200) {
    const some = items.slice(start, start + 200)
    const bodies = await parts.mailboxes.readBodies(
      mailboxId,
      some.map(({ id }) => id),
    )
    for (const item of some) {
      const body = bodies.get(item.id)
      found.push({ ...item, wholeText: `${body?.text ?? ''} ${body?.html ?? ''}` })
    }
  }
  return found
}

function everyItem(call: Call, folder: Folder): Promise<readonly Item[]> {
  return firstItems(call, folder, Number.MAX_SAFE_INTEGER)
}

/** "Querystring (QueryStringType)": words, and properties such as `subject:`, of messages alone. */
async function queried(call: Call, folder: Folder, text: string): Promise<readonly Item[]> {
  const query = readSearch(text)
  const words = wordsFor(query)
  const found = words === '' ? await everyItem(call, folder) : await searched(call, folder, words)
  if (words === query.words && words === text) return found
  const [since, until] = [query.since, query.until].map((day) => (day === undefined ? undefined : new Date(day)))
  return found.filter(
    (item) => fitsQuery(item, query) && !(since && item.receivedAt < since) && !(until && item.receivedAt >= until),
  )
}

async function searched({ parts, mailboxId }: Call, folder: Folder, text: string): Promise<readonly Item[]> {
  const items: Item[] = []
  let before: string | undefined
  do {
    const page = await parts.mailboxes.search(mailboxId, { text, folderIds: [folder.id], limit: 500, before })
    items.push(...page.items)
    before = page.next
  } while (before !== undefined)
  return items
}

function sorted(items: readonly Item[], order: readonly Element[]): readonly Item[] {
  const keys = order.map((each) => ({
    uri: fieldUriOf(children(each)[0] ?? each),
    sign: attribute(each, 'Order') === 'Descending' ? -1 : 1,
  }))
  const compare = (a: Item, b: Item) => {
    for (const { uri, sign } of keys) {
      const [left, right] = [textFor(a, uri), textFor(b, uri)]
      if (left !== right) return left < right ? -sign : sign
    }
    return 0
  }
  return keys.length === 0 ? items : [...items].sort(compare)
}

/** Each occurrence of a series by itself, in the order of their starts. */
export async function itemsInSpan(call: Call, folder: Folder, view: Element): Promise<FoundItems> {
  const at = (name: string) => new Date(readInstant(attribute(view, name) ?? '', call.zone, name))
  const span = { from: at('StartDate'), to: at('EndDate') }
  if (span.to < span.from)
    throw new WebServicesError('ErrorInvalidRequest', 'StartDate and EndDate of CalendarView are no span')
  const found: ShownItem[] = []
  for (const item of await call.parts.mailboxes.listAppointments(call.mailboxId, folder.id, span)) {
    found.push(...(await shownInSpan(item, span)))
  }
  const start = (item: ShownItem) => (item.kind === 'appointment' ? item.properties.start : '')
  const most = Number(attribute(view, 'MaxEntriesReturned') ?? Number.MAX_SAFE_INTEGER)
  const items = found.sort((a, b) => (start(a) < start(b) ? -1 : 1)).slice(0, most)
  return { items, total: found.length, from: 0 }
}
