import type { Attr, Element, Node } from '@xmldom/xmldom'
import { isElement } from './elements.ts'
import { escapeAttribute, escapeText } from './escape.ts'

const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

/**
 * The element as a document of its own with the same infoset, so that a signature over it still verifies: attributes
 * and comments stay as they were, and declarations of ancestors come along when anything inside may need them.
 * `without` is a child that is left out.
 */
export function writeElement(element: Element, without?: Element): string {
  const inside = writeTag(element, [], without)
  const inherited = inheritedDeclarations(element).filter(({ name }) => mayNeed(inside, name))
  return inherited.length === 0 ? inside : writeTag(element, inherited, without)
}

interface Declaration {
  readonly name: string
  readonly value: string
}

function inheritedDeclarations(element: Element): readonly Declaration[] {
  const nearest = new Map<string, string>()
  for (let scope: Node | null = element; isElement(scope); scope = scope.parentNode) {
    for (const { nodeName, value } of declarationsOn(scope)) if (!nearest.has(nodeName)) nearest.set(nodeName, value)
  }
  for (const { nodeName } of declarationsOn(element)) nearest.delete(nodeName)
  return [...nearest].map(([name, value]) => ({ name, value })).filter(({ value }) => value !== '')
}

function declarationsOn(element: Element): readonly Attr[] {
  return Array.from(element.attributes).filter((attribute) => attribute.namespaceURI === xmlnsNamespace)
}

// Prefixes stand before a colon, in values (`xsi:type`) as well as in names, and in the PrefixList of a signature.
// One declaration too many does no harm to an exclusive canonical form.
function mayNeed(inside: string, declaration: string): boolean {
  if (declaration === 'xmlns') return true
  const prefix = declaration.slice('xmlns:'.length)
  const listed: readonly string[] = inside.match(/(?<=PrefixList=")[^"]*/g) ?? []
  return standsBeforeColon(inside, prefix) || listed.some((prefixes) => prefixes.split(' ').includes(prefix))
}

const boundary = /[\s="'<>/:]/

/** In time linear in the text, which has certificates and signatures of many characters without any boundary. */
function standsBeforeColon(text: string, prefix: string): boolean {
  const sought = `${prefix}:`
  for (let at = text.indexOf(sought); at >= 0; at = text.indexOf(sought, at + 1)) {
    if (at === 0 || boundary.test(text.charAt(at - 1))) return true
  }
  return false
}

function write(node: Node): string {
  if (isElement(node)) return writeTag(node, [])
  const value = node.nodeValue ?? ''
  return node.nodeType === 8 ? `<!--${value}-->` : withoutLineSeparators(escapeText(value))
}

function writeTag(element: Element, inherited: readonly Declaration[], without?: Element): string {
  const declarations = inherited.map(({ name, value }) => ` ${name}="${escapeAttribute(value)}"`)
  const attributes = Array.from(element.attributes).map(
    ({ nodeName, value }) => ` ${nodeName}="${withoutLineSeparators(escapeAttribute(value))}"`,
  )
  const content = Array.from(element.childNodes).map((child) => (child === without ? '' : write(child)))
  return `<${element.nodeName}${[...declarations, ...attributes].join('')}>${content.join('')}</${element.nodeName}>`
}

// xml-crypto's parser takes these two for line ends, as XML 1.1 §2.11 does; written as references they survive.
function withoutLineSeparators(escaped: string): string {
  return escaped.replace(/[\u0085\u2028]/g, (character) => `&#x${character.charCodeAt(0).toString(16).toUpperCase()};`)
}
