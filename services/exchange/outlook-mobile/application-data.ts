import { element, empty, text } from '#shared/wbxml/elements.ts'
import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { ItemKind } from './account-store.ts'
import type { Facts } from './change.ts'

/** What the server says of an item, and takes from nobody. */
const serversOwn = new Set(['Body', 'NativeBodyType', 'Attachments', 'ResponseType', 'AppointmentReplyTime'])
const pages: Readonly<Record<ItemKind, string>> = { message: 'Email', event: 'Calendar', contact: 'Contacts' }
const secondPage = new Set(
  'CustomerId GovernmentId IMAddress IMAddress2 IMAddress3 ManagerName CompanyMainPhone AccountName NickName MMS'.split(
    ' ',
  ),
)

/**
 * An item as a client sends it: all of it, for up to 14.1 what is left out is gone ([MS-ASCMD] 2.2.3.179).
 * @param facts As the cache has them: names without their page, a list for what has children.
 */
export function applicationData(kind: ItemKind, facts: Facts): WbxmlElement {
  const own = Object.entries(facts).filter(([name]) => !serversOwn.has(name))
  const body = facts.Body
  return element(
    'AirSync:ApplicationData',
    typeof body === 'string' && bodyElement(body),
    own.map(([name, content]) => written(pages[kind], name, content)),
  )
}

function bodyElement(data: string): WbxmlElement {
  return element('AirSyncBase:Body', text('AirSyncBase:Type', '1'), text('AirSyncBase:Data', data))
}

function written(page: string, name: string, content: unknown): WbxmlElement {
  const full = `${pageOf(page, name)}:${name}`
  if (!Array.isArray(content)) return content === '' ? empty(full) : text(full, momentFor(page, name, String(content)))
  const children = content.flatMap((each: Facts) => Object.entries(each))
  const inside = name === 'Body' ? 'AirSyncBase' : page
  return element(
    full,
    children.map(([inner, value]) => written(inside, inner, value)),
  )
}

function pageOf(page: string, name: string): string {
  if (name === 'Body') return 'AirSyncBase'
  return page === 'Contacts' && secondPage.has(name) ? 'Contacts2' : page
}

/** Calendars write moments without punctuation ([MS-ASCAL] 2.2.2.42). */
function momentFor(page: string, name: string, value: string): string {
  const isMoment = page === 'Calendar' && (name === 'StartTime' || name === 'EndTime')
  return isMoment ? value.replace(/[-:]|\.\d+/g, '') : value
}
