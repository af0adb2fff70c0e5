import type { Element } from '@xmldom/xmldom'
import { childElements, childrenNamed } from '#shared/xml/elements.ts'
import { type Xml, type XmlPart, xml, xmlText } from '#shared/xml/markup.ts'
import { parseXml, rootOf } from '#shared/xml/parse-xml.ts'
import { XmlRefusal } from '#shared/xml/xml-refusal.ts'
import type { ExchangeConfig } from '../config.ts'
import { attribute, child, children } from './elements.ts'
import { errorsNamespace, messagesNamespace, soapNamespace, typesNamespace } from './names.ts'
import { requireKnown } from './request-schema.ts'
import { WebServicesError } from './web-services-error.ts'

export interface Envelope {
  readonly header: Element | undefined
  readonly operation: Element
}

const limits = { maxBytes: 35 * 1024 * 1024, maxDepth: 64, maxElements: 50_000 }
const versions = /^Exchange(2007(_SP1)?|2010(_SP[12])?|2013(_SP1)?|201[56]|V2_S\d+)$|^V20\d\d_\d\d_\d\d$/

/** @throws WebServicesError ErrorSchemaValidation, ErrorInvalidServerVersion or ErrorInvalidOperation. */
export function readEnvelope(body: unknown): Envelope {
  const root = rootElement(typeof body === 'string' ? body : '')
  const header = childrenNamed(root, soapNamespace, 'Header')[0]
  const operation = childrenNamed(root, soapNamespace, 'Body').flatMap((each) => childElements(each))[0]
  if (operation?.namespaceURI !== messagesNamespace)
    throw new WebServicesError('ErrorSchemaValidation', 'the Body of the envelope holds no request of the schema')
  const version = attribute(child(header, 'RequestServerVersion'), 'Version')
  if (version !== undefined && !versions.test(version))
    throw new WebServicesError('ErrorInvalidServerVersion', `RequestServerVersion is "${version.slice(0, 40)}"`)
  requireKnown(operation)
  return { header, operation }
}

function rootElement(body: string): Element {
  try {
    const root = rootOf(parseXml(body, limits))
    if (root.namespaceURI === soapNamespace && root.localName === 'Envelope') return root
    throw new WebServicesError('ErrorSchemaValidation', 'the request is no SOAP 1.1 envelope')
  } catch (error) {
    if (!(error instanceof XmlRefusal)) throw error
    throw new WebServicesError('ErrorSchemaValidation', error.reason, { cause: error })
  }
}

/** The first of ConnectingSID of `t:ExchangeImpersonation`. */
export function impersonated(header: Element | undefined): { readonly by: string; readonly value: string } | undefined {
  const [sid] = children(child(child(header, 'ExchangeImpersonation'), 'ConnectingSID'))
  return sid && { by: sid.localName ?? '', value: sid.textContent?.trim() ?? '' }
}

export function writeEnvelope(config: ExchangeConfig, content: XmlPart): string {
  const [major = '', minor = '', build = '', revision = ''] = config.version.split('.')
  const info = xml`<h:ServerVersionInfo MajorVersion="${major}" MinorVersion="${minor}" MajorBuildNumber="${build}" MinorBuildNumber="${revision}" Version="V2018_01_08" xmlns:h="${typesNamespace}"/>`
  const envelope = xml`<s:Envelope xmlns:s="${soapNamespace}"><s:Header>${info}</s:Header><s:Body>${content}</s:Body></s:Envelope>`
  return `<?xml version="1.0" encoding="utf-8"?>${xmlText(envelope)}`
}

/** Responses that are their own message ([MS-OXWSCDATA] ResponseMessageType). */
const single = new Set([
  'GetRoomLists',
  'GetRooms',
  'GetUserPhoto',
  'GetDelegate',
  'AddDelegate',
  'UpdateDelegate',
  'RemoveDelegate',
])

export function writeResponse(operation: string, content: XmlPart): Xml {
  const outcome = single.has(operation) ? xml` ResponseClass="Success"` : []
  return xml`<m:${operation}Response xmlns:m="${messagesNamespace}" xmlns:t="${typesNamespace}"${outcome}>${content}</m:${operation}Response>`
}

export function writeFault(code: string, message: string): Xml {
  const name = `a:${code}`
  const detail = xml`<e:ResponseCode xmlns:e="${errorsNamespace}">${code}</e:ResponseCode><e:Message xmlns:e="${errorsNamespace}">${message}</e:Message>`
  return xml`<s:Fault><faultcode xmlns:a="${typesNamespace}">${name}</faultcode><faultstring xml:lang="en-US">${message}</faultstring><detail>${detail}</detail></s:Fault>`
}
