import { type XmlPart, xml } from '#shared/xml/markup.ts'
import type { Contact } from '../../mailbox/item.ts'
import type { ContactField } from '../../mailbox/item-properties.ts'
import { t } from '../elements.ts'
import { cleaned, type Field } from './item-fields.ts'
import type { ItemView } from './item-view.ts'

type Fields = Contact['properties']['fields']

/** Element of the schema, and the text that is kept under another name. */
export const contactTexts: readonly (readonly [element: string, name: ContactField])[] = [
  ['FileAs', 'fileAs'],
  ['GivenName', 'firstName'],
  ['MiddleName', 'middleName'],
  ['Nickname', 'nickName'],
  ['CompanyName', 'companyName'],
]
export const laterContactTexts: readonly (readonly [element: string, name: ContactField])[] = [
  ['AssistantName', 'assistantName'],
  ['BusinessHomePage', 'webPage'],
  ['Department', 'department'],
  ['Generation', 'suffix'],
  ['JobTitle', 'jobTitle'],
  ['Manager', 'managerName'],
  ['OfficeLocation', 'officeLocation'],
  ['SpouseName', 'spouse'],
  ['Surname', 'lastName'],
]
export const mailKeys: readonly (readonly [key: string, name: ContactField])[] = [
  ['EmailAddress1', 'email1Address'],
  ['EmailAddress2', 'email2Address'],
  ['EmailAddress3', 'email3Address'],
]
export const phoneKeys: readonly (readonly [key: string, name: ContactField])[] = [
  ['AssistantPhone', 'assistantPhoneNumber'],
  ['BusinessFax', 'businessFaxNumber'],
  ['BusinessPhone', 'businessPhoneNumber'],
  ['BusinessPhone2', 'business2PhoneNumber'],
  ['CarPhone', 'carPhoneNumber'],
  ['CompanyMainPhone', 'companyMainPhone'],
  ['HomeFax', 'homeFaxNumber'],
  ['HomePhone', 'homePhoneNumber'],
  ['HomePhone2', 'home2PhoneNumber'],
  ['MobilePhone', 'mobilePhoneNumber'],
  ['Pager', 'pagerNumber'],
  ['RadioPhone', 'radioPhoneNumber'],
]

/** How an IndexedFieldURI calls the entries of a list. */
export const listNames: Readonly<Record<string, string>> = {
  'contacts:EmailAddresses': 'contacts:EmailAddress:',
  'contacts:PhoneNumbers': 'contacts:PhoneNumber:',
}

const [fileAs, ...earlierContactTexts] = contactTexts.map(textField)

/** [MS-OXWSCONT] 2.2.4.3 ContactItemType, in the order of the schema. */
export const contactFields: readonly Field[] = [
  ...(fileAs ? [fileAs] : []),
  { uri: 'contacts:DisplayName', in: 'Default', write: displayName },
  ...earlierContactTexts,
  dictionary('EmailAddresses', mailKeys),
  dictionary('PhoneNumbers', phoneKeys),
  ...laterContactTexts.map(textField),
]

/** The product makes it of the parts of the name, and keeps it. */
function displayName({ item }: ItemView): XmlPart {
  if (item.kind !== 'contact') return undefined
  const { firstName, middleName, lastName, companyName, email1Address } = item.properties.fields
  const name = [firstName, middleName, lastName].filter(Boolean).join(' ')
  return t('DisplayName', cleaned(name || item.subject || companyName || email1Address || ''))
}

function textField([element, name]: readonly [string, ContactField]): Field {
  return of(`contacts:${element}`, (fields) => fields[name] !== undefined && t(element, cleaned(fields[name])))
}

function dictionary(element: string, keys: readonly (readonly [string, ContactField])[]): Field {
  return of(`contacts:${element}`, (fields) => {
    const entries = keys.filter(([, name]) => fields[name])
    const written = entries.map(([key, name]) => xml`<t:Entry Key="${key}">${cleaned(fields[name] ?? '')}</t:Entry>`)
    return written.length > 0 && t(element, written)
  })
}

function of(uri: string, write: (fields: Fields) => XmlPart): Field {
  return {
    uri,
    in: 'Default',
    write: ({ item }) => (item.kind === 'contact' ? write(item.properties.fields) : undefined),
  }
}
