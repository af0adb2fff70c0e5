import type { ContactField } from '../../mailbox/item-properties.ts'

type Names = Readonly<Record<string, ContactField>>

/** Element of [MS-OXWSCONT], and the text that is kept under another name. */
export const contactTexts: Names = {
  FileAs: 'fileAs',
  GivenName: 'firstName',
  MiddleName: 'middleName',
  Nickname: 'nickName',
  CompanyName: 'companyName',
  AssistantName: 'assistantName',
  BusinessHomePage: 'webPage',
  Department: 'department',
  Generation: 'suffix',
  JobTitle: 'jobTitle',
  Manager: 'managerName',
  OfficeLocation: 'officeLocation',
  SpouseName: 'spouse',
  Surname: 'lastName',
}

export const contactDays: Names = { Birthday: 'birthday', WeddingAnniversary: 'anniversary' }

/** By the Key of an entry, in the order of the schema. */
export const entryLists = {
  EmailAddresses: { EmailAddress1: 'email1Address', EmailAddress2: 'email2Address', EmailAddress3: 'email3Address' },
  PhoneNumbers: {
    AssistantPhone: 'assistantPhoneNumber',
    BusinessFax: 'businessFaxNumber',
    BusinessPhone: 'businessPhoneNumber',
    BusinessPhone2: 'business2PhoneNumber',
    CarPhone: 'carPhoneNumber',
    CompanyMainPhone: 'companyMainPhone',
    HomeFax: 'homeFaxNumber',
    HomePhone: 'homePhoneNumber',
    HomePhone2: 'home2PhoneNumber',
    MobilePhone: 'mobilePhoneNumber',
    Pager: 'pagerNumber',
    RadioPhone: 'radioPhoneNumber',
  },
  ImAddresses: { ImAddress1: 'imAddress', ImAddress2: 'imAddress2', ImAddress3: 'imAddress3' },
} as const satisfies Readonly<Record<string, Names>>

/** By the Key of an address. */
export const addressKeys = { Business: 'businessAddress', Home: 'homeAddress', Other: 'otherAddress' } as const

export const addressParts = {
  Street: 'Street',
  City: 'City',
  State: 'State',
  CountryOrRegion: 'Country',
  PostalCode: 'PostalCode',
} as const

/** How an IndexedFieldURI calls the entries of a list. */
export const listNames: Readonly<Record<string, string>> = {
  'contacts:EmailAddresses': 'contacts:EmailAddress:',
  'contacts:PhoneNumbers': 'contacts:PhoneNumber:',
  'contacts:ImAddresses': 'contacts:ImAddress:',
  'contacts:PhysicalAddresses': 'contacts:PhysicalAddress:',
}

/** The text that `contacts:EmailAddress:EmailAddress1` or `contacts:PhysicalAddress:City:Home` names. */
export function fieldOfEntry(uri: string): ContactField | undefined {
  const [, list = '', first = '', second = ''] = uri.split(':')
  if (list === 'PhysicalAddress') {
    const [part, key] = [
      addressParts[first as keyof typeof addressParts],
      addressKeys[second as keyof typeof addressKeys],
    ]
    return part && key ? (`${key}${part}` as ContactField) : undefined
  }
  const lists: Readonly<Record<string, Names>> = entryLists
  return lists[`${list}es`]?.[first] ?? lists[`${list}s`]?.[first]
}
