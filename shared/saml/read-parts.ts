import type { Element } from '@xmldom/xmldom'
import { attributeOf, childElements, childrenNamed } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { XmlRefusal } from '#shared/xml/xml-refusal.ts'
import { SamlRefusal } from './saml-refusal.ts'

export function readMessage(xml: string): Element {
  try {
    return rootOf(parseXml(xml))
  } catch (error) {
    if (error instanceof XmlRefusal) throw new SamlRefusal('malformed', error.message, { cause: error })
    throw error
  }
}

/** Reads what must be there, and says `malformed` when it is not. Namespaces are the parent's unless given. */
export function onlyChild(parent: Element, localName: string, namespace = parent.namespaceURI ?? ''): Element {
  const child = optionalChild(parent, localName, namespace)
  if (!child) throw new SamlRefusal('malformed', `${parent.localName} has no ${localName}`)
  return child
}

export function optionalChild(
  parent: Element,
  name: string,
  namespace = parent.namespaceURI ?? '',
): Element | undefined {
  const [child, another] = childrenNamed(parent, namespace, name)
  if (another) throw new SamlRefusal('malformed', `${parent.localName} has more than one ${name}`)
  return child
}

export function requiredAttribute(element: Element, name: string): string {
  const value = attributeOf(element, name)
  if (value === undefined) throw new SamlRefusal('malformed', `${element.localName} has no attribute ${name}`)
  return value
}

/** All of the text, whatever comments and CDATA sections cut it into; elements inside are refused. */
export function textOf(element: Element): string {
  if (childElements(element).length > 0) {
    throw new SamlRefusal('malformed', `${element.localName} contains elements where text belongs`)
  }
  return element.textContent ?? ''
}

function instant(text: string, what: string): Date {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw new SamlRefusal('malformed', `${what} "${text}" is no UTC time`)
  return new Date(time)
}

export function instantAttribute(element: Element, name: string): Date {
  return instant(requiredAttribute(element, name), name)
}

/** For the places where a child that is not understood could change what the others mean. */
export function refuseOtherChildren(parent: Element, allowed: readonly string[]): void {
  const other = childElements(parent).find(
    ({ namespaceURI, localName }) => namespaceURI !== parent.namespaceURI || !allowed.includes(localName ?? ''),
  )
  if (other) throw new SamlRefusal('malformed', `${parent.localName} contains ${other.nodeName}`)
}
