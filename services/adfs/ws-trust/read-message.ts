import type { Element } from '@xmldom/xmldom'
import { childElements, childrenNamed, isNamed } from '#shared/xml/elements.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { XmlRefusal } from '#shared/xml/xml-refusal.ts'
import { NotSoap } from './errors.ts'
import { addressing, securityExtension, soap12 } from './names.ts'

/** A SOAP 1.2 message with its WS-Addressing headers. */
export interface SoapMessage {
  readonly envelope: Element
  readonly action: string | undefined
  readonly messageId: string | undefined
  readonly security: Element | undefined
  /** Header blocks that have to be understood and are not. */
  readonly notUnderstood: readonly string[]
  readonly body: readonly Element[]
}

const understood = ['Action', 'MessageID', 'To', 'ReplyTo', 'From', 'FaultTo', 'RelatesTo']

/** @throws NotSoap for what is no SOAP 1.2 envelope; documents with a type, entities or too much of anything too. */
export function readMessage(source: string): SoapMessage {
  const envelope = readEnvelope(source)
  const [body, secondBody] = childrenNamed(envelope, soap12, 'Body')
  const headers = childrenNamed(envelope, soap12, 'Header')
  if (!body || secondBody || headers.length > 1) throw new NotSoap(400, 'not one Header and one Body')
  const blocks = headers.flatMap((header) => childElements(header))
  const securities = blocks.filter((block) => isNamed(block, securityExtension, 'Security'))
  if (securities.length > 1) throw new NotSoap(400, 'more than one Security header')
  return {
    envelope,
    action: addressed(blocks, 'Action'),
    messageId: addressed(blocks, 'MessageID'),
    security: securities[0],
    notUnderstood: blocks.filter(isNotUnderstood).map((block) => block.nodeName),
    body: childElements(body),
  }
}

function readEnvelope(source: string): Element {
  try {
    const root = rootOf(parseXml(source))
    if (isNamed(root, soap12, 'Envelope')) return root
    throw new NotSoap(400, `the root is ${root.nodeName}, not an Envelope of SOAP 1.2`)
  } catch (error) {
    if (error instanceof XmlRefusal) throw new NotSoap(400, error.message, { cause: error })
    throw error
  }
}

function addressed(blocks: readonly Element[], name: string): string | undefined {
  return blocks.find((block) => isNamed(block, addressing, name))?.textContent?.trim()
}

function isNotUnderstood(block: Element): boolean {
  const must = block.getAttributeNS(soap12, 'mustUnderstand')
  if (must !== '1' && must !== 'true') return false
  if (isNamed(block, securityExtension, 'Security')) return false
  return !(block.namespaceURI === addressing && understood.includes(block.localName ?? ''))
}

/** The one child of that name; undefined when there is none or there are several. */
export function onlyNamed(parent: Element, namespace: string, name: string): Element | undefined {
  const [found, another] = childrenNamed(parent, namespace, name)
  return another ? undefined : found
}

export function textOf(element: Element | undefined): string | undefined {
  return element?.textContent?.trim()
}
