/** What a person typed into the search box, taken apart. */
export interface SearchQuery {
  /** Words that are looked for anywhere. */
  readonly words: string
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly subject: readonly string[]
  readonly category: readonly string[]
  readonly hasAttachment?: boolean
  readonly unread?: boolean
  readonly flagged?: boolean
  /** Days of the mailbox's zone, written `2026-03-01`: from the first, before the second. */
  readonly since?: string
  readonly until?: string
}

type Draft = { -readonly [Name in keyof SearchQuery]: SearchQuery[Name] } & {
  readonly from: string[]
  readonly to: string[]
  readonly subject: string[]
  readonly category: string[]
}

const yes = /^(yes|true|1)$/i
const term = /(?:(\w+)(:|[<>]=?))?(?:"([^"]*)"?|(\S+))/g

/**
 * The properties of Outlook's searches ("Learn to narrow your search criteria for better searches in Outlook"):
 * from: to: subject: category: hasattachments:yes has:attachment isread:no is:unread is:flagged hasflag:true
 * received:2026-03-01 received>=2026-03-01 received:2026-03-01..2026-03-05 received:today received:"last week".
 * A name that is none is a word, and so are the words for days where nobody says which day is `today`.
 */
export function readSearch(text: string, today = ''): SearchQuery {
  const draft: Draft = { words: '', from: [], to: [], subject: [], category: [] }
  const words: string[] = []
  for (const [whole, name, sign = ':', quoted, bare] of text.matchAll(term)) {
    const value = (quoted ?? bare ?? '').trim()
    const read = name !== undefined && value !== '' && readProperty(draft, name.toLowerCase(), sign, value, today)
    if (!read) words.push(quoted !== undefined && name === undefined ? quoted : whole)
  }
  return { ...draft, words: words.join(' ').trim() }
}

/** False for what is no property. */
function readProperty(draft: Draft, name: string, sign: string, value: string, today: string): boolean {
  if (name === 'received') return readDays(draft, sign, rangeOf(value, today))
  if (sign !== ':') return false
  if (name === 'from' || name === 'to' || name === 'subject' || name === 'category') return draft[name].push(value) > 0
  if (name === 'has' || name === 'is') return readState(draft, value.toLowerCase())
  if (name === 'hasattachment' || name === 'hasattachments') draft.hasAttachment = yes.test(value)
  else if (name === 'isread' || name === 'read') draft.unread = !yes.test(value)
  else if (/^(isflagged|hasflag)$/.test(name)) draft.flagged = yes.test(value)
  else return false
  return true
}

function readState(draft: Draft, state: string): boolean {
  if (state === 'attachment' || state === 'attachments') draft.hasAttachment = true
  else if (state === 'unread') draft.unread = true
  else if (state === 'read') draft.unread = false
  else if (state === 'flagged') draft.flagged = true
  else return false
  return true
}

const day = /^\d{4}-\d\d-\d\d$/

function readDays(draft: Draft, sign: string, value: string): boolean {
  const [first = '', last = first] = value.split('..')
  if (!isDay(first) || !isDay(last)) return false
  if (sign === ':' || sign === '>=') draft.since = first
  if (sign === '>') draft.since = dayAfter(last)
  if (sign === ':' || sign === '<=') draft.until = dayAfter(last)
  if (sign === '<') draft.until = first
  return true
}

/** Words for days as a range of them, weeks from Sunday on; what is none stays. */
function rangeOf(text: string, today: string): string {
  if (!isDay(today)) return text
  const at = new Date(today)
  const dayOf = (dayOfMonth: number, months = 0) =>
    new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, dayOfMonth)).toISOString().slice(0, 10)
  const date = at.getUTCDate()
  const sunday = date - at.getUTCDay()
  const ranges = {
    today: [today, today],
    yesterday: [dayOf(date - 1), dayOf(date - 1)],
    'this week': [dayOf(sunday), dayOf(sunday + 6)],
    'last week': [dayOf(sunday - 7), dayOf(sunday - 1)],
    'this month': [dayOf(1), dayOf(0, 1)],
    'last month': [dayOf(1, -1), dayOf(0)],
  }
  const range = new Map(Object.entries(ranges)).get(text.toLowerCase())
  return range?.join('..') ?? text
}

function isDay(text: string): boolean {
  return day.test(text) && !Number.isNaN(Date.parse(text))
}

function dayAfter(text: string): string {
  return new Date(Date.parse(text) + 86_400_000).toISOString().slice(0, 10)
}
