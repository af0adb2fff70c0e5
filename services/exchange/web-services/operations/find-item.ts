import type { Element } from '@xmldom/xmldom'
import { type Xml, xml } from '#shared/xml/markup.ts'
import type { Call, Operation } from '../call.ts'
import { attribute, child, children, t } from '../elements.ts'
import { findFolder } from '../folders.ts'
import { type ItemShape, readItemShape, viewItem } from '../items/item-view.ts'
import { type FoundItems, itemsInSpan, itemsOfPage, type Page } from '../items/select-items.ts'
import { itemElement } from '../items/write-item.ts'
import { responseMessages } from '../response-messages.ts'
import { WebServicesError } from '../web-services-error.ts'

/** [MS-OXWSSRCH] 3.1.4.2 */
export const findItem: Operation = async (call) => {
  const shape = readItemShape(call)
  const asked = children(child(call.body, 'ParentFolderIds'))
  return responseMessages(call, 'FindItem', asked, async (each: Element) => {
    const folder = await findFolder(call, each)
    const calendar = child(call.body, 'CalendarView')
    const found = calendar ? await itemsInSpan(call, folder, calendar) : await itemsOfPage(call, folder, readPage(call))
    return rootFolder(call, found, shape)
  })
}

function readPage({ body }: Call): Page {
  const view = child(body, 'IndexedPageItemView')
  if (attribute(view, 'BasePoint') === 'End')
    throw new WebServicesError('ErrorInvalidRequest', 'gap: pages counted from the end', {
      text: 'Fauxchange counts pages from the beginning only. See services/exchange/README.md.',
    })
  const number = (name: string, otherwise: number) => {
    const value = Number(attribute(view, name) ?? otherwise)
    if (Number.isInteger(value) && value >= 0) return value
    throw new WebServicesError('ErrorSchemaValidation', `${name} is no number of items`)
  }
  return {
    offset: number('Offset', 0),
    most: Math.min(number('MaxEntriesReturned', 1000), 1000),
    order: children(child(body, 'SortOrder')),
    restriction: children(child(body, 'Restriction'))[0],
    query: child(body, 'QueryString')?.textContent?.trim() || undefined,
  }
}

async function rootFolder(call: Call, { items, total, next }: FoundItems, shape: ItemShape): Promise<Xml> {
  const elements: Xml[] = []
  for (const item of items) elements.push(await itemElement(await viewItem(call, item, shape, true)))
  const isLast = next >= total
  return xml`<m:RootFolder IndexedPagingOffset="${String(next)}" TotalItemsInView="${String(total)}" IncludesLastItemInRange="${String(isLast)}">${t('Items', elements)}</m:RootFolder>`
}
