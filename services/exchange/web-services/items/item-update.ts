import type { Element } from '@xmldom/xmldom'
import { children } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { fieldUriOf } from './item-view.ts'

/** One change of an item ([MS-OXWSCORE] 2.2.4.30 to 2.2.4.32). */
export interface ItemUpdate {
  readonly how: 'set' | 'append' | 'delete'
  /** `item:Subject`, `contacts:EmailAddress:EmailAddress1`, `extended:…`. */
  readonly uri: string
  /** The item with the new value; of a deletion an item without any. */
  readonly element: Element | undefined
}

const kinds: Readonly<Record<string, ItemUpdate['how']>> = {
  SetItemField: 'set',
  AppendToItemField: 'append',
  DeleteItemField: 'delete',
}

/** @throws WebServicesError ErrorSchemaValidation for what is no change. */
export function readUpdates(updates: readonly Element[]): readonly ItemUpdate[] {
  return updates.map((update) => {
    const [path, element] = children(update)
    const how = kinds[update.localName ?? '']
    const uri = path ? fieldUriOf(path) : ''
    if (!how || !path)
      throw new WebServicesError('ErrorSchemaValidation', `${update.localName} is no change of a field`)
    if (how !== 'delete' && !element)
      throw new WebServicesError('ErrorSchemaValidation', `the change of ${uri} has no item`)
    return { how, uri, element }
  })
}

/** What an item always has. */
const lasting = /:(ItemId|ParentFolderId|ItemClass|DateTime\w+|Size|Start|End|UID|Organizer|IsComplete|Status)$/

/**
 * Deleting what an item lacks changes nothing: programs that save an item whole delete all that it has no value for.
 * @throws WebServicesError ErrorInvalidPropertyDelete for what every item has.
 */
export function requireDeletable(update: ItemUpdate): void {
  if (lasting.test(update.uri)) throw invalidAction(update)
}

/** What the product does and Fauxchange does not. */
export function unsupportedUpdate({ how, uri }: ItemUpdate): WebServicesError {
  const what = { set: 'setting', append: 'appending to', delete: 'deleting' }[how]
  return new WebServicesError('ErrorInvalidPropertySet', `gap: ${what} ${uri.slice(0, 80)}`, {
    text: `Fauxchange does not implement ${what} ${uri.slice(0, 80)}. See services/exchange/README.md.`,
  })
}

export function invalidAction({ how, uri }: ItemUpdate): WebServicesError {
  const codes = {
    set: 'ErrorInvalidPropertySet',
    append: 'ErrorInvalidPropertyAppend',
    delete: 'ErrorInvalidPropertyDelete',
  } as const
  return new WebServicesError(codes[how], `${uri.slice(0, 80)} of this item cannot be changed like this`)
}
