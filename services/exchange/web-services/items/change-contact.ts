import type { Contact, ItemPatch } from '../../mailbox/item.ts'
import type { ContactField, ContactProperties } from '../../mailbox/item-properties.ts'
import { contactDays, contactTexts, fieldOfEntry } from './contact-names.ts'
import { type ItemUpdate, requireDeletable, unsupportedUpdate } from './item-update.ts'
import { contactFacts } from './read-contact.ts'

/** Whether setting it changes nothing here: the display name is made of the parts of the name. */
const derived = new Set(['contacts:DisplayName', 'contacts:ContactSource'])

/** What the updates make of a contact. */
export function contactPatch({ properties: before }: Contact, updates: readonly ItemUpdate[]): ItemPatch {
  return { properties: updates.reduce(changed, before) }
}

function changed(properties: ContactProperties, update: ItemUpdate): ContactProperties {
  const { how, uri, element } = update
  if (derived.has(uri)) return properties
  const name = fieldNamed(uri)
  if (how === 'delete' && uri === 'contacts:Children') return { ...properties, children: [] }
  if (how === 'delete' && !name) {
    requireDeletable(update)
    return properties
  }
  if (how === 'delete' && name) return { ...properties, fields: without(properties.fields, name) }
  if (how !== 'set' || !element || !(name || uri === 'contacts:Children')) throw unsupportedUpdate(update)
  const { fields, ...more } = contactFacts(element)
  return { ...properties, ...more, fields: { ...properties.fields, ...fields } }
}

function fieldNamed(uri: string): ContactField | undefined {
  const element = uri.replace('contacts:', '')
  return contactTexts[element] ?? contactDays[element] ?? fieldOfEntry(uri)
}

function without(fields: ContactProperties['fields'], name: ContactField): ContactProperties['fields'] {
  return Object.fromEntries(Object.entries(fields).filter(([each]) => each !== name))
}
