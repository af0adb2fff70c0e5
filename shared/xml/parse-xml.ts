import { DOMParser, type Document, type Element } from '@xmldom/xmldom'
import { descendantElements } from './elements.ts'
import { scanMarkup } from './scan-markup.ts'
import { XmlRefusal } from './xml-refusal.ts'

export interface XmlLimits {
  readonly maxBytes: number
  readonly maxDepth: number
  readonly maxElements: number
}

export const defaultXmlLimits: XmlLimits = { maxBytes: 256 * 1024, maxDepth: 64, maxElements: 10_000 }

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

/** Parses XML 1.0 from outside: no document type, no entities, no processing instructions, no mercy for errors. */
export function parseXml(source: string, limits: Partial<XmlLimits> = {}): Document {
  const { maxBytes, ...markupLimits } = { ...defaultXmlLimits, ...limits }
  const size = Buffer.byteLength(source)
  if (size > maxBytes) throw new XmlRefusal('tooLarge', `${size} bytes, at most ${maxBytes} are read`)
  const text = source.replace(/^\uFEFF/, '')
  refuseDocumentType(text)
  const scanned = scanMarkup(text, markupLimits)
  const document = parse(text)
  const elements = descendantElements(document)
  for (const element of elements) checkDeclarations(element)
  const attributes = elements.reduce((sum, element) => sum + element.attributes.length, 0)
  // The parser lets a second attribute of the same expanded name replace the first (Namespaces in XML 1.0 §6.3).
  if (elements.length !== scanned.elements || attributes !== scanned.attributes) {
    throw new XmlRefusal('notWellFormed', 'elements or attributes were lost, as when an attribute name occurs twice')
  }
  return document
}

// The root element; parseXml has refused every document without one.
export function rootOf(document: Document): Element {
  const root = document.documentElement
  if (!root) throw new XmlRefusal('notWellFormed', 'no root element')
  return root
}

function refuseDocumentType(text: string): void {
  const found = /<!(?!--|\[CDATA\[)[^>]{0,30}/.exec(text)
  if (found) throw new XmlRefusal('documentType', `"${found[0]}" at ${found.index}`)
}

function parse(text: string): Document {
  const parser = new DOMParser({
    locator: false,
    // XML 1.0 §2.11; the library's own default also rewrites U+0085 and U+2028, as XML 1.1 does.
    normalizeLineEndings: (source) => source.replace(/\r\n?/g, '\n'),
    onError: (level, message) => {
      throw new XmlRefusal('notWellFormed', `${level}: ${message}`)
    },
  })
  try {
    return parser.parseFromString(text, 'text/xml')
  } catch (error) {
    throw new XmlRefusal('notWellFormed', error instanceof Error ? error.message : String(error), { cause: error })
  }
}

function checkDeclarations(element: Element): void {
  for (const { namespaceURI, nodeName, value } of Array.from(element.attributes)) {
    if (namespaceURI === xmlnsNamespace) checkDeclared(nodeName, value)
  }
}

// Namespaces in XML 1.0 §3 and §5.
function checkDeclared(name: string, uri: string): void {
  const reserved = name === 'xmlns:xml' || name === 'xmlns:xmlns' || uri === xmlNamespace || uri === xmlnsNamespace
  const undeclared = name !== 'xmlns' && uri === ''
  if (reserved || undeclared) throw new XmlRefusal('notWellFormed', `namespace declaration ${name}="${uri}"`)
}
