import type { Element } from '@xmldom/xmldom'
import { type Xml, xml } from '#shared/xml/markup.ts'
import type { Folder } from '../../mailbox/folder.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, t } from '../elements.ts'
import { findFolder } from '../folders.ts'
import { textFor } from '../items/comparable-values.ts'
import { type ItemShape, readItemShape, viewItem } from '../items/item-view.ts'
import { type PageView, pagingFacts, placeOf, readView } from '../items/page-view.ts'
import { type FoundItems, itemsInSpan, itemsOfPage } from '../items/select-items.ts'
import { itemElement } from '../items/write-item.ts'
import { responseMessages } from '../response-messages.ts'
import type { ShownItem } from '../shown-item.ts'
import { WebServicesError } from '../web-services-error.ts'

/** [MS-OXWSSRCH] 3.1.4.2 */
export const findItem: Operation = async (call) => {
  refuseGroups(call)
  const shape = readItemShape(call)
  const asked = children(child(call.body, 'ParentFolderIds'))
  return responseMessages(call, 'FindItem', asked, async (each: Element) => {
    const folder = await findFolder(call, each)
    return rootFolder(call, await selected(call, folder), shape)
  })
}

function refuseGroups({ body }: Call): void {
  if (!child(body, 'GroupBy') && !child(body, 'DistinguishedGroupBy')) return
  throw new WebServicesError('ErrorInvalidRequest', 'gap: grouped items', {
    text: 'Fauxchange does not group items. See services/exchange/README.md.',
  })
}

interface Selected extends FoundItems {
  readonly view: PageView
}

/** Neither hidden items nor a dumpster is kept: of those there are none. */
async function selected(call: Call, folder: Folder): Promise<Selected> {
  const { body } = call
  const view = readView(body)
  const calendar = child(body, 'CalendarView')
  if (attribute(body, 'Traversal') !== 'Shallow') return { items: [], total: 0, from: 0, view }
  const found = calendar
    ? await itemsInSpan(call, folder, calendar)
    : await itemsOfPage(call, folder, {
        place: (total) => placeOf(view, total),
        order: children(child(body, 'SortOrder')),
        restriction: children(child(body, 'Restriction'))[0],
        query: child(body, 'QueryString')?.textContent?.trim() || undefined,
      })
  const contacts = child(body, 'ContactsView')
  return { ...found, ...(contacts && { items: found.items.filter((item) => isBetween(item, contacts)) }), view }
}

/** Of [MS-OXWSCONT] ContactsViewType: names in the order of the alphabet. */
function isBetween(item: ShownItem, view: Element): boolean {
  const name = textFor(item, 'contacts:DisplayName').toLowerCase()
  const first = attribute(view, 'InitialName')?.toLowerCase()
  const last = attribute(view, 'FinalName')?.toLowerCase()
  return (first === undefined || name >= first) && (last === undefined || name <= last)
}

async function rootFolder(call: Call, found: Selected, shape: ItemShape): Promise<Xml> {
  const elements: Xml[] = []
  for (const item of found.items) elements.push(await itemElement(await viewItem(call, item, shape, true)))
  const facts = Object.entries(pagingFacts(found.view, found)).map(([name, value]) => xml` ${name}="${String(value)}"`)
  return xml`<m:RootFolder${facts}>${t('Items', elements)}</m:RootFolder>`
}
