import { type XmlPart, xml } from '#shared/xml/markup.ts'
import type { Contact } from '../../mailbox/item.ts'
import type { ContactField } from '../../mailbox/item-properties.ts'
import { t } from '../elements.ts'
import { momentIn } from '../zones.ts'
import { cleaned } from './cleaned-text.ts'
import { addressKeys, addressParts, contactDays, contactTexts, entryLists } from './contact-names.ts'
import type { Field } from './item-fields.ts'
import type { ItemView } from './item-view.ts'
import { keptElement, keptPhones } from './kept-properties.ts'

type Fields = Contact['properties']['fields']

const lists = Object.fromEntries(Object.entries(entryLists).map(([name, keys]) => [name, dictionary(name, keys)]))

/** [MS-OXWSCONT] 2.2.4.3 ContactItemType, in the order of the schema. */
export const contactFields: readonly Field[] = [
  text('FileAs'),
  kept('FileAsMapping'),
  { uri: 'contacts:DisplayName', in: 'Default', write: displayName },
  text('GivenName'),
  kept('Initials'),
  ...['MiddleName', 'Nickname'].map(text),
  { uri: 'contacts:CompleteName', in: 'Default', write: completeName },
  text('CompanyName'),
  ...one('EmailAddresses'),
  of('contacts:PhysicalAddresses', physicalAddresses),
  { uri: 'contacts:PhoneNumbers', in: 'Default', write: phoneNumbers },
  text('AssistantName'),
  day('Birthday'),
  text('BusinessHomePage'),
  { uri: 'contacts:Children', in: 'Default', write: childrenElement },
  kept('Companies'),
  {
    uri: 'contacts:ContactSource',
    in: 'Default',
    write: ({ item }) => item.kind === 'contact' && t('ContactSource', 'Store'),
  },
  ...['Department', 'Generation'].map(text),
  ...one('ImAddresses'),
  ...['JobTitle', 'Manager'].map(text),
  kept('Mileage'),
  text('OfficeLocation'),
  kept('PostalAddressIndex'),
  kept('Profession'),
  ...['SpouseName', 'Surname'].map(text),
  day('WeddingAnniversary'),
  { uri: 'contacts:HasPicture', in: 'Default', write: hasPicture },
]

function one(name: string): readonly Field[] {
  const field = lists[name]
  return field ? [field] : []
}

/** The product makes it of the parts of the name, and keeps it. */
function displayName({ item }: ItemView): XmlPart {
  if (item.kind !== 'contact') return undefined
  const { firstName, middleName, lastName, companyName, email1Address } = item.properties.fields
  const name = [firstName, middleName, lastName].filter(Boolean).join(' ')
  return t('DisplayName', cleaned(name || item.subject || companyName || email1Address || ''))
}

const nameParts = {
  Title: 'title',
  FirstName: 'firstName',
  MiddleName: 'middleName',
  LastName: 'lastName',
  Suffix: 'suffix',
  Nickname: 'nickName',
  YomiFirstName: 'yomiFirstName',
  YomiLastName: 'yomiLastName',
} as const

function completeName({ item }: ItemView): XmlPart {
  if (item.kind !== 'contact') return undefined
  const { fields } = item.properties
  const parts = Object.entries(nameParts).filter(([, name]) => fields[name])
  return (
    parts.length > 0 &&
    t(
      'CompleteName',
      parts.map(([element, name]) => t(element, cleaned(fields[name] ?? ''))),
    )
  )
}

function kept(element: string): Field {
  const uri = `contacts:${element}`
  return { uri, in: 'Default', write: ({ item }) => (item.kind === 'contact' ? keptElement(item, uri) : undefined) }
}

function text(element: string): Field {
  const name = contactTexts[element]
  return of(`contacts:${element}`, (fields) => {
    const kept = name && fields[name]
    return kept !== undefined && kept !== '' && t(element, cleaned(kept))
  })
}

function day(element: string): Field {
  const name = contactDays[element]
  return {
    uri: `contacts:${element}`,
    in: 'Default',
    write: ({ item, call }) => {
      const at = item.kind === 'contact' && name ? item.properties.fields[name] : undefined
      return at && t(element, momentIn(call.zone, at))
    },
  }
}

function dictionary(element: string, keys: Readonly<Record<string, ContactField>>): Field {
  return of(`contacts:${element}`, (fields) => entriesElement(element, entriesOf(fields, keys)))
}

type Entry = readonly [key: string, text: string]

function entriesOf(fields: Fields, keys: Readonly<Record<string, ContactField>>): readonly Entry[] {
  return Object.entries(keys).flatMap(([key, name]) => {
    const text = fields[name]
    return text ? [[key, text] as const] : []
  })
}

function entriesElement(element: string, entries: readonly Entry[]): XmlPart {
  const written = entries.map(([key, text]) => xml`<t:Entry Key="${key}">${cleaned(text)}</t:Entry>`)
  return written.length > 0 && t(element, written)
}

function phoneNumbers({ item }: ItemView): XmlPart {
  if (item.kind !== 'contact') return undefined
  const entries = [...entriesOf(item.properties.fields, entryLists.PhoneNumbers), ...keptPhones(item)]
  return entriesElement('PhoneNumbers', entries)
}

function physicalAddresses(fields: Fields): XmlPart {
  const entries = Object.entries(addressKeys).map(([key, prefix]) => {
    const parts = Object.entries(addressParts).flatMap(([element, part]) => {
      const kept = fields[`${prefix}${part}` as ContactField]
      return kept ? [t(element, cleaned(kept))] : []
    })
    return parts.length > 0 ? [xml`<t:Entry Key="${key}">${parts}</t:Entry>`] : []
  })
  const written = entries.flat()
  return written.length > 0 && t('PhysicalAddresses', written)
}

function childrenElement({ item }: ItemView): XmlPart {
  if (item.kind !== 'contact' || item.properties.children.length === 0) return undefined
  return t(
    'Children',
    item.properties.children.map((each) => t('String', cleaned(each))),
  )
}

function hasPicture({ item }: ItemView): XmlPart {
  return item.kind === 'contact' && t('HasPicture', String(item.properties.picture !== undefined))
}

function of(uri: string, write: (fields: Fields) => XmlPart): Field {
  return {
    uri,
    in: 'Default',
    write: ({ item }) => (item.kind === 'contact' ? write(item.properties.fields) : undefined),
  }
}
