import type { Element } from '@xmldom/xmldom'
import type { XmlPart } from '#shared/xml/markup.ts'
import type { ExtendedProperties, Item, ItemPatch, LastVerb } from '../../mailbox/item.ts'
import { child, children, t, textOf } from '../elements.ts'
import { WebServicesError } from '../web-services-error.ts'
import { keywords, knownProperties, messageFlags, unsentFlag } from './known-properties.ts'
import { extendedUri, type NamedProperty, readPropertyPath } from './property-names.ts'

/*
 * Properties of MAPI: those that an item's own facts answer (`known-properties.ts`), and what programs invent, which
 * is kept as it came.
 */

const subject = 'extended:0x37'
const messageClass = 'extended:0x1a'
const flagStatus = 'extended:0x1090'
const lastVerb = 'extended:0x1081'
const settable = new Set([subject, messageClass, flagStatus, lastVerb, keywords, 'extended:0x10f3'])

/** As restrictions and orders compare it; empty where the item has none. */
export function extendedText(item: Item, uri: string): string {
  return comparableText(uri, textsOf(item, uri).join('; '), item.extended?.[uri]?.type)
}

const numbers = new Set(['Integer', 'Long', 'Short'])

/** Numbers have the same length, so that they compare as texts. */
export function comparableText(
  uri: string,
  text: string,
  type: string | undefined = knownProperties[uri]?.type,
): string {
  return numbers.has(type ?? '') && text !== '' ? text.padStart(20, '0') : text
}

/** What programs keep of it, or what its facts say. */
function textsOf(item: Item, uri: string): readonly string[] {
  return item.extended?.[uri]?.values ?? knownProperties[uri]?.read(item) ?? []
}

/** Those of the shape that the item has, in the spelling of the shape ([MS-OXWSXPROP] 2.1.7). */
export function extendedElements(item: Item, asked: readonly NamedProperty[]): XmlPart {
  return asked.map((property) => {
    const texts = textsOf(item, property.uri)
    return texts.length > 0 ? extendedElement(property, texts) : undefined
  })
}

export function extendedElement({ type, path }: NamedProperty, texts: readonly string[]): XmlPart {
  const values = texts.map((each) => t('Value', each))
  return t('ExtendedProperty', path, type.endsWith('Array') ? t('Values', values) : values)
}

interface Given {
  readonly uri: string
  readonly type: string
  readonly values: readonly string[]
}

function givenIn(item: Element): readonly Given[] {
  return children(item)
    .filter(({ localName }) => localName === 'ExtendedProperty')
    .map((property) => {
      const path = child(property, 'ExtendedFieldURI')
      if (!path) throw new WebServicesError('ErrorSchemaValidation', 'an ExtendedProperty without its path')
      const { uri, type } = readPropertyPath(path)
      const list = child(property, 'Values')
      const values = list ? children(list).map((each) => each.textContent ?? '') : [textOf(property, 'Value') ?? '']
      return { uri, type, values }
    })
}

/** The server's own properties are not, apart from the name that programs give an item in a URL. */
export function isSettable(uri: string): boolean {
  return !knownProperties[uri] || settable.has(uri)
}

type OwnPatch = Omit<ItemPatch, 'extended'>

/** What the values of a new or changed item set: its own facts, or what is kept beside them. */
export function extendedPatch(item: Element, now: Date): OwnPatch & { readonly extended?: ExtendedProperties } {
  let patch: OwnPatch = {}
  const kept: Record<string, ExtendedProperties[string]> = {}
  for (const { uri, type, values } of givenIn(item)) {
    const own = ownPatch(uri, values, now)
    if (own) patch = { ...patch, ...own }
    else if (isSettable(uri)) kept[uri] = { type, values }
  }
  return Object.keys(kept).length === 0 ? patch : { ...patch, extended: kept }
}

/** Undefined for a property that is none of the item's own facts. */
function ownPatch(uri: string, values: readonly string[], now: Date): OwnPatch | undefined {
  const [first = ''] = values
  const number = Number(first)
  if (uri === keywords) return { categories: values }
  if (uri === subject) return { subject: first }
  if (uri === messageClass) return { messageClass: first }
  if (uri === flagStatus) return { flag: number === 0 ? null : { status: number === 1 ? 'complete' : 'active' } }
  if (uri === lastVerb) return { lastVerb: { verb: verbs[number] ?? 'none', at: now } }
  return undefined
}

/** PidTagLastVerbExecuted, [MS-OXOMSG] 2.2.1.8. */
const verbs: Readonly<Record<number, LastVerb>> = { 102: 'reply', 103: 'replyAll', 104: 'forward' }

/** What the removal of a property sets. */
export function extendedRemoval(uri: string): ItemPatch {
  if (uri === keywords) return { categories: [] }
  return uri === flagStatus ? { flag: null } : { extended: { [uri]: null } }
}

const readFlag = 1

/** A new message is a draft, unless its flags say otherwise. */
export function readMessageFlags(
  message: Element,
): { readonly isDraft: boolean; readonly unread: boolean } | undefined {
  const given = children(message).some((each) => each.localName === 'ExtendedProperty' && uriIn(each) === messageFlags)
  if (!given) return undefined
  const value = Number(givenIn(message).find(({ uri }) => uri === messageFlags)?.values[0])
  if (!Number.isInteger(value)) throw new WebServicesError('ErrorSchemaValidation', 'PidTagMessageFlags is no number')
  return { isDraft: (value & unsentFlag) !== 0, unread: (value & readFlag) === 0 }
}

function uriIn(property: Element): string {
  const path = child(property, 'ExtendedFieldURI')
  return path ? extendedUri(path) : ''
}
