import type { Element } from '@xmldom/xmldom'

export const outlook = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a'
export const mobileSync = 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006'

export const namespaces = {
  wrapper: 'http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006',
  outlookRequest: 'http://schemas.microsoft.com/exchange/autodiscover/outlook/requestschema/2006',
  mobileRequest: 'http://schemas.microsoft.com/exchange/autodiscover/mobilesync/requestschema/2006',
} as const

export interface PlainRequest {
  readonly address: string
  readonly schema: typeof outlook | typeof mobileSync
}

export interface PlainError {
  readonly error: { readonly code: 600 | 601; readonly message: string; readonly reason: string }
}

/** An Autodiscover request, of either schema ([MS-OXDSCLI] §2.2.3). */
export async function readPlainRequest(body: string): Promise<PlainRequest | PlainError> {
  const [{ parseXml, rootOf }, { XmlRefusal }] = await Promise.all([
    import('#shared/xml/parse-xml.ts'),
    import('#shared/xml/xml-refusal.ts'),
  ])
  try {
    return read(rootOf(parseXml(body)))
  } catch (error) {
    if (error instanceof XmlRefusal) return invalid(error.message)
    throw error
  }
}

function read(root: Element): PlainRequest | PlainError {
  const { namespaceURI, localName } = root
  const isRequest = namespaceURI === namespaces.outlookRequest || namespaceURI === namespaces.mobileRequest
  if (localName !== 'Autodiscover' || !isRequest) return invalid(`${root.nodeName} of ${namespaceURI} is no request`)
  const address = textNamed(root, 'EMailAddress')
  if (!/^[^@\s]+@[^@\s]+$/.test(address)) return invalid(`"${address}" is no address`)
  const schema = textNamed(root, 'AcceptableResponseSchema')
  if (schema === outlook || schema === mobileSync) return { address, schema }
  return {
    error: { code: 601, message: 'Provider is not available', reason: `nothing answers in the schema ${schema}` },
  }
}

function textNamed(root: Element, name: string): string {
  return root.getElementsByTagNameNS(root.namespaceURI, name).item(0)?.textContent?.trim() ?? ''
}

function invalid(reason: string): PlainError {
  return { error: { code: 600, message: 'Invalid Request', reason } }
}
