import type { Element } from '@xmldom/xmldom'
import { childElements } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'

type Read = (element: Element, references: Map<string, unknown>) => unknown

const string: Read = ({ textContent }) => unescaped(textContent ?? '')

/** Elements of primitive types, [MS-PSRP] §2.2.5.1; what is not there is text. */
const primitives: Readonly<Record<string, Read>> = {
  Nil: () => null,
  B: ({ textContent }) => textContent === 'true',
  ...Object.fromEntries(
    ['By', 'SB', 'I16', 'U16', 'I32', 'U32', 'I64', 'U64', 'Sg', 'Db'].map((name) => [name, number]),
  ),
  Obj: object,
  Ref: (element, references) => references.get(element.getAttribute('RefId') ?? ''),
}

/**
 * What `Export-Clixml` writes, as `ConvertTo-Json` would have ([MS-PSRP] §2.2.5): objects with their properties, lists,
 * dictionaries; an enumeration is its name.
 * @throws XmlRefusal when it is no XML
 */
export function readClixml(document: string): readonly unknown[] {
  const text = document.replace(/^\s*<\?xml[^>]*>/, '')
  const root = rootOf(parseXml(text, { maxBytes: 16 * 1024 * 1024, maxElements: 500_000 }))
  const references = new Map<string, unknown>()
  return childElements(root).map((element) => readValue(element, references))
}

function readValue(element: Element, references: Map<string, unknown>): unknown {
  return (primitives[element.localName ?? ''] ?? string)(element, references)
}

function number({ textContent }: Element): number {
  return Number(textContent)
}

function object(element: Element, references: Map<string, unknown>): unknown {
  const value = contentOf(element, references)
  const id = element.getAttribute('RefId')
  if (id !== null) references.set(id, value)
  return value
}

const containers = new Set(['LST', 'IE', 'QUE', 'STK'])
const names = new Set(['TN', 'TNRef', 'ToString'])

function contentOf(element: Element, references: Map<string, unknown>): unknown {
  const parts = childElements(element)
  const container = parts.find(({ localName }) => containers.has(localName ?? ''))
  if (container) return childElements(container).map((each) => readValue(each, references))
  const dictionary = parts.find(({ localName }) => localName === 'DCT')
  if (dictionary) return Object.fromEntries(childElements(dictionary).map((entry) => pairOf(entry, references)))
  const properties = parts.filter(({ localName }) => localName === 'Props' || localName === 'MS').flatMap(childElements)
  if (properties.length > 0)
    return Object.fromEntries(properties.map((each) => [nameOf(each), readValue(each, references)]))
  // An enumeration is written as its number, with its name beside it; a deeper object as its name alone.
  const named = parts.find(({ localName }) => localName === 'ToString')
  if (named) return string(named, references)
  const only = parts.find(({ localName }) => !names.has(localName ?? ''))
  return only ? readValue(only, references) : null
}

function pairOf(entry: Element, references: Map<string, unknown>): readonly [string, unknown] {
  const parts = childElements(entry)
  const part = (name: string) => parts.find((each) => each.getAttribute('N') === name)
  const [key, value] = [part('Key'), part('Value')]
  return [String(key && readValue(key, references)), value ? readValue(value, references) : null]
}

function nameOf(element: Element): string {
  return unescaped(element.getAttribute('N') ?? '')
}

/** [MS-PSRP] §2.2.5.3.2: characters that XML does not keep are written as `_x000D_`. */
function unescaped(value: string): string {
  return value.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)))
}
