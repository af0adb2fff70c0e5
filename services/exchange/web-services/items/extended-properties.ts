import type { Element } from '@xmldom/xmldom'
import { type Xml, type XmlPart, xml } from '#shared/xml/markup.ts'
import type { Item, ItemPatch, LastVerb } from '../../mailbox/item.ts'
import { attribute, child, children, moment, t, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'

/*
 * Properties of MAPI that an item's own facts answer: `extended:0xe23` by tag, `extended:PublicStrings:Keywords` by
 * name. What an application invents is not kept, and reads as absent.
 */

/** How the name of each of them begins. */
export const anyExtended = 'extended:'

const messageFlags = 'extended:0xe07'
const flagStatus = 'extended:0x1090'
const lastVerb = 'extended:0x1081'
const keywords = 'extended:PublicStrings:Keywords'

/** [MS-OXCMSG] 2.2.1.6 PidTagMessageFlags. */
const flags = { read: 1, unsent: 8, hasAttachment: 16 }
/** PidTagLastVerbExecuted, [MS-OXOMSG] 2.2.1.8. */
const verbs: Readonly<Record<Exclude<LastVerb, 'none'>, number>> = { reply: 102, replyAll: 103, forward: 104 }
const importances = { low: 0, normal: 1, high: 2 } as const

export type PropertyType = 'Integer' | 'String' | 'StringArray' | 'SystemTime' | 'Boolean' | 'Binary'
type Value = string | number | boolean | Date | readonly string[] | undefined

interface Property {
  readonly type: PropertyType
  readonly read: (item: Item) => Value
}

/** [MS-OXPROPS], by the tag without its type. */
const properties: Readonly<Record<string, Property>> = {
  'extended:0x17': { type: 'Integer', read: ({ importance }) => importances[importance] },
  'extended:0x1a': { type: 'String', read: ({ messageClass }) => messageClass },
  'extended:0x37': { type: 'String', read: ({ subject }) => subject },
  'extended:0x39': { type: 'SystemTime', read: ({ receivedAt }) => receivedAt },
  'extended:0xc1a': { type: 'String', read: ({ sender }) => sender || undefined },
  'extended:0xc1f': { type: 'String', read: ({ senderAddress }) => senderAddress || undefined },
  'extended:0xe03': { type: 'String', read: (item) => namesOf(item, 'cc') },
  'extended:0xe04': { type: 'String', read: (item) => namesOf(item, 'to') },
  'extended:0xe06': { type: 'SystemTime', read: ({ receivedAt }) => receivedAt },
  [messageFlags]: { type: 'Integer', read: flagsOf },
  'extended:0xe08': { type: 'Integer', read: ({ size }) => size },
  'extended:0xe1b': { type: 'Boolean', read: ({ hasAttachments }) => hasAttachments },
  // The number of the article, by which programs that offer IMAP tell messages apart: it grows with each that arrives.
  'extended:0xe23': { type: 'Integer', read: ({ numbers }) => numbers.arrived },
  'extended:0xff9': { type: 'Binary', read: ({ id }) => Buffer.from(id).toString('base64') },
  'extended:0x1035': {
    type: 'String',
    read: ({ internetMessageId }) => (internetMessageId === '' ? undefined : `<${internetMessageId}>`),
  },
  [lastVerb]: { type: 'Integer', read: (item) => (item.lastVerb === 'none' ? undefined : verbs[item.lastVerb]) },
  [flagStatus]: { type: 'Integer', read: ({ flag }) => flag && (flag.status === 'complete' ? 1 : 2) },
  'extended:0x10f3': { type: 'String', read: ({ subject }) => `${subject.replace(/[/\\:?*"<>|]/g, '_')}.EML` },
  [keywords]: { type: 'StringArray', read: ({ categories }) => (categories.length > 0 ? categories : undefined) },
}

function flagsOf({ unread, isDraft, hasAttachments }: Item): number {
  return (unread ? 0 : flags.read) | (isDraft ? flags.unsent : 0) | (hasAttachments ? flags.hasAttachment : 0)
}

function namesOf(item: Item, list: 'to' | 'cc'): string | undefined {
  return item.kind === 'message'
    ? item.properties[list].map(({ name, address }) => name || address).join('; ')
    : undefined
}

/** How an ExtendedFieldURI is called here: [MS-OXWSXPROP] 2.1.5. */
export function extendedUri(path: Element): string {
  const tag = attribute(path, 'PropertyTag')
  if (tag !== undefined) return `${anyExtended}0x${Number(tag).toString(16)}`
  const set = attribute(path, 'DistinguishedPropertySetId') ?? attribute(path, 'PropertySetId') ?? ''
  return `${anyExtended}${set}:${attribute(path, 'PropertyName') ?? attribute(path, 'PropertyId') ?? ''}`
}

export function isExtended(uri: string): boolean {
  return uri.startsWith(anyExtended)
}

/** As restrictions and orders compare it; empty where the item has none. */
export function extendedText(item: Item, uri: string): string {
  const value = properties[uri]?.read(item)
  return comparableText(uri, textsOf(value).join('; '))
}

/** Numbers have the same length, so that they compare as texts. */
export function comparableText(uri: string, text: string): string {
  return properties[uri]?.type === 'Integer' && text !== '' ? text.padStart(12, '0') : text
}

function textsOf(value: Value): readonly string[] {
  if (value === undefined) return []
  if (value instanceof Date) return [moment(value)]
  return typeof value === 'object' ? value : [String(value)]
}

/** Those of the shape that the item has. */
export function extendedElements(item: Item, fields: ReadonlySet<string>): XmlPart {
  return [...fields].filter(isExtended).map((uri) => {
    const property = properties[uri]
    const texts = textsOf(property?.read(item))
    return property && texts.length > 0 ? extendedElement(uri, property.type, texts) : undefined
  })
}

/** As an element of an item or a folder: [MS-OXWSXPROP] 2.1.7. */
export function extendedElement(uri: string, type: PropertyType, texts: readonly string[]): Xml {
  const values = texts.map((each) => t('Value', each))
  return t('ExtendedProperty', pathOf(uri, type), type === 'StringArray' ? t('Values', values) : values)
}

function pathOf(uri: string, type: PropertyType): Xml {
  const [, first = '', name] = uri.split(':')
  if (name === undefined) return xml`<t:ExtendedFieldURI PropertyTag="${first}" PropertyType="${type}"/>`
  return xml`<t:ExtendedFieldURI DistinguishedPropertySetId="${first}" PropertyName="${name}" PropertyType="${type}"/>`
}

/** What the value of an item's element sets; undefined for a property that cannot be set. */
export function extendedPatch(uri: string, item: Element, now: Date): ItemPatch | undefined {
  const property = children(item).find((each) => each.localName === 'ExtendedProperty' && uriIn(each) === uri)
  const value = Number(textOf(property, 'Value'))
  if (uri === keywords) return { categories: children(child(property, 'Values')).map((each) => each.textContent ?? '') }
  if (uri === flagStatus) return { flag: value === 0 ? null : { status: value === 1 ? 'complete' : 'active' } }
  if (uri !== lastVerb) return undefined
  const verb = Object.entries(verbs).find(([, number]) => number === value)?.[0] as LastVerb | undefined
  return { lastVerb: { verb: verb ?? 'none', at: now } }
}

/** What its removal sets; undefined for a property that cannot be removed. */
export function extendedRemoval(uri: string): ItemPatch | undefined {
  if (uri === keywords) return { categories: [] }
  return uri === flagStatus ? { flag: null } : undefined
}

/** A new message is a draft, unless its flags say otherwise. */
export function readMessageFlags(
  message: Element,
): { readonly isDraft: boolean; readonly unread: boolean } | undefined {
  const property = children(message).find(
    (each) => each.localName === 'ExtendedProperty' && uriIn(each) === messageFlags,
  )
  if (!property) return undefined
  const value = Number(textOf(property, 'Value'))
  if (!Number.isInteger(value)) throw new WebServicesError('ErrorSchemaValidation', 'PidTagMessageFlags is no number')
  return { isDraft: (value & flags.unsent) !== 0, unread: (value & flags.read) === 0 }
}

function uriIn(property: Element): string {
  const path = child(property, 'ExtendedFieldURI')
  return path ? extendedUri(path) : ''
}
