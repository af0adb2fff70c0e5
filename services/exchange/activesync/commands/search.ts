import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Item } from '../../mailbox/item.ts'
import type { Recipient } from '../../mailbox/mailbox-store.ts'
import { type Call, type CommandAnswer, document } from '../call.ts'
import { classOfItem } from '../classes/item-class.ts'
import { usualOptions } from '../devices/device-state.ts'
import { preferencesWithin, unlimitedText } from '../devices/policy-limits.ts'
import { all, child, element, empty, numberOf, optional, text, textOf, valueText } from '../elements.ts'
import { momentOf } from '../moments.ts'
import { readBodyPreferences, SyncProblem } from '../sync/sync-options.ts'
import { matchingItems } from './matching-items.ts'
import { type PictureOf, wantedPictures } from './wanted-pictures.ts'

/** [MS-ASCMD] 2.2.1.16: the address book and the mailbox. */
export async function search(call: Call): Promise<CommandAnswer> {
  const store = child(call.body, 'Search:Store')
  const name = textOf(store, 'Search:Name')?.toLowerCase()
  const answer = await answerOf(call, store, name)
  const response = element('Search:Response', element('Search:Store', answer))
  return document(element('Search:Search', text('Search:Status', 1), response))
}

async function answerOf(
  call: Call,
  store: WbxmlElement | undefined,
  name: string | undefined,
): Promise<readonly WbxmlElement[]> {
  const asked = rangeOf(textOf(child(store, 'Search:Options'), 'Search:Range'), 99)
  if (!asked) return [text('Search:Status', 2)]
  const range = { ...asked, last: Math.min(asked.last, retrievable - 1) }
  if (name === 'gal') return addressBook(call, store, range)
  if (name === 'mailbox') return mailbox(call, store, range)
  // There are no document libraries.
  return [text('Search:Status', name === 'documentlibrary' ? 6 : 2)]
}

export interface Range {
  readonly first: number
  readonly last: number
}

/** Zero-based; undefined for what is no range. */
export function rangeOf(written: string | undefined, usualLast: number): Range | undefined {
  if (written === undefined) return { first: 0, last: usualLast }
  const [, first, last] = /^(\d{1,4})-(\d{1,4})$/.exec(written) ?? []
  return first !== undefined && Number(first) <= Number(last) ? { first: Number(first), last: Number(last) } : undefined
}

const mostResults = 1000
/** So many results of the address book, or of a mailbox, can be had at all ([MS-ASCMD] 2.2.3.143.2). */
const retrievable = 100

function page(results: readonly WbxmlElement[], range: Range, total: number): readonly (WbxmlElement | undefined)[] {
  if (total > 0 && range.first >= Math.min(total, retrievable)) return [text('Search:Status', 12)]
  const last = range.first + results.length - 1
  return [
    text('Search:Status', 1),
    ...results,
    results.length > 0 ? text('Search:Range', `${range.first}-${last}`) : undefined,
    text('Search:Total', total),
  ]
}

async function addressBook(
  call: Call,
  store: WbxmlElement | undefined,
  range: Range,
): Promise<readonly WbxmlElement[]> {
  const query = child(store, 'Search:Query')
  const found = await call.parts.recipients.searchRecipients(query ? valueText(query) : '', mostResults)
  const pictureOf = wantedPictures(call, child(store, 'Search:Options'), { asked: 'Search', answered: 'GAL' })
  const results: WbxmlElement[] = []
  for (const each of found.slice(range.first, range.last + 1))
    results.push(element('Search:Result', element('Search:Properties', await galElements(each, pictureOf))))
  return page(results, range, found.length).filter((each) => each !== undefined)
}

/** Only what there is. */
export async function galElements(recipient: Recipient, pictureOf: PictureOf): Promise<readonly WbxmlElement[]> {
  return [
    optional('GAL:DisplayName', recipient.displayName),
    optional('GAL:Title', recipient.title),
    optional('GAL:Alias', recipient.alias),
    optional('GAL:FirstName', recipient.givenName),
    optional('GAL:LastName', recipient.surname),
    optional('GAL:MobilePhone', recipient.mobile),
    optional('GAL:EmailAddress', recipient.emailAddress),
    await pictureOf(recipient),
  ].filter((each) => each !== undefined)
}

const known = new Set([
  'AirSync:Class',
  'AirSync:CollectionId',
  'Search:FreeText',
  'Search:GreaterThan',
  'Search:LessThan',
  'Search:ConversationId',
])

async function mailbox(call: Call, store: WbxmlElement | undefined, range: Range): Promise<readonly WbxmlElement[]> {
  const and = child(child(store, 'Search:Query'), 'Search:And') ?? child(store, 'Search:Query')
  if (!and || and.children.some(({ name }) => !known.has(name))) return [text('Search:Status', 2)]
  if (!(await areThere(call, folderIdsIn(and)))) return [text('Search:Status', folderSyncRequired)]
  try {
    const isDeep = child(child(store, 'Search:Options'), 'Search:DeepTraversal') !== undefined
    const items = await hitsOf(call, and, isDeep)
    const shown = items.slice(range.first, range.last + 1)
    const results = await resultsOf(call, store, shown)
    const answer = page(results, range, items.length).filter((each) => each !== undefined)
    return items.length === 0 ? [text('Search:Status', 1), empty('Search:Result')] : answer
  } catch (error) {
    if (error instanceof SyncProblem) return [text('Search:Status', 2)]
    throw error
  }
}

const kinds: Readonly<Record<string, Item['kind']>> = {
  Email: 'message',
  Calendar: 'appointment',
  Contacts: 'contact',
  Tasks: 'task',
  Notes: 'note',
}

/** [MS-ASCMD] 2.2.3.177.15. */
const folderSyncRequired = 11

/** Whether all of these folders are known: a client that names another one has to ask for the folders first. */
export async function areThere({ parts, mailboxId }: Call, folderIds: readonly string[]): Promise<boolean> {
  if (folderIds.length === 0) return true
  const known = new Set((await parts.mailboxes.listFolders(mailboxId)).map(({ id }) => id))
  return folderIds.every((id) => known.has(id))
}

/** No collection, or collection 0, is everywhere. */
function folderIdsIn(and: WbxmlElement): readonly string[] {
  return all(and, 'AirSync:CollectionId')
    .map(valueText)
    .filter((id) => id !== '0' && id !== '')
}

/** The folders, and those below them ([MS-ASCMD] 2.2.3.41). */
export async function withFoldersBelow(
  { parts, mailboxId }: Call,
  folderIds: readonly string[],
): Promise<readonly string[]> {
  const folders = await parts.mailboxes.listFolders(mailboxId)
  const found = new Set(folderIds)
  // What is added while the set is walked is walked too.
  for (const id of found) for (const each of folders) if (each.parentId === id) found.add(each.id)
  return [...found]
}

async function hitsOf(call: Call, and: WbxmlElement, isDeep: boolean): Promise<readonly Item[]> {
  const { mailboxes } = call.parts
  const named = folderIdsIn(and)
  const folderIds = isDeep && named.length > 0 ? await withFoldersBelow(call, named) : named
  const classes = all(and, 'AirSync:Class').map((each) => kinds[valueText(each)])
  const conversation = child(and, 'Search:ConversationId')?.value
  const isWanted = (item: Item) =>
    (classes.length === 0 || classes.includes(item.kind)) &&
    (folderIds.length === 0 || folderIds.includes(item.folderId)) &&
    (call.version >= 160 || !item.isDraft)
  if (conversation instanceof Uint8Array) {
    const id = Buffer.from(conversation).toString('hex').toUpperCase()
    return (await mailboxes.listConversation(call.mailboxId, id)).filter(isWanted)
  }
  const items = await matchingItems(call, {
    text: textOf(and, 'Search:FreeText') ?? '',
    folderIds: folderIds.length > 0 ? folderIds : undefined,
    receivedAfter: momentIn(and, 'Search:GreaterThan'),
    receivedBefore: momentIn(and, 'Search:LessThan'),
  })
  return items.filter(isWanted)
}

function momentIn(and: WbxmlElement, name: string): Date | undefined {
  const moment = momentOf(textOf(child(and, name), 'Search:Value'))
  return moment === undefined ? undefined : new Date(moment)
}

async function resultsOf(call: Call, store: WbxmlElement | undefined, items: readonly Item[]) {
  const given = child(store, 'Search:Options')
  const options = {
    ...usualOptions,
    mimeSupport: numberOf(given, 'AirSync:MIMESupport') ?? 0,
    bodies: readBodyPreferences(given),
  }
  const ids = items.map(({ id }) => id)
  const bodies = await call.parts.mailboxes.readBodies(call.mailboxId, ids)
  const results: WbxmlElement[] = []
  for (const item of items) {
    const itemClass = classOfItem(item)
    const body = bodies.get(item.id) ?? { attachments: [] }
    const properties = await itemClass.write({
      call,
      item,
      body,
      options: preferencesWithin(unlimitedText(call.limits), options, item, body),
    })
    results.push(
      element(
        'Search:Result',
        text('AirSync:Class', itemClass.name),
        text('Search:LongId', item.id),
        text('AirSync:CollectionId', item.folderId),
        element('Search:Properties', properties),
      ),
    )
  }
  return results
}
