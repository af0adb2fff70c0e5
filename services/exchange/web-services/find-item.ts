import type { Element } from '@xmldom/xmldom'
import type { Appointment, Item } from '../mailbox/item.ts'
import type { Call } from './call.ts'
import { attribute } from './elements.ts'
import { changeKeyOf, type NamedItem, readItemId } from './ids.ts'
import { occurrenceAt, occurrenceByIndex, type ShownItem } from './shown-item.ts'
import { WebServicesError } from './web-services-error.ts'

/** How careful a change is: an item that changed since the client read it is refused when it is `unchanged`. */
export interface Finding {
  readonly unchanged?: boolean
}

/**
 * The item that `t:ItemId`, `t:OccurrenceItemId` or `t:RecurringMasterItemId` names.
 * @throws WebServicesError for an id that is malformed or of another mailbox, or an item that changed meanwhile.
 */
export async function findItem(
  call: Call,
  element: Element | undefined,
  { unchanged }: Finding = {},
): Promise<ShownItem> {
  const found = await namedItem(call, element)
  const key = attribute(element, 'ChangeKey')
  if (unchanged && key !== undefined && key !== changeKeyOf(found.changeNumber))
    throw new WebServicesError('ErrorIrresolvableConflict', 'the item has changed since the client read it')
  return found
}

/** @throws WebServicesError for an occurrence: what is asked is done with whole items only. */
export async function findWholeItem(call: Call, element: Element | undefined, finding?: Finding): Promise<Item> {
  const item = await findItem(call, element, finding)
  if (!item.occurrence) return item
  throw new WebServicesError('ErrorCalendarCannotMoveOrCopyOccurrence', 'an occurrence stays with its series')
}

async function namedItem(call: Call, element: Element | undefined): Promise<ShownItem> {
  if (element?.localName === 'OccurrenceItemId') {
    const series = await seriesOf(call, { id: readItemId(attribute(element, 'RecurringMasterId')).id })
    return occurrenceByIndex(series, Number(attribute(element, 'InstanceIndex')))
  }
  if (element?.localName === 'RecurringMasterItemId')
    return seriesOf(call, readItemId(attribute(element, 'OccurrenceId')))
  const named = readItemId(attribute(element, 'Id'))
  if (named.occurrence === undefined) return itemNamed(call, named)
  return occurrenceAt(await seriesOf(call, named), named.occurrence)
}

async function itemNamed(call: Call, { id }: NamedItem): Promise<Item> {
  const item = await call.parts.mailboxes.findItem(call.mailboxId, id)
  if (item) return item
  throw new WebServicesError('ErrorItemNotFound', `no item ${id} in the mailbox of ${call.user.emailAddress}`)
}

async function seriesOf(call: Call, named: NamedItem): Promise<Appointment> {
  const item = await itemNamed(call, named)
  if (item.kind === 'appointment' && item.properties.recurrence) return item
  throw new WebServicesError('ErrorCalendarIsNotRecurringMaster', `the item ${named.id} is no series`)
}
