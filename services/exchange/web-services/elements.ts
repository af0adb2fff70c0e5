import type { Element } from '@xmldom/xmldom'
import { childElements } from '#shared/xml/elements.ts'
import { type Xml, type XmlPart, xml } from '#shared/xml/markup.ts'
import { messagesNamespace, typesNamespace } from './names.ts'

/** The child of this name in either namespace of the schema. */
export function child(parent: Element | undefined, name: string): Element | undefined {
  return children(parent).find(({ localName }) => localName === name)
}

export function children(parent: Element | undefined): readonly Element[] {
  if (!parent) return []
  return childElements(parent).filter(
    ({ namespaceURI }) => namespaceURI === typesNamespace || namespaceURI === messagesNamespace,
  )
}

export function descend(parent: Element | undefined, ...names: readonly string[]): Element | undefined {
  return names.reduce<Element | undefined>((found, name) => child(found, name), parent)
}

/** Undefined for an element that is not there. */
export function textOf(parent: Element | undefined, ...names: readonly string[]): string | undefined {
  return descend(parent, ...names)?.textContent ?? undefined
}

export function flagOf(parent: Element | undefined, ...names: readonly string[]): boolean | undefined {
  const text = textOf(parent, ...names)?.trim()
  return text === undefined ? undefined : text === 'true' || text === '1'
}

export function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.getAttribute(name) ?? undefined
}

export function t(name: string, ...content: readonly XmlPart[]): Xml {
  return xml`<t:${name}>${content}</t:${name}>`
}

export function m(name: string, ...content: readonly XmlPart[]): Xml {
  return xml`<m:${name}>${content}</m:${name}>`
}

/** Nothing for a value that is not there. */
export function field(name: string, value: string | number | boolean | undefined): Xml | undefined {
  return value === undefined ? undefined : t(name, String(value))
}

/** xs:dateTime in UTC without fractions, as the product writes it. */
export function moment(at: Date | string): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}
