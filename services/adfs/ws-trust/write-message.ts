import { alreadyWrittenXml, type Xml, type XmlPart, xml, xmlText } from '#shared/xml/markup.ts'
import type { FaultView } from './errors.ts'
import {
  addressing,
  faultAction,
  policy,
  securityExtension,
  securityExtension11,
  securityUtility,
  soap12,
  type TokenVersion,
  type TrustDialect,
  tokenReferences,
} from './names.ts'

export interface ReplyHeader {
  readonly action: string
  readonly relatesTo: string | undefined
  readonly now: Date
}

export interface IssuedToken {
  readonly assertion: string
  readonly assertionId: string
  readonly version: TokenVersion
  readonly appliesTo: string
  readonly notBefore: Date
  readonly notOnOrAfter: Date
}

const replyMinutes = 5

/** A RequestSecurityTokenResponse, in 1.3 the only one of its collection, around a token that is not touched. */
export function writeTokenResponse(dialect: TrustDialect, header: ReplyHeader, token: IssuedToken): string {
  const response = responseElement(dialect, token)
  const body =
    dialect.name === '2005'
      ? response
      : xml`<trust:RequestSecurityTokenResponseCollection xmlns:trust="${dialect.namespace}">${response}</trust:RequestSecurityTokenResponseCollection>`
  return envelope(header, body)
}

export function writeFault(header: Omit<ReplyHeader, 'action'>, { subcode, namespace, text }: FaultView): string {
  const code = xml`<s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value xmlns:a="${namespace}">${`a:${subcode}`}</s:Value></s:Subcode></s:Code>`
  const reason = xml`<s:Reason><s:Text xml:lang="en-US">${text}</s:Text></s:Reason>`
  return envelope({ ...header, action: faultAction }, xml`<s:Fault>${code}${reason}</s:Fault>`)
}

/** SOAP 1.2 part 1 §5.4.8. */
export function writeMustUnderstandFault(relatesTo: string | undefined, names: readonly string[], now: Date): string {
  const text = `The header ${names.join(', ')} was not understood by the recipient of this message.`
  const code = xml`<s:Code><s:Value>s:MustUnderstand</s:Value></s:Code>`
  const reason = xml`<s:Reason><s:Text xml:lang="en-US">${text}</s:Text></s:Reason>`
  return envelope({ action: faultAction, relatesTo, now }, xml`<s:Fault>${code}${reason}</s:Fault>`)
}

export function writeMetadataResponse(relatesTo: string | undefined, now: Date, metadata: string): string {
  const section = xml`<MetadataSection Dialect="http://schemas.xmlsoap.org/wsdl/">${alreadyWrittenXml(metadata)}</MetadataSection>`
  const body = xml`<Metadata xmlns="http://schemas.xmlsoap.org/ws/2004/09/mex">${section}</Metadata>`
  return envelope({ action: 'http://schemas.xmlsoap.org/ws/2004/09/transfer/GetResponse', relatesTo, now }, body)
}

function envelope({ action, relatesTo, now }: ReplyHeader, body: Xml): string {
  const expires = new Date(now.getTime() + replyMinutes * 60_000)
  const timestamp = xml`<u:Timestamp u:Id="_0"><u:Created>${now.toISOString()}</u:Created><u:Expires>${expires.toISOString()}</u:Expires></u:Timestamp>`
  const security = xml`<o:Security s:mustUnderstand="1" xmlns:o="${securityExtension}">${timestamp}</o:Security>`
  const related: XmlPart = relatesTo !== undefined && xml`<a:RelatesTo>${relatesTo}</a:RelatesTo>`
  return xmlText(
    xml`<s:Envelope xmlns:s="${soap12}" xmlns:a="${addressing}" xmlns:u="${securityUtility}"><s:Header><a:Action s:mustUnderstand="1">${action}</a:Action>${related}${security}</s:Header><s:Body>${body}</s:Body></s:Envelope>`,
  )
}

function responseElement({ namespace, issue, bearerKeyTypes }: TrustDialect, token: IssuedToken): Xml {
  const { tokenType } = tokenReferences[token.version]
  const lifetime = xml`<trust:Lifetime><wsu:Created xmlns:wsu="${securityUtility}">${token.notBefore.toISOString()}</wsu:Created><wsu:Expires xmlns:wsu="${securityUtility}">${token.notOnOrAfter.toISOString()}</wsu:Expires></trust:Lifetime>`
  const address = xml`<wsa:EndpointReference xmlns:wsa="${addressing}"><wsa:Address>${token.appliesTo}</wsa:Address></wsa:EndpointReference>`
  const appliesTo = xml`<wsp:AppliesTo xmlns:wsp="${policy}">${address}</wsp:AppliesTo>`
  const requested = xml`<trust:RequestedSecurityToken>${alreadyWrittenXml(token.assertion)}</trust:RequestedSecurityToken>`
  const reference = tokenReference(token)
  const references = xml`<trust:RequestedAttachedReference>${reference}</trust:RequestedAttachedReference><trust:RequestedUnattachedReference>${reference}</trust:RequestedUnattachedReference>`
  const types = xml`<trust:TokenType>${tokenType}</trust:TokenType><trust:RequestType>${issue}</trust:RequestType><trust:KeyType>${bearerKeyTypes[0] ?? ''}</trust:KeyType>`
  return xml`<trust:RequestSecurityTokenResponse xmlns:trust="${namespace}">${lifetime}${appliesTo}${requested}${references}${types}</trust:RequestSecurityTokenResponse>`
}

function tokenReference({ assertionId, version }: IssuedToken): Xml {
  const { referenceType, identifierType } = tokenReferences[version]
  return xml`<o:SecurityTokenReference k:TokenType="${referenceType}" xmlns:k="${securityExtension11}" xmlns:o="${securityExtension}"><o:KeyIdentifier ValueType="${identifierType}">${assertionId}</o:KeyIdentifier></o:SecurityTokenReference>`
}
