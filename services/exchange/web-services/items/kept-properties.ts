import type { Element } from '@xmldom/xmldom'
import type { ExtendedProperties, Item, ItemPatch } from '../../mailbox/item.ts'
import type { ItemKind } from '../../mailbox/item-properties.ts'
import type { Call } from '../call.ts'
import { attribute, child, children, t, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { readInstant } from '../zones.ts'
import { cleaned } from './cleaned-text.ts'
import { type ItemUpdate, invalidAction } from './item-update.ts'
import type { PropertyType } from './known-properties.ts'

/*
 * Properties of the schema on which nothing here depends. Each is kept beside its item as the property of MAPI that it
 * is ([MS-OXPROPS]), so that programs find it by either name, and copies and moves carry it.
 */

interface KeptProperty {
  readonly property: string
  readonly type: PropertyType
  /** What the schema calls its numbers. */
  readonly codes?: Readonly<Record<string, number>>
}

const [common, ofTask, ofAppointment, ofAddress] = [0x2008, 0x2003, 0x2002, 0x2004].map(
  (set) => `extended:0006${set.toString(16)}-0000-0000-c000-000000000046:i:`,
)

const mileage: KeptProperty = { property: `${common}${0x8534}`, type: 'String' }
const companies: KeptProperty = { property: `${common}${0x8539}`, type: 'StringArray' }
const culture = {
  'item:Culture': {
    property: 'extended:00020386-0000-0000-c000-000000000046:n:content-language',
    type: 'String' as const,
  },
}
const sensitivities = { Normal: 0, Personal: 1, Private: 2, Confidential: 3 }

/** PidLidFileUnderId, [MS-OXOCNTC] 2.2.1.1.12: how FileAs follows from the rest. */
const fileAsCodes = {
  None: 0,
  DisplayName: 0x3001,
  FirstName: 0x3a06,
  LastName: 0x3a11,
  Company: 0x3a16,
  LastCommaFirst: 0x8017,
  CompanyLastCommaFirst: 0x8018,
  LastCommaFirstCompany: 0x8019,
  FirstSpaceLast: 0x8037,
}

const reminders: Readonly<Record<string, KeptProperty>> = {
  'item:ReminderDueBy': { property: `${common}${0x8502}`, type: 'SystemTime' },
  'item:ReminderIsSet': { property: `${common}${0x8503}`, type: 'Boolean' },
  'item:ReminderMinutesBeforeStart': { property: `${common}${0x8501}`, type: 'Integer' },
}
const sensitivity: KeptProperty = { property: 'extended:0x36', type: 'Integer', codes: sensitivities }

/** By the name of the entry in PhoneNumbers, as an IndexedFieldURI has it. */
const phones: Readonly<Record<string, KeptProperty>> = Object.fromEntries(
  Object.entries({
    Callback: 0x3a02,
    Isdn: 0x3a2d,
    OtherFax: 0x3a23,
    OtherTelephone: 0x3a1f,
    PrimaryPhone: 0x3a1a,
    Telex: 0x3a2c,
    TtyTddPhone: 0x3a4b,
  }).map(([key, tag]) => [
    `contacts:PhoneNumber:${key}`,
    { property: `extended:0x${tag.toString(16)}`, type: 'String' as const },
  ]),
)

const kept: Readonly<Record<ItemKind, Readonly<Record<string, KeptProperty>>>> = {
  message: { ...culture, ...reminders, 'message:IsResponseRequested': { property: 'extended:0x63', type: 'Boolean' } },
  appointment: {
    ...culture,
    'calendar:ConferenceType': { property: `${ofAppointment}${0x8241}`, type: 'Integer' },
    'calendar:IsOnlineMeeting': { property: `${ofAppointment}${0x8240}`, type: 'Boolean' },
    'calendar:MeetingWorkspaceUrl': { property: `${ofAppointment}${0x8209}`, type: 'String' },
    'calendar:NetShowUrl': { property: `${ofAppointment}${0x8248}`, type: 'String' },
  },
  contact: {
    ...culture,
    ...reminders,
    ...phones,
    'item:Sensitivity': sensitivity,
    'contacts:FileAsMapping': { property: `${ofAddress}${0x8006}`, type: 'Integer', codes: fileAsCodes },
    'contacts:Initials': { property: 'extended:0x3a0a', type: 'String' },
    'contacts:Companies': companies,
    'contacts:Mileage': mileage,
    'contacts:PostalAddressIndex': {
      property: `${ofAddress}${0x8022}`,
      type: 'Integer',
      codes: { None: 0, Home: 1, Business: 2, Other: 3 },
    },
    'contacts:Profession': { property: 'extended:0x3a46', type: 'String' },
  },
  task: {
    ...culture,
    'task:ActualWork': { property: `${ofTask}${0x8110}`, type: 'Integer' },
    'task:BillingInformation': { property: `${common}${0x8535}`, type: 'String' },
    'task:Companies': companies,
    'task:Contacts': { property: `${common}${0x853a}`, type: 'StringArray' },
    'task:Mileage': mileage,
    'task:TotalWork': { property: `${ofTask}${0x8111}`, type: 'Integer' },
  },
  note: culture,
}

/** What an element of a new item says of them. */
export function keptIn(call: Call, kind: ItemKind, element: Element): ExtendedProperties {
  const found = Object.entries(kept[kind]).flatMap(([uri, each]) => {
    const given = elementOf(element, uri)
    return given ? [[each.property, { type: each.type, values: valuesOf(call, each, given) }] as const] : []
  })
  return Object.fromEntries(found)
}

/** Undefined for a field of another sort. */
export function keptPatch(call: Call, kind: ItemKind, update: ItemUpdate): ItemPatch | undefined {
  const { how, uri, element } = update
  const each = kept[kind][uri]
  if (!each) return undefined
  if (how === 'append') throw invalidAction(update)
  const given = how === 'set' && element ? elementOf(element, uri) : undefined
  return { extended: { [each.property]: given ? { type: each.type, values: valuesOf(call, each, given) } : null } }
}

function elementOf(item: Element, uri: string): Element | undefined {
  const [, name = '', key] = uri.split(':')
  if (key === undefined) return child(item, name)
  return children(child(item, `${name}s`)).find((each) => attribute(each, 'Key') === key)
}

function valuesOf(call: Call, { type, codes }: KeptProperty, element: Element): readonly string[] {
  if (type === 'StringArray') return children(element).map((each) => each.textContent ?? '')
  const text = element.textContent ?? ''
  if (type === 'String') return [text]
  const name = element.localName ?? ''
  const written = text.trim()
  if (type === 'SystemTime') return [readInstant(written, call.zone, name)]
  const read = type === 'Boolean' ? truths[written] : codes ? codes[written] : wholeNumber(written)
  if (read !== undefined) return [String(read)]
  throw new WebServicesError('ErrorSchemaValidation', `${name} is "${written.slice(0, 40)}"`)
}

const truths: Readonly<Record<string, boolean>> = { true: true, 1: true, false: false, 0: false }

function wholeNumber(written: string): number | undefined {
  return /^[+-]?\d{1,10}$/.test(written) && Math.abs(Number(written)) < 2 ** 31 ? Number(written) : undefined
}

const nothing = new Set(['', '0', 'false'])

/** Whether a patch makes any property of the item that is kept so another. */
export function changesKept(item: Item, { extended }: ItemPatch): boolean {
  const said = (values: readonly string[] = []) => values.filter((each) => !nothing.has(each)).join('\n')
  return Object.entries(extended ?? {}).some(
    ([name, each]) => said(each?.values) !== said(item.extended?.[name]?.values),
  )
}

/** What is kept of it; undefined for what the item lacks. */
export function keptValues({ kind, extended }: Item, uri: string): readonly string[] | undefined {
  const each = kept[kind][uri]
  const values = each && extended?.[each.property]?.values
  if (!each?.codes || !values) return values
  const name = Object.entries(each.codes).find(([, code]) => String(code) === values[0])?.[0]
  return name === undefined ? undefined : [name]
}

/** Its element, or the one with what every item has; none for an item that has neither. */
export function keptElement(item: Item, uri: string, usual?: string) {
  const name = uri.split(':')[1] ?? ''
  const values = keptValues(item, uri) ?? (usual === undefined ? [] : [usual])
  if (values.length === 0) return undefined
  const isList = kept[item.kind][uri]?.type === 'StringArray'
  return t(name, isList ? values.map((each) => t('String', cleaned(each))) : cleaned(values[0] ?? ''))
}

/** The entries of PhoneNumbers that are kept so: key and number. */
export function keptPhones(item: Item): readonly (readonly [key: string, number: string])[] {
  return Object.keys(phones).flatMap((uri) => {
    const [number] = keptValues(item, uri) ?? []
    return number ? [[uri.split(':')[2] ?? '', number] as const] : []
  })
}

/** What the product keeps and Fauxchange does not; it says so rather than lose it. */
const gaps = ['ArchiveTag', 'PolicyTag', 'UserSMIMECertificate', 'MSExchangeCertificate', 'DoNotForwardMeeting']

/** @throws WebServicesError ErrorInvalidPropertySet */
export function requireKept(element: Element): void {
  const dropped = gaps.find((name) => child(element, name))
  if (dropped === undefined) return
  throw new WebServicesError('ErrorInvalidPropertySet', `gap: setting ${dropped}`, {
    text: `Fauxchange does not keep ${dropped}. See services/exchange/README.md.`,
  })
}

/** FileAs of a contact that says how it follows from the rest, and not what it is. */
export function mappedFileAs(element: Element): string | undefined {
  const [first = '', last = '', company = '', display = ''] = [
    'GivenName',
    'Surname',
    'CompanyName',
    'DisplayName',
  ].map((name) => textOf(element, name))
  const joined = (between: string, ...parts: readonly string[]) => parts.filter(Boolean).join(between)
  const lastCommaFirst = joined(', ', last, first)
  const mapped: Readonly<Record<string, string>> = {
    DisplayName: display || joined(' ', first, last),
    FirstName: first,
    LastName: last,
    Company: company,
    LastCommaFirst: lastCommaFirst,
    CompanyLastCommaFirst: joined('\r\n', company, lastCommaFirst),
    LastCommaFirstCompany: joined('\r\n', lastCommaFirst, company),
    FirstSpaceLast: joined(' ', first, last),
  }
  return mapped[textOf(element, 'FileAsMapping')?.trim() ?? '']
}
