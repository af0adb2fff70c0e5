import type { Element } from '@xmldom/xmldom'
import type { ContactField, ContactProperties } from '../../mailbox/item-properties.ts'
import { attribute, child, children, textOf } from '../elements.ts'
import { addressKeys, addressParts, contactDays, contactTexts, entryLists } from './contact-names.ts'
import { readMoment } from './moments.ts'

/** What an element says of a contact; it may say one thing only. Empty texts are gone. */
export function contactFacts(element: Element): Pick<ContactProperties, 'fields'> & Partial<ContactProperties> {
  const texts = Object.entries(contactTexts).map(([name, kept]) => [kept, textOf(element, name)] as const)
  const days = Object.entries(contactDays).map(([name, kept]) => [kept, readMoment(element, name)] as const)
  const entries = Object.entries<Readonly<Record<string, ContactField>>>(entryLists).flatMap(([name, keys]) =>
    children(child(element, name)).map(
      (entry) => [keys[attribute(entry, 'Key') ?? ''], entry.textContent ?? ''] as const,
    ),
  )
  const all = [...texts, ...days, ...entries, ...addressEntries(element)]
  const named = child(element, 'Children')
  return {
    fields: Object.fromEntries(all.filter(([name, text]) => name !== undefined && text !== undefined)),
    ...(named && { children: children(named).map((each) => each.textContent ?? '') }),
  }
}

function addressEntries(element: Element) {
  return children(child(element, 'PhysicalAddresses')).flatMap((entry) => {
    const prefix = addressKeys[attribute(entry, 'Key') as keyof typeof addressKeys]
    if (!prefix) return []
    return children(entry).map((part) => {
      const name = addressParts[part.localName as keyof typeof addressParts]
      return [name && (`${prefix}${name}` as ContactField), part.textContent ?? ''] as const
    })
  })
}
