import type { WbxmlElement } from '#shared/wbxml/wbxml-element.ts'
import type { Contact, Item } from '../../mailbox/item.ts'
import { type ContactField, type ContactProperties, contactFields } from '../../mailbox/item-properties.ts'
import { all, child, element, optional, text, textOf, valueText } from '../elements.ts'
import { dateTime, momentOf } from '../moments.ts'
import { bodyElement } from './item-bodies.ts'
import type { Adding, Changing, ItemClass, Writing } from './item-class.ts'
import { ItemProblem } from './item-problem.ts'
import { categoriesElement, readCategories } from './message.ts'
import { readBody } from './read-body.ts'

/** [MS-ASCNTC]. */
export const contactClass: ItemClass = { name: 'Contacts', write, add, change }

const secondPage = new Set<ContactField>([
  'accountName',
  'companyMainPhone',
  'customerId',
  'governmentId',
  'imAddress',
  'imAddress2',
  'imAddress3',
  'managerName',
  'mms',
  'nickName',
])
const spelledOtherwise: Readonly<Partial<Record<ContactField, string>>> = {
  imAddress: 'IMAddress',
  imAddress2: 'IMAddress2',
  imAddress3: 'IMAddress3',
  mms: 'MMS',
}
const moments = new Set<ContactField>(['anniversary', 'birthday'])
/** Only for the recipient cache. */
const notHere = new Set<ContactField>(['alias'])

/** 36 KB of image in base64. */
const largestPicture = 48 * 1024

function elementName(field: ContactField): string {
  const name = spelledOtherwise[field] ?? field.charAt(0).toUpperCase() + field.slice(1)
  return `${secondPage.has(field) ? 'Contacts2' : 'Contacts'}:${name}`
}

async function write({ item, body, options, supported }: Writing): Promise<readonly WbxmlElement[]> {
  const { properties, categories } = item as Contact
  const showsPicture = supported === undefined || supported.includes('Contacts:Picture')
  return [
    await bodyElement({ body, mime: async () => undefined, isSigned: false }, options),
    ...contactFields.filter((field) => !notHere.has(field)).map((field) => fieldElement(properties, field)),
    categories.length > 0 ? categoriesElement('Contacts', categories) : undefined,
    properties.children.length > 0
      ? element(
          'Contacts:Children',
          properties.children.map((each) => text('Contacts:Child', each)),
        )
      : undefined,
    showsPicture ? optional('Contacts:Picture', properties.picture) : undefined,
  ].filter((each): each is WbxmlElement => each !== undefined)
}

function fieldElement({ fields }: ContactProperties, field: ContactField): WbxmlElement | undefined {
  const value = fields[field]
  return optional(elementName(field), value && moments.has(field) ? dayOf(value) : value)
}

/** Clients write birthdays at several hours of the day in UTC, and read only midnight without shifting it. */
function dayOf(moment: string): string {
  return `${dateTime(moment).slice(0, 10)}T00:00:00.000Z`
}

async function add({ call, folder, data }: Adding): Promise<Item> {
  const body = await readBody(data)
  const properties = readContact(data, undefined, undefined)
  return call.parts.mailboxes.createItem(call.mailboxId, {
    kind: 'contact',
    folderId: folder.id,
    subject: shownName(properties),
    categories: readCategories(data, 'Contacts') ?? [],
    ...body,
    properties,
    createdAt: call.now,
  })
}

async function change({ call, item, data, supported }: Changing): Promise<Item | undefined> {
  const body = await readBody(data)
  const properties = readContact(data, (item as Contact).properties, supported)
  const categories = readCategories(data, 'Contacts') ?? (isGhosted(supported, 'Contacts:Categories') ? undefined : [])
  return call.parts.mailboxes.updateItem(call.mailboxId, item.id, {
    subject: shownName(properties),
    ...(categories && { categories }),
    ...(body && { body }),
    properties,
  })
}

function shownName({ fields }: ContactProperties): string {
  const name = [fields.firstName, fields.lastName].filter(Boolean).join(' ')
  return fields.fileAs || name || fields.companyName || fields.email1Address || ''
}

/** Left out and yet kept: the client said that it does not manage it ([MS-ASCMD] 2.2.3.179). */
function isGhosted(supported: readonly string[] | undefined, name: string): boolean {
  return supported !== undefined && !supported.includes(name)
}

function readContact(
  data: WbxmlElement,
  before: ContactProperties | undefined,
  supported: readonly string[] | undefined,
): ContactProperties {
  const fields = Object.fromEntries(
    contactFields.flatMap((field) => {
      const value =
        readField(data, field) ?? (isGhosted(supported, elementName(field)) ? before?.fields[field] : undefined)
      return value === undefined || value === '' ? [] : [[field, value]]
    }),
  )
  const children = child(data, 'Contacts:Children')
  const picture = readPicture(data) ?? before?.picture
  return {
    fields,
    children: children ? all(children, 'Contacts:Child').map(valueText) : (before?.children ?? []),
    ...(picture && { picture }),
  }
}

function readField(data: WbxmlElement, field: ContactField): string | undefined {
  const value = textOf(data, elementName(field))
  if (value === undefined || !moments.has(field)) return value
  return momentOf(value) ?? ''
}

/** An empty one says nothing: iOS sends it with every change. */
function readPicture(data: WbxmlElement): string | undefined {
  const picture = textOf(data, 'Contacts:Picture')
  if (picture === undefined || picture === '') return undefined
  if (picture.length > largestPicture) throw new ItemProblem(6, `the picture has ${picture.length} characters`)
  return picture
}
