import { wordsOf } from '../mailbox/body-text.ts'
import type { Folder, Item, MailboxStore, Message, MessageHead } from '../mailbox/mailbox-store.ts'
import type { HeadFilter } from '../mailbox/message-heads.ts'
import { instantOfWall, type TimeZone } from '../mailbox/time-zones.ts'
import { isSame } from './categories.ts'
import type { SearchQuery } from './search-query.ts'

const pageSize = 25

export interface MailSearch {
  readonly mailboxId: string
  readonly folders: readonly Folder[]
  /** Whether these are all folders of the mailbox. */
  readonly everywhere: boolean
  readonly zone: TimeZone
  readonly query: SearchQuery
  readonly before?: string | undefined
}

export interface FoundMail {
  readonly messages: readonly (Omit<MessageHead, 'cursor' | 'conversationId'> & { readonly id: string })[]
  readonly next?: string | undefined
}

/** With words by the index of words, else folder by folder, by the index of what is asked for. */
export async function findMail(mailboxes: MailboxStore, search: MailSearch): Promise<FoundMail> {
  const { query } = search
  const words = wordsFor(query)
  if (words !== '') return findByWords(mailboxes, search, words)
  const { hasAttachment, unread, flagged, category, since, until } = query
  const narrows = [hasAttachment, unread, flagged, since, until].some((each) => each !== undefined)
  return narrows || category.length > 0 ? findByFolders(mailboxes, search) : { messages: [] }
}

/** What the index of words is asked for. */
export function wordsFor({ words, from, to, subject }: SearchQuery): string {
  return [words, ...from, ...to, ...subject].join(' ').trim()
}

async function findByWords(
  mailboxes: MailboxStore,
  { mailboxId, query, zone, before, folders, everywhere }: MailSearch,
  text: string,
): Promise<FoundMail> {
  const { since, until } = instantsOf(query, zone)
  const page = await mailboxes.search(mailboxId, {
    ...{ text, limit: pageSize, before },
    ...(!everywhere && { folderIds: folders.map(({ id }) => id) }),
    ...(since && { receivedAfter: since }),
    ...(until && { receivedBefore: until }),
    matches: (item) => fitsQuery(item, query),
  })
  return { messages: page.items.filter(isMessage).map(factsOf), next: page.next }
}

/** All of it but the days. */
export function fitsQuery(item: Item, query: SearchQuery): item is Message {
  return isMessage(item) && hasWords(item, query) && hasState(factsOf(item), query)
}

function isMessage(item: Item): item is Message {
  return item.kind === 'message'
}

function factsOf(message: Message) {
  return { ...message, flagged: message.flag?.status === 'active' }
}

/** The words of each term are in its field, as beginnings of words. */
function hasWords({ sender, senderAddress, subject, properties }: Message, query: SearchQuery): boolean {
  const recipients = [...properties.to, ...properties.cc].map(({ name, address }) => `${name} ${address}`)
  const areIn = (field: string, terms: readonly string[]) => {
    const words = terms.length > 0 ? wordsOf(field) : []
    return wordsOf(...terms).every((term) => words.some((word) => word.startsWith(term)))
  }
  return (
    areIn(`${sender} ${senderAddress}`, query.from) &&
    areIn(recipients.join(' '), query.to) &&
    areIn(subject, query.subject)
  )
}

type State = Pick<MessageHead, 'hasAttachments' | 'unread' | 'flagged' | 'categories'>

function hasState({ hasAttachments, unread, flagged, categories }: State, query: SearchQuery): boolean {
  return (
    hasAttachments === (query.hasAttachment ?? hasAttachments) &&
    unread === (query.unread ?? unread) &&
    flagged === (query.flagged ?? flagged) &&
    query.category.every((name) => categories.some((each) => isSame(each, name)))
  )
}

/** The filter whose index has the fewest of what is asked for. */
function filterOf({ category: [name], flagged, unread, hasAttachment }: SearchQuery): HeadFilter | undefined {
  if (name !== undefined) return { kind: 'category', name }
  if (flagged) return { kind: 'flagged' }
  if (unread) return { kind: 'unread' }
  return hasAttachment ? { kind: 'files' } : undefined
}

async function findByFolders(mailboxes: MailboxStore, search: MailSearch): Promise<FoundMail> {
  const found: MessageHead[] = []
  for (const { id, folderClass } of search.folders)
    if (folderClass === 'mail') found.push(...(await findInFolder(mailboxes, search, id)))
  const sorted = found.toSorted((a, b) => order(b) - order(a) || numberOf(b) - numberOf(a))
  const messages = sorted.slice(0, pageSize)
  return { messages, next: sorted.length > pageSize ? messages.at(-1)?.cursor : undefined }
}

const order = ({ receivedAt }: MessageHead) => receivedAt.getTime()
const numberOf = ({ cursor }: MessageHead) => Number(cursor.split('.')[1])

/** So much of a folder is looked at for one page. */
const mostPages = 40

async function findInFolder(
  mailboxes: MailboxStore,
  { mailboxId, query, zone, before }: MailSearch,
  folderId: string,
): Promise<readonly MessageHead[]> {
  const { since, until } = instantsOf(query, zone)
  const found: MessageHead[] = []
  let cursor = before ?? (until && `${until.getTime()}.0`)
  for (let pages = 0; pages < mostPages && found.length <= pageSize; pages += 1) {
    const page = await mailboxes.listHeads(mailboxId, folderId, { limit: 100, before: cursor, filter: filterOf(query) })
    found.push(...page.heads.filter((head) => hasState(head, query) && (!since || head.receivedAt >= since)))
    const last = page.heads.at(-1)
    if (page.next === undefined || (since && last && last.receivedAt < since)) break
    cursor = page.next
  }
  return found.slice(0, pageSize + 1)
}

/** Days are those of the mailbox's zone. */
function instantsOf({ since, until }: SearchQuery, { written }: TimeZone) {
  const begins = (day: string | undefined) => day && instantOfWall(written, new Date(`${day}T00:00:00Z`))
  return { since: begins(since) || undefined, until: begins(until) || undefined }
}
